"""Trials (规则试算): a quarter's records judged with other parameters, to see who would be judged differently."""

from collections.abc import Iterable
from typing import Any

from models import County, Delegate
from plugins.contract import Finding
from plugins.errors import PackFailed, PackTimeout
from resolvers.access import Act, who_asks
from resolvers.compiler.paging import check_page_size
from resolvers.compiler.request import Payload, Request
from resolvers.qualification_facts import delegate_facts
from resolvers.refusals import not_allowed, refused

JUDGING_SECONDS = 60.0
LARGEST_PAGE = 100


async def try_rule_pack(
    request: Request, county_code: str, pack_id: str, parameters: Any, quarter: str
) -> Payload:
    """Judge the quarter twice, with what is in force and with the tried values. Nothing is kept."""
    viewer = who_asks(request)
    grant = viewer.may(Act.TRY_RULE_PACK, county_code)
    if grant is None or grant.county_id is None:
        return {"trial": None, "refusals": not_allowed()}
    if not isinstance(parameters, dict):
        return _refused(
            "PARAMETER_REFUSED",
            "parameters 须为“参数名: 数值”的对象。",
            "`parameters` must be an object of names and numbers.",
        )
    county = await County.get(id=grant.county_id)
    return await trial(request.app, county, pack_id, parameters, quarter)


async def trial(
    app: Any, county: County, pack_id: str, parameters: dict[str, Any], quarter: str
) -> dict[str, Any]:
    rules = app.rules.of(county.code).rules
    try:
        tried = rules.with_parameters(pack_id, parameters)
    except ValueError as error:
        return _refused("PARAMETER_REFUSED", f"不能试算: {error}", f"It cannot be tried: {error}")
    found = await delegate_facts(county.id, quarter)
    facts = [one for _, one in found]
    try:
        before = await app.judging.judge_all_async("delegate", county.code, facts, JUDGING_SECONDS)
        after = await app.judging.judge_all_async(
            "delegate", county.code, facts, JUDGING_SECONDS, (pack_id, parameters)
        )
    except (PackFailed, PackTimeout) as error:
        return _refused("PACK_FAILED", f"规则包运行失败: {error}", f"The rule pack failed: {error}")
    names = dict(await Delegate.filter(county_id=county.id).values_list("id", "member__name"))
    changes = [
        {
            "subject": names[delegate_id],
            "before": {"outcome": str(rules.outcome(one, old))},
            "after": {"outcome": str(tried.outcome(one, new))},
            "because": _differing(old, new),
        }
        for (delegate_id, one), old, new in zip(found, before, after, strict=True)
        if _keys(old) != _keys(new)
    ]
    return {
        "trial": {"subjects": len(facts), "changed": len(changes), "changes": _paged(changes)},
        "refusals": [],
    }


def _paged(changes: list[dict[str, Any]]) -> Any:
    def page(first: int) -> dict[str, Any]:
        shown = changes[: check_page_size(first, LARGEST_PAGE)]
        edges = [{"cursor": str(place), "node": node} for place, node in enumerate(shown)]
        return {
            "total_count": len(changes),
            "page_info": {
                "has_next_page": len(changes) > len(shown),
                "has_previous_page": False,
                "start_cursor": "0" if edges else None,
                "end_cursor": edges[-1]["cursor"] if edges else None,
            },
            "edges": edges,
        }

    return page


def _keys(findings: Iterable[Finding]) -> set[tuple[str, str, str | None]]:
    return {(one.rule_pack, one.code, one.proposes) for one in findings}


def _differing(old: Iterable[Finding], new: Iterable[Finding]) -> list[dict[str, Any]]:
    differing = _keys(old) ^ _keys(new)
    seen = {
        (one.code, one.citation)
        for one in (*old, *new)
        if (one.rule_pack, one.code, one.proposes) in differing
    }
    return [{"code": code, "citation": citation} for code, citation in sorted(seen)]


def _refused(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"trial": None, "refusals": refused(code, zh, en)}
