"""The end of an organization: merged into another (合并) or dissolved (撤销). Its records stay; only theme days that
are still to come go, and the roles that accounts held in it."""

from datetime import date
from typing import Any

from models import Organization
from models.choices import Office, OrganizationAct, OrganizationKind
from resolvers.access import Act, who_asks
from resolvers.accounts.grants import take_all_of
from resolvers.compiler.request import Payload, Request
from resolvers.organizations.approvals import Approval, refusals_of, refuse_before_founding
from resolvers.organizations.elections import end_terms
from resolvers.organizations.events import (
    CITATION_TEMPORARY,
    one_at_a_time,
    reach_standing,
    recorded_act,
    refused_act,
)
from resolvers.organizations.organizations import refuse_dissolved, refuse_unknown
from resolvers.reach import reach
from resolvers.refusals import Refusals
from runtime.clock import today
from runtime.database import connection, unit_of_work

# What still belongs to an organization.
LEFT = """
SELECT (SELECT count(*) FROM member WHERE organization_id = $1) AS members,
       (SELECT count(*) FROM organization WHERE parent_id = $1 AND dissolved_on IS NULL) AS children,
       (SELECT count(*) FROM attachment WHERE organization_id = $1 AND ended_on IS NULL) AS attached,
       (SELECT count(*) FROM handover WHERE (home_id = $1 OR host_id = $1) AND refused_at IS NULL
        AND (home_confirmed_at IS NULL OR host_confirmed_at IS NULL)) AS handovers
"""

# $1 the merged organization, $2 the one that takes over, $3 the day. In this order: who is a member of the other
# afterwards is not attached to it.
MOVES = {
    "members": "UPDATE member SET organization_id = $2 WHERE organization_id = $1 AND $3::date IS NOT NULL",
    "floating": (
        "UPDATE floating_member SET home_branch_id = $2, version = version + 1 "
        "WHERE home_branch_id = $1 AND returned_on IS NULL AND $3::date IS NOT NULL"
    ),
    "attachments": """
        WITH ended AS (
            UPDATE attachment a SET ended_on = GREATEST(a.began_on, $3::date), end_reason = '党组织合并'
            FROM member m
            WHERE m.id = a.member_id AND a.ended_on IS NULL
              AND (a.organization_id = $1 OR (a.organization_id = $2 AND m.organization_id = $2))
            RETURNING a.county_id, a.member_id, a.kind, a.rights, m.organization_id AS home
        )
        INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on)
        SELECT gen_random_uuid(), county_id, member_id, $2, kind, rights, $3::date FROM ended WHERE home <> $2
        ON CONFLICT (member_id, organization_id) WHERE ended_on IS NULL DO NOTHING
    """,
    "children": (
        "UPDATE organization SET parent_id = $2 "
        "WHERE parent_id = $1 AND dissolved_on IS NULL AND $3::date IS NOT NULL"
    ),
}
# The subtree follows; what was dissolved before stays where it was, since nothing that stands is below it.
MOVE_PATHS = """
    UPDATE organization SET path = $2 || substr(path, length($1) + 1)
    WHERE path > $1 AND path < left($1, -1) || '0' AND dissolved_on IS NULL
"""


async def merge_organization(
    request: Request, organization_id: str, into_id: str, approval: Approval
) -> Payload:
    """Members, guests and organizations below move to the other; its officers' terms end; it is dissolved."""
    viewer = who_asks(request)
    refusals = refusals_of(approval)
    async with unit_of_work():
        await one_at_a_time(viewer)
        reached = {
            id: await reach(viewer, Act.RECORD_ORGANIZATION_EVENT, Organization, id)
            for id in sorted({organization_id, into_id})
        }
        merged, other = reached[organization_id], reached[into_id]
        if merged is None or other is None:
            refuse_unknown(refusals)
            return refused_act(refusals)
        refuse_dissolved(refusals, merged)
        refuse_dissolved(refusals, other)
        _refuse_pair(refusals, merged, other)
        for one in (merged, other):
            refuse_before_founding(refusals, one, approval.effective_on)
        _refuse_handovers(refusals, await _left(merged))
        if refusals:
            return refused_act(refusals)
        moved = {
            name: await _run(sql, merged.id, other.id, approval.effective_on) for name, sql in MOVES.items()
        }
        ended = await take_all_of(viewer, merged, "党组织合并")
        await connection().execute_query(MOVE_PATHS, [merged.path, other.path])
        await _close(merged, approval.effective_on, "党组织合并")
        answer = await recorded_act(
            request,
            merged,
            OrganizationAct.MERGED,
            approval,
            {"into": str(other.id), "moved": moved},
            into_id=other.id,
        )
    await request.app.sessions.end(ended)
    return answer


async def dissolve_organization(request: Request, organization_id: str, approval: Approval) -> Payload:
    """Record that an organization ends; members and organizations below must have left it before."""
    viewer = who_asks(request)
    refusals = refusals_of(approval)
    async with unit_of_work():
        await one_at_a_time(viewer)
        found = await reach_standing(viewer, organization_id, refusals)
        if found is not None:
            refuse_before_founding(refusals, found, approval.effective_on)
            left = await _left(found)
            _refuse_handovers(refusals, left)
            _refuse_left(refusals, found, left)
        if refusals or found is None:
            return refused_act(refusals)
        await connection().execute_query(
            "UPDATE attachment SET ended_on = GREATEST(began_on, $2), end_reason = '临时党支部撤销' "
            "WHERE organization_id = $1 AND ended_on IS NULL",
            [found.id, approval.effective_on],
        )
        ended = await take_all_of(viewer, found, "党组织撤销")
        await _close(found, approval.effective_on, "党组织撤销")
        detail = {"attachments_ended": left["attached"]}
        answer = await recorded_act(request, found, OrganizationAct.DISSOLVED, approval, detail)
    await request.app.sessions.end(ended)
    return answer


async def _close(organization: Organization, on: date, reason: str) -> None:
    await end_terms(organization, on, reason, [office.value for office in Office])
    # A village's list of reserves is resolved by its assembly: the other village resolves its own.
    await connection().execute_query(
        "UPDATE reserve SET removed_on = GREATEST(listed_on, $2), removal_reason = $3 "
        "WHERE organization_id = $1 AND removed_on IS NULL",
        [organization.id, on, reason],
    )
    # What is still to come will not be held. An end is often recorded late: what lies between stays, and so does
    # whatever has a record of its own.
    await connection().execute_query(
        "DELETE FROM theme_day d WHERE d.organization_id = $1 AND d.held_on > $2 "
        "AND NOT EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = d.id) "
        "AND NOT EXISTS (SELECT FROM theme_day_evaluation e WHERE e.theme_day_id = d.id) "
        "AND NOT EXISTS (SELECT FROM theme_day_problem p WHERE p.theme_day_id = d.id)",
        [organization.id, max(on, today())],
    )
    await Organization.filter(id=organization.id).update(dissolved_on=on)


async def _left(organization: Organization) -> dict[str, int]:
    found: list[dict[str, int]] = await connection().execute_query_dict(LEFT, [organization.id])
    return found[0]


async def _run(sql: str, *values: Any) -> int:
    """How many rows the statement changed."""
    changed, _ = await connection().execute_query(sql, list(values))
    return int(changed)


def _refuse_pair(refusals: Refusals, merged: Organization, other: Organization) -> None:
    if merged.id == other.id:
        refusals.add("INTO_ITSELF", "不能并入自身。", "An organization cannot be merged into itself.")
    elif merged.county_id != other.county_id or merged.kind != other.kind:
        refusals.add(
            "KINDS_DIFFER",
            "只能并入本县同类的党组织: 党支部并入党支部, 党委并入党委。",
            "An organization is merged into one of its own kind in the same county.",
        )
    elif other.path.startswith(merged.path):
        refusals.add(
            "INTO_BELOW",
            "不能并入自己的下级党组织, 请先调整下级党组织的隶属关系, 或者反过来合并。",
            "An organization cannot be merged into one below it; merge the lower one into the upper.",
        )


def _refuse_handovers(refusals: Refusals, left: dict[str, int]) -> None:
    if left["handovers"]:
        refusals.add(
            "HANDOVERS_OPEN",
            f"还有 {left['handovers']} 项党员交接没有办结, 请先办结。",
            f"{left['handovers']} hand-overs of members are open; complete them first.",
            "《中国共产党党员教育管理工作条例》第二十五条（接收前由转出党组织负责管理）",
        )


def _refuse_left(refusals: Refusals, organization: Organization, left: dict[str, int]) -> None:
    """The guests of a temporary branch go home when it ends; elsewhere somebody settles it first."""
    is_temporary = organization.kind == OrganizationKind.TEMPORARY_BRANCH
    if left["members"]:
        refusals.add(
            "MEMBERS_LEFT",
            f"还有 {left['members']} 名党员的组织关系在此, 请先转出, 或者办理合并。",
            f"{left['members']} members have their home here; move them first, or merge the organization.",
            "《中国共产党支部工作条例（试行）》第二章（调整和撤销）",
        )
    if left["children"]:
        refusals.add(
            "ORGANIZATIONS_LEFT",
            f"还有 {left['children']} 个下级党组织, 请先撤销或者并入其他党组织。",
            f"{left['children']} organizations stand below it; dissolve or merge them first.",
        )
    if left["attached"] and not is_temporary:
        refusals.add(
            "ATTACHED_LEFT",
            f"还有 {left['attached']} 名党员挂靠在此, 请先结束挂靠; 只有临时党支部的挂靠随其撤销自然结束。",
            f"{left['attached']} members are attached here; end that first. Only with a temporary branch it ends by "
            "itself.",
            CITATION_TEMPORARY,
        )
