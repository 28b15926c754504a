"""The accounts of a demo county, one for each role; they work only on a server that listens on this machine alone."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import Account, County, RoleGrant
from models.choices import Role
from runtime.clock import now
from runtime.database import connection, unit_of_work
from runtime.passwords import hash_password

PASSWORD = "demo-only"

# One village branch with a secretary, other members and its town: 横水镇's where there is one.
PLACE = """
SELECT b.id AS branch, s.member_id AS secretary, t.id AS town,
       (SELECT m.id FROM member m WHERE m.organization_id = b.id AND m.id <> s.member_id
        AND NOT EXISTS (SELECT FROM floating_member f WHERE f.member_id = m.id AND f.returned_on IS NULL)
        ORDER BY m.name_sort, m.id LIMIT 1) AS member
FROM organization b
JOIN office_term s ON s.organization_id = b.id AND s.office = 'SECRETARY' AND s.ended_on IS NULL
JOIN organization t ON t.county_id = b.county_id AND t.kind = 'COMMITTEE' AND t.parent_id IS NOT NULL
     AND b.path >= t.path AND b.path < left(t.path, -1) || '0'
WHERE b.county_id = $1 AND b.kind = 'BRANCH'
ORDER BY t.name LIKE '%横水镇%' DESC, b.field = '行政村' DESC, t.code,
         (SELECT count(*) FROM member m WHERE m.organization_id = b.id) DESC, b.code
LIMIT 1
"""
FLOATING = """
SELECT f.member_id AS floating FROM floating_member f
WHERE f.county_id = $1 AND f.returned_on IS NULL
ORDER BY f.home_branch_id = $2 DESC, f.id LIMIT 1
"""


@dataclass(frozen=True)
class _Wanted:
    username: str
    display_name: str
    role: Role
    organization: UUID | None = None
    member: UUID | None = None


async def make_demo_accounts(county_code: str) -> list[str]:
    """The accounts' user names. Accounts that stand keep their names and get the place that fits now.

    A name that another county's demo account has is taken with the county's code behind it: office@140827.
    """
    county = await County.get(code=county_code)
    password_hash = await hash_password(PASSWORD)
    async with unit_of_work():
        return [await _make(county, one, password_hash) for one in await _wanted(county)]


async def _wanted(county: County) -> list[_Wanted]:
    name = county.name
    places = await connection().execute_query_dict(PLACE, [county.id])
    place: dict[str, Any] = places[0] if places else dict.fromkeys(("branch", "secretary", "town", "member"))
    found = await connection().execute_query_dict(FLOATING, [county.id, place["branch"]])
    wanted = [
        _Wanted("admin", "系统管理员", Role.ADMIN),
        _Wanted("security-admin", f"{name}安全管理员", Role.SECURITY_ADMIN),
        _Wanted("office", f"{name}县委组织部", Role.OFFICE),
        _Wanted("auditor", f"{name}审计员", Role.AUDITOR),
        _Wanted("discipline", f"{name}纪委监委", Role.DISCIPLINE_INSPECTION),
        _Wanted("security", f"{name}公安局", Role.PUBLIC_SECURITY),
        _Wanted("app", "省级党建应用", Role.PARTNER_APP),
    ]
    if place["branch"]:
        wanted += [
            _Wanted("town", "镇党委", Role.TOWN, place["town"]),
            _Wanted("secretary", "村党支部书记", Role.SECRETARY, place["branch"], place["secretary"]),
        ]
    if place["member"]:
        wanted.append(_Wanted("member", "党员", Role.MEMBER, None, place["member"]))
    if found:
        wanted.append(_Wanted("floating", "流动党员", Role.MEMBER, None, found[0]["floating"]))
    return wanted


async def _make(county: County, wanted: _Wanted, password_hash: str) -> str:
    username = await _free_name(county, wanted)
    county_id = None if wanted.role == Role.ADMIN else county.id
    account, is_new = await Account.get_or_create(
        defaults={
            "display_name": wanted.display_name,
            "password_hash": password_hash,
            "member_id": wanted.member,
            "county_id": county_id,
            "is_demo": True,
        },
        username=username,
    )
    if not is_new:
        await Account.filter(id=account.id).update(member_id=wanted.member, display_name=wanted.display_name)
    grant = await RoleGrant.get_or_none(
        account_id=account.id, role=wanted.role.value, county_id=county_id, revoked_at=None
    )
    if grant is None:
        await RoleGrant.create(
            account_id=account.id,
            role=wanted.role.value,
            county_id=county_id,
            organization_id=wanted.organization,
            purpose="演示",
            granted_at=now(),
        )
    elif grant.organization_id != wanted.organization:
        await RoleGrant.filter(id=grant.id).update(organization_id=wanted.organization)
    return username


async def _free_name(county: County, wanted: _Wanted) -> str:
    """The plain name when nobody has it, or an account of this county does."""
    account = await Account.get_or_none(username=wanted.username)
    if account is None or wanted.role == Role.ADMIN:
        return wanted.username
    if account.is_demo and account.county_id == county.id:
        return wanted.username
    return f"{wanted.username}@{county.code}"
