"""Founding an organization (成立党组织): at its place in the tree, on any level, with a committee's approval."""

import re
from dataclasses import dataclass
from datetime import date

from models import Organization
from models.choices import OrganizationAct, OrganizationKind
from resolvers.access import who_asks
from resolvers.compiler.request import Payload, Request
from resolvers.organizations.approvals import Approval, refusals_of
from resolvers.organizations.events import one_at_a_time, reach_standing, recorded_act, refused_act
from resolvers.refusals import Refusals
from runtime import pinyin
from runtime.database import unit_of_work

COMMITTEE, GENERAL = OrganizationKind.COMMITTEE, OrganizationKind.GENERAL_BRANCH

# Kind -> what it may stand below. Temporary branches and groups follow the work (连、排、班、室), so below anything.
ABOVE = {
    OrganizationKind.COMMITTEE: {COMMITTEE},
    OrganizationKind.GENERAL_BRANCH: {COMMITTEE},
    OrganizationKind.BRANCH: {COMMITTEE, GENERAL},
}
CITATION = "《中国共产党支部工作条例（试行）》第二章（由乡镇、街道党委或者基层党委审批）"


@dataclass(frozen=True)
class NewOrganization:
    code: str
    name: str
    kind: OrganizationKind
    field: str
    level_name: str | None = None
    units: int | None = None
    body_ends_on: date | None = None


async def found_organization(
    request: Request, parent_id: str, new: NewOrganization, approval: Approval
) -> Payload:
    """Put a new organization below its superior. That it has too few members yet is a finding, not a refusal:
    they come after it stands."""
    viewer = who_asks(request)
    refusals = refusals_of(approval)
    _refuse_texts(refusals, new)
    _refuse_misplaced(refusals, new)
    async with unit_of_work():
        await one_at_a_time(viewer)
        parent = await reach_standing(viewer, parent_id, refusals)
        if parent is not None:
            if new.kind in ABOVE and parent.kind not in ABOVE[new.kind]:
                refusals.add(
                    "SUPERIOR_CANNOT_APPROVE",
                    "党支部由党委(党总支)审批和管理, 党委、党总支由上级党委审批, 请选择相应的上级党组织。",
                    "A branch stands below a committee or general branch, a committee or general branch below a "
                    "committee; choose such a superior.",
                    CITATION,
                )
            # A code that no column holds cannot be looked up either.
            if is_plain(new.code) and await Organization.exists(county_id=parent.county_id, code=new.code):
                refusals.add(
                    "CODE_TAKEN",
                    f"组织代码“{new.code}”已被使用, 撤销的党组织的代码也不再使用。",
                    f"The code {new.code} is taken; codes of dissolved organizations are not used again.",
                )
        if refusals or parent is None:
            return refused_act(refusals)
        initials = pinyin.initials(new.name, personal_name=False)
        founded = await Organization.create(
            county_id=parent.county_id,
            parent_id=parent.id,
            path=f"{parent.path}{new.code}/",
            code=new.code,
            name=new.name,
            kind=new.kind.value,
            field=new.field,
            level_name=new.level_name,
            units=new.units,
            body_ends_on=new.body_ends_on,
            founded_on=approval.effective_on,
            name_initials=initials,
            search_keys=pinyin.search_keys(new.name, initials),
        )
        return await recorded_act(
            request, founded, OrganizationAct.FOUNDED, approval, {"code": new.code, "parent": str(parent.id)}
        )


def is_plain(code: str) -> bool:
    return re.fullmatch(r"[^/\s]{1,40}", code) is not None


def _refuse_texts(refusals: Refusals, new: NewOrganization) -> None:
    if not is_plain(new.code):
        refusals.add(
            "CODE_MALFORMED",
            "组织代码不能为空, 不超过 40 个字符, 不含空格和“/”。",
            "A code has 1 to 40 characters without blanks and slashes.",
        )
    if not 0 < len(new.name) <= 120 or not 0 < len(new.field) <= 40 or len(new.level_name or "") > 20:
        refusals.add(
            "ORGANIZATION_UNNAMED",
            "请填写组织名称 (120 字以内) 和所属领域 (40 字以内); 层级名称不超过 20 个字。",
            "Give a name of at most 120 characters and a field of at most 40; a level's name has at most 20.",
        )


def _refuse_misplaced(refusals: Refusals, new: NewOrganization) -> None:
    if new.units is not None and (new.units < 1 or new.kind != OrganizationKind.BRANCH):
        refusals.add(
            "UNITS_MISPLACED",
            "覆盖单位数只用于联合党支部, 须大于 0。",
            "Units are of a joint branch, and at least 1.",
        )
    if new.body_ends_on is not None and new.kind != OrganizationKind.TEMPORARY_BRANCH:
        refusals.add(
            "BODY_MISPLACED",
            "机构撤销日期只用于临时党支部。",
            "Only a temporary branch ends with the body that it was set up in.",
        )
