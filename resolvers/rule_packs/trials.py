"""Trials (规则试算): real records judged with other numbers or another version, to see whose findings differ."""

from collections.abc import Iterable
from typing import Any

from models import County
from plugins.contract import Finding
from plugins.errors import PackFailed, PackTimeout
from plugins.facts import DelegateFacts, Facts
from plugins.judging import Rules
from plugins.trial import Trial
from resolvers.access import Act, who_asks
from resolvers.compiler.paging import check_page_size
from resolvers.compiler.request import Payload, Request
from resolvers.delegates.facts import last_day_of
from resolvers.refusals import not_allowed, refused
from resolvers.rule_packs.trial_subjects import SUBJECTS

JUDGING_SECONDS = 60.0
LARGEST_PAGE = 100


async def try_rule_pack(
    request: Request,
    county_code: str,
    pack_id: str,
    version: str | None,
    parameters: Any,
    quarter: str,
    noun: str = "delegate",
) -> Payload:
    """Judge the quarter twice, with what is in force and with what is tried. Nothing is kept."""
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
    return await trial(request.app, county, Trial(pack_id, parameters, version), quarter, noun)


async def trial(
    app: Any, county: County, tried: Trial, quarter: str, noun: str = "delegate"
) -> dict[str, Any]:
    timeline, registry = app.rules.of(county.code).rules, app.rules.registry
    try:
        tried.rules(registry, timeline, last_day_of(quarter))
    except ValueError as error:
        return _refused("PARAMETER_REFUSED", f"不能试算: {error}", f"It cannot be tried: {error}")
    except PackFailed as error:
        return _failed(error)
    subjects = await SUBJECTS[noun](app, county, quarter)
    facts = [one for _, one in subjects]
    try:
        before = await app.judging.judge_all_async(noun, county.code, facts, JUDGING_SECONDS)
        after = await app.judging.judge_all_async(noun, county.code, facts, JUDGING_SECONDS, tried)
    except (PackFailed, PackTimeout) as error:
        return _failed(error)
    changes = [
        {
            "subject": name,
            "before": {"outcome": _outcome(timeline.on(one.on), one, old)},
            "after": {"outcome": _outcome(timeline.on(one.on), one, new)},
            "because": _differing(old, new),
        }
        for (name, one), old, new in zip(subjects, before, after, strict=True)
        if _keys(old) != _keys(new)
    ]
    return {
        "trial": {"subjects": len(facts), "changed": len(changes), "changes": _paged(changes)},
        "refusals": [],
    }


def _outcome(rules: Rules, facts: Facts, findings: Iterable[Finding]) -> str | None:
    """What the findings come to; only a delegate's come to something. Every version adds them up alike."""
    return str(rules.outcome(facts, findings)) if isinstance(facts, DelegateFacts) else None


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


def _failed(error: Exception) -> dict[str, Any]:
    return _refused("PACK_FAILED", f"规则包运行失败: {error}", f"The rule pack failed: {error}")


def _refused(code: str, zh: str, en: str) -> dict[str, Any]:
    return {"trial": None, "refusals": refused(code, zh, en)}
