"""Activating a version of a county's rule pack from a day on (规则包启用), as a named body decided."""

from datetime import date
from typing import Any
from uuid import UUID

from models import RulePackActivation
from plugins.registry import Pack, Registry
from resolvers.access import AccountViewer, Act, Grant, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Column, Derived, Reference
from resolvers.refusals import Refusals, not_allowed
from resolvers.rule_packs.county_rules_cache import CHANNEL
from runtime.clock import now, today
from runtime.database import connection, unit_of_work

LONGEST_BODY, LONGEST_REASON = 200, 400  # what the columns hold
NOT_DECIDED = "（未登记启用决定，按规则包自身的生效日期）"

activated = Reference("rule_pack_activation")
recorded_at = Column("recorded_at")
by = Derived(
    "SELECT COALESCE((SELECT a.display_name FROM account a WHERE a.id = {row}.recorded_by_id), 'dangjian') "
    "AS display_name"
)


async def activate_rule_pack(
    request: Request,
    county_code: str,
    pack_id: str,
    version: str | None,
    active_from: date,
    decided_by: str,
    reason: str | None,
) -> Payload:
    """From that day on the county is judged by that version (None: by the national pack alone).

    Days before stay as they were, and so does whatever a body has decided already. A decision for the same day
    takes the place of the one that stands; the audit trail keeps both.
    """
    viewer = who_asks(request)
    grant = viewer.may(Act.ACTIVATE_RULE_PACK, county_code)
    if grant is None or grant.county_id is None:
        return {"activation": None, "refusals": not_allowed()}
    registry: Registry = request.app.rules.registry
    refusals = _faults(registry, county_code, pack_id, version, active_from)
    if not decided_by.strip() or len(decided_by) > LONGEST_BODY or len(reason or "") > LONGEST_REASON:
        refusals.add(
            "DECISION_INCOMPLETE",
            f"请填写作出决定的机构 (不超过 {LONGEST_BODY} 字), 理由不超过 {LONGEST_REASON} 字。",
            f"Name the body that decided, in at most {LONGEST_BODY} characters; the reason has at most "
            f"{LONGEST_REASON}.",
        )
    if refusals:
        return {"activation": None, "refusals": refusals.rows}
    given = {"version": version, "decided_by": decided_by.strip(), "reason": (reason or "").strip() or None}
    async with unit_of_work():
        kept = await _keep(registry, viewer, grant, pack_id, active_from, given)
    await request.app.rules.read()
    await request.app.bus.publish(CHANNEL, {"county": county_code})
    return {"activation": kept, "refusals": []}


async def _keep(
    registry: Registry,
    viewer: AccountViewer,
    grant: Grant,
    pack_id: str,
    active_from: date,
    given: dict[str, Any],
) -> UUID:
    county_id, county_code = grant.county_id, grant.county_code or ""
    # Two decisions at once wait for each other here, so that only the first of them is the first.
    await connection().execute_query("SELECT 1 FROM county WHERE id = $1 FOR NO KEY UPDATE", [county_id])
    if not await RulePackActivation.filter(county_id=county_id).exists():
        await _keep_what_counted(registry, viewer, grant, active_from)
    before = await RulePackActivation.get_or_none(county_id=county_id, pack=pack_id, active_from=active_from)
    kept, _ = await RulePackActivation.update_or_create(
        defaults={**given, "recorded_at": now(), "recorded_by_id": viewer.account_id},
        county_id=county_id,
        pack=pack_id,
        active_from=active_from,
    )
    replaced = {"version": before.version, "decided_by": before.decided_by} if before else None
    await append_audit(
        viewer,
        action="ACTIVATE_RULE_PACK",
        subject_type="RulePackActivation",
        subject_id=kept.id,
        county_id=county_id,
        detail={"county": county_code, "pack": pack_id, "active_from": str(active_from), **given}
        | ({"replaced": replaced} if replaced else {}),
    )
    return kept.id


async def _keep_what_counted(registry: Registry, viewer: AccountViewer, grant: Grant, until: date) -> None:
    """With the first decision, what counted without one becomes rows too: a version that is put on the server
    later must not change the days before."""
    for stretch in registry.timeline(grant.county_code or "").stretches[1:]:
        pack = stretch.rules.packs[-1]
        if stretch.active_from < until and stretch.active_from <= today():
            await RulePackActivation.create(
                county_id=grant.county_id,
                pack=pack.id,
                version=pack.manifest.version,
                active_from=stretch.active_from,
                decided_by=NOT_DECIDED,
                recorded_at=now(),
                recorded_by_id=viewer.account_id,
            )


def _faults(
    registry: Registry, county_code: str, pack_id: str, version: str | None, active_from: date
) -> Refusals:
    refusals = Refusals()
    versions = registry.of_county(county_code)
    chosen = next((pack for pack in versions if pack.manifest.version == version), None)
    if pack_id not in {pack.id for pack in versions}:
        there = versions[0].id if versions else ""
        refusals.add(
            "PACK_UNKNOWN",
            f"服务器上没有该县的规则包 {pack_id}" + (f", 该县的规则包是 {there}。" if there else "。"),
            f"This server has no pack {pack_id} of the county"
            + (f"; its pack is {there}." if there else "; put it into a directory of DANGJIAN_PACKS."),
        )
    elif version is not None and chosen is None:
        there = "、".join(pack.manifest.version for pack in versions)
        refusals.add(
            "VERSION_UNKNOWN",
            f"服务器上没有 {pack_id} 的版本 {version}, 现有: {there}。请先由管理员放入 DANGJIAN_PACKS 目录并重新启动。",
            f"This server has no version {version} of {pack_id}, only {there}. The operator puts it into a directory "
            "of DANGJIAN_PACKS and starts the server again.",
        )
    if active_from < today():
        refusals.add(
            "ACTIVE_FROM_PAST",
            "启用日期不能早于今天: 已经过去的日子按当时有效的规则判断。",
            "A version cannot be activated for days that have passed: they stay judged by what was in force. "
            "Choose today or a later day.",
        )
    if chosen is not None:
        _begins_too_early(refusals, chosen, active_from)
    return refusals


def _begins_too_early(refusals: Refusals, pack: Pack, active_from: date) -> None:
    begins = pack.manifest.effective_from
    if active_from < begins:
        refusals.add(
            "BEFORE_EFFECTIVE_FROM",
            f"该版本自 {begins} 起生效, 启用日期不能更早。",
            f"This version takes effect on {begins} by its manifest; choose that day or a later one.",
        )
