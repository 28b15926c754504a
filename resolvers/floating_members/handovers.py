"""Hand-overs (交接) of a member between his home branch and a host: proposed, confirmed by both, or refused."""

from datetime import timedelta
from typing import Any

from tortoise.expressions import Q

from models import Handover, Member, Organization
from models.choices import HandoverKind, HandoverSide
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, One, Reference
from resolvers.compiler.statement import as_uuid
from resolvers.counties import BY_CODE
from resolvers.floating_members.handover_effects import check_place, take_effect
from resolvers.reach import reach, reach_values
from resolvers.refusals import Refusals
from resolvers.rules import county_rules
from runtime.clock import now, today
from runtime.database import unit_of_work

ARTICLE_25 = "《中国共产党党员教育管理工作条例》第二十五条"
LONGEST = 400
HOST_CONFIRMED = ("host_confirmed_at", "host_confirmed_by_id")

OPEN = "{row}.refused_at IS NULL AND ({row}.home_confirmed_at IS NULL OR {row}.host_confirmed_at IS NULL)"
OVERDUE = f"{OPEN} AND {{today}} > {{row}}.due_on"
NEWEST_FIRST = {"proposed_at": "timestamptz", "id": "uuid"}

handovers = Many(
    "handover",
    f"{{row}}.{BY_CODE}",
    order=NEWEST_FIRST,
    descending=True,
    filters={"open_only": OPEN, "overdue_only": OVERDUE},
)
of_organization = Many(
    "handover",
    "({row}.home_id = {parent}.id OR {row}.host_id = {parent}.id)",
    order=NEWEST_FIRST,
    descending=True,
    filters={"open_only": OPEN},
)
open_of_member = One("handover", f"{{row}}.member_id = {{parent}}.id AND {OPEN}")
open_of_floating_member = One("handover", f"{{row}}.member_id = {{parent}}.member_id AND {OPEN}")
written = Reference("handover")

member = One("member", "{row}.id = {parent}.member_id")
home = One("organization", "{row}.id = {parent}.home_id")
host = One("organization", "{row}.id = {parent}.host_id")
# Each side sees only its own organizations and members; whom the proposal is about stands in the proposal.
member_name = Expression("SELECT m.name FROM member m WHERE m.id = {row}.member_id")
home_name = Expression("SELECT o.name FROM organization o WHERE o.id = {row}.home_id")
host_name = Expression("SELECT o.name FROM organization o WHERE o.id = {row}.host_id")
status = Expression(
    "CASE WHEN {row}.refused_at IS NOT NULL THEN 'REFUSED' WHEN {row}.home_confirmed_at IS NULL "
    "THEN 'AWAITING_HOME' WHEN {row}.host_confirmed_at IS NULL THEN 'AWAITING_HOST' ELSE 'EFFECTIVE' END"
)
overdue = Expression(OVERDUE)
# Until a transfer is accepted, and for good where relations stay, the home side is responsible.
responsible = One(
    "organization",
    "{row}.id = CASE WHEN {parent}.kind = 'TRANSFER' AND {parent}.refused_at IS NULL "
    "AND {parent}.home_confirmed_at IS NOT NULL AND {parent}.host_confirmed_at IS NOT NULL "
    "THEN {parent}.host_id ELSE {parent}.home_id END",
)


async def propose_handover(
    request: Request, member_id: str, host_organization_id: str, kind: HandoverKind, note: str | None
) -> Payload:
    """Propose that a host takes a member in as a guest, or takes over his relations. Nothing changes by it."""
    viewer = who_asks(request)
    refusals = Refusals()
    if note is not None and len(note) > LONGEST:
        refusals.add(
            "TEXT_TOO_LONG", f"说明不超过 {LONGEST} 个字。", f"A note has at most {LONGEST} characters."
        )
    async with unit_of_work():
        # The member is locked, so that of two who propose at once the second finds the first proposal.
        found = await reach(viewer, Act.HAND_OVER, Member, member_id)
        if found is None:
            refusals.add(
                "MEMBER_NOT_FOUND",
                "没有找到您可以提出交接的党员。",
                "There is no member whom you may propose to hand over.",
            )
            return {"handover": None, "refusals": refusals.rows}
        # A secretary does not see where his members go; any organization of the county may be named as host.
        place = await Organization.get_or_none(id=as_uuid(host_organization_id), county_id=found.county_id)
        await check_place(found, place, kind, refusals)
        if await Handover.filter(
            Q(home_confirmed_at__isnull=True) | Q(host_confirmed_at__isnull=True),
            member_id=found.id,
            refused_at__isnull=True,
        ).exists():
            refusals.add(
                "HANDOVER_OPEN",
                "该党员已有未办结的交接, 请先确认或者退回。",
                "A hand-over of the member is open already; confirm or refuse it first.",
            )
        if refusals or place is None:
            return {"handover": None, "refusals": refusals.rows}
        days = int(county_rules(request).rules.number("handover.confirm_days", today()))
        proposed = await Handover.create(
            county_id=found.county_id,
            member_id=found.id,
            kind=kind.value,
            home_id=found.organization_id,
            host_id=place.id,
            note=(note or "").strip() or None,
            proposed_at=now(),
            proposed_by_id=viewer.account_id,
            due_on=today() + timedelta(days=days),
        )
        await _audit(viewer, proposed, "PROPOSE_HANDOVER", {"kind": kind.value})
    return {"handover": proposed.id, "refusals": []}


async def confirm_handover(request: Request, handover_id: str, side: HandoverSide) -> Payload:
    """Confirm for one side. The confirmation that completes the two puts the hand-over into effect at once."""
    viewer = who_asks(request)
    refusals = Refusals()
    is_home = side == HandoverSide.HOME
    async with unit_of_work():
        # The hand-over is locked: of two who confirm at once, the second sees that the first has.
        found = await _reach_open(viewer, handover_id, refusals)
        if found is None:
            return {"handover": None, "refusals": refusals.rows}
        own = found.home_id if is_home else found.host_id
        if await reach_values(viewer, Act.HAND_OVER, "organization", own, "target.id") is None:
            refusals.add(
                "NOT_YOUR_SIDE",
                "您的账号不能代表这一方确认; 请由该方党组织或者其上级确认。",
                "You may not confirm for this side; its organization or those above it may.",
            )
        elif (found.home_confirmed_at if is_home else found.host_confirmed_at) is not None:
            refusals.add("ALREADY_CONFIRMED", "这一方已经确认。", "This side has confirmed already.")
        elif (found.host_confirmed_at if is_home else found.home_confirmed_at) is not None:
            await take_effect(found, viewer.account_id, refusals)
        if refusals:
            return {"handover": None, "refusals": refusals.rows}
        columns = ("home_confirmed_at", "home_confirmed_by_id") if is_home else HOST_CONFIRMED
        found.update_from_dict(dict(zip(columns, (now(), viewer.account_id), strict=True)))
        await found.save(update_fields=columns)
        await _audit(viewer, found, "CONFIRM_HANDOVER", {"side": side.value})
    return {"handover": found.id, "refusals": []}


async def refuse_handover(request: Request, handover_id: str, reason: str) -> Payload:
    """Send a proposal back with the reason: nobody refuses without one (无故不得拒绝)."""
    viewer = who_asks(request)
    refusals = Refusals()
    if not reason.strip() or len(reason) > LONGEST:
        refusals.add(
            "REASON_MISSING",
            f"无故不得拒绝: 请填写理由, 不超过 {LONGEST} 个字。",
            f"Nobody refuses without cause: give the reason, in at most {LONGEST} characters.",
            ARTICLE_25,
        )
    async with unit_of_work():
        found = await _reach_open(viewer, handover_id, refusals)
        if refusals or found is None:
            return {"handover": None, "refusals": refusals.rows}
        found.refused_at, found.refused_by_id, found.refusal = now(), viewer.account_id, reason.strip()
        await found.save(update_fields=["refused_at", "refused_by_id", "refusal"])
        await _audit(viewer, found, "REFUSE_HANDOVER", {})
    return {"handover": found.id, "refusals": []}


async def _reach_open(viewer: AccountViewer, handover_id: str, refusals: Refusals) -> Handover | None:
    """The hand-over, locked, when the viewer belongs to one of its sides and it waits for one of them."""
    found = await reach(viewer, Act.HAND_OVER, Handover, handover_id)
    if found is None:
        refusals.add(
            "HANDOVER_NOT_FOUND", "没有找到您可以办理的交接。", "There is no hand-over for you to deal with."
        )
    elif found.refused_at or (found.home_confirmed_at and found.host_confirmed_at):
        refusals.add(
            "HANDOVER_CLOSED",
            "这项交接已经生效或者已被退回。",
            "This hand-over has taken effect or was refused.",
        )
        return None
    return found


async def _audit(viewer: AccountViewer, handover: Handover, action: str, detail: dict[str, Any]) -> None:
    await append_audit(
        viewer,
        action=action,
        subject_type="Handover",
        subject_id=handover.id,
        county_id=handover.county_id,
        detail=detail,
    )
