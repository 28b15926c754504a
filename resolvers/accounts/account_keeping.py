"""Keeping accounts (账号管理): making, disabling and resetting them, by the security administrator of their county."""

import re
import secrets
from uuid import UUID

from models import Account, Member
from resolvers.access import AccountViewer, Act, who_asks
from resolvers.accounts.duties_apart import CITATION, has_duties
from resolvers.accounts.grants import refuse_own, refuse_unknown_account
from resolvers.accounts.one_time_codes import clear
from resolvers.accounts.sessions import end_sessions_of
from resolvers.accounts.sign_in_guard import went_well
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Expression, Many, Reference
from resolvers.compiler.statement import as_uuid
from resolvers.counties import BY_CODE
from resolvers.organizations.approvals import refuse_without_reason
from resolvers.reach import reach
from resolvers.refusals import Refusals, not_allowed
from runtime.clock import now
from runtime.database import unit_of_work
from runtime.passwords import hash_password

accounts = Many(
    "account",
    f"{{row}}.{BY_CODE}",
    order={"username": "text"},
    filters={
        "search": (
            "strpos({row}.username, lower(trim({search}))) > 0 OR strpos({row}.display_name, trim({search})) > 0"
        )
    },
)
is_disabled = Expression("{row}.disabled_at IS NOT NULL")
has_one_time_code = Expression("{row}.one_time_confirmed_at IS NOT NULL")
is_of_a_member = Expression("{row}.member_id IS NOT NULL")
kept = Reference("account")

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")
LONGEST_DISPLAY_NAME = 120
# Read out over the telephone: without 0 and o, 1 and l, and the like. 84 bits.
LETTERS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "23456789"


async def create_account(
    request: Request, county_code: str, username: str, display_name: str, member_id: str | None
) -> Payload:
    """An account without any role. Its initial password is in this answer and nowhere else."""
    viewer = who_asks(request)
    keeper = viewer.may(Act.KEEP_ACCOUNTS, county_code)
    if keeper is None or keeper.county_id is None:
        return refused_account(Refusals(not_allowed()))
    refusals = Refusals()
    password = initial_password()
    password_hash = await hash_password(password)
    async with unit_of_work():
        if member_id is not None and not await Member.exists(
            id=as_uuid(member_id), county_id=keeper.county_id
        ):
            refusals.add(
                "MEMBER_NOT_FOUND",
                "没有找到本县的这名党员, 请核对党员编号 (memberId)。",
                "There is no such member in the county; check the id (memberId).",
            )
        account = await make_account(
            refusals, viewer, keeper.county_id, username, display_name, password_hash, as_uuid(member_id)
        )
    if account is None:
        return refused_account(refusals)
    return _with_password(account.id, password)


async def make_account(
    refusals: Refusals,
    viewer: AccountViewer,
    county_id: UUID | None,
    username: str,
    display_name: str,
    password_hash: str,
    member_id: UUID | None = None,
) -> Account | None:
    """The account, with its audit entry; None when it is refused. Inside a unit of work."""
    name = username.strip()
    if not NAME.fullmatch(name):
        refusals.add(
            "BAD_USERNAME",
            "账号须为 3 到 60 个小写字母、数字或者 . _ @ - , 以字母或数字开头。",
            "A user name has 3 to 60 small letters, digits or . _ @ -, and begins with a letter or digit.",
        )
    if not 0 < len(display_name.strip()) <= LONGEST_DISPLAY_NAME:
        refusals.add(
            "BAD_DISPLAY_NAME",
            f"请填写名称, 不超过 {LONGEST_DISPLAY_NAME} 个字。",
            f"Give a name of at most {LONGEST_DISPLAY_NAME} characters.",
        )
    if refusals:
        return None
    account = Account(
        username=name,
        display_name=display_name.strip(),
        password_hash=password_hash,
        must_change_password=True,
        member_id=member_id,
        county_id=county_id,
    )
    # Two who take the same name at once wait for each other here, and the second finds it taken.
    await Account.bulk_create([account], ignore_conflicts=True)
    if not await Account.exists(id=account.id):
        refusals.add(
            "NAME_TAKEN",
            f"账号“{name}”已被使用, 请换一个。",
            f"The user name {name} is taken; take another one.",
        )
        return None
    await append_audit(
        viewer,
        action="CREATE_ACCOUNT",
        subject_type="Account",
        subject_id=account.id,
        county_id=county_id,
        detail={"username": name, "of_a_member": member_id is not None},
    )
    return account


async def disable_account(request: Request, account_id: str, reason: str) -> Payload:
    """The account signs in no more, and its next request is refused. Its roles stay for when it is enabled."""
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_without_reason(refusals, reason)
    async with unit_of_work():
        account = await reach_kept(refusals, viewer, account_id)
        if account is not None and account.disabled_at is not None:
            refusals.add("ALREADY_DISABLED", "该账号已经停用。", "The account is disabled already.")
        if refusals or account is None:
            return refused_account(refusals)
        await disable(viewer, account, reason.strip())
        ended = await end_sessions_of(account.id)
    await request.app.sessions.end(ended)
    return changed_account(account)


async def disable(viewer: AccountViewer, account: Account, reason: str) -> None:
    """Inside a unit of work; the account's sessions are the caller's to end."""
    await Account.filter(id=account.id).update(disabled_at=now())
    await tell_of_account(viewer, account, "DISABLE_ACCOUNT", reason=reason)


async def enable_account(request: Request, account_id: str) -> Payload:
    viewer = who_asks(request)
    refusals = Refusals()
    async with unit_of_work():
        account = await reach_kept(refusals, viewer, account_id)
        if account is not None and account.disabled_at is None:
            refusals.add("NOT_DISABLED", "该账号没有停用。", "The account is not disabled.")
        if refusals or account is None:
            return refused_account(refusals)
        await Account.filter(id=account.id).update(disabled_at=None)
        await tell_of_account(viewer, account, "ENABLE_ACCOUNT")
    return changed_account(account)


async def reset_password(request: Request, account_id: str, *, also_one_time_code: bool) -> Payload:
    """A new initial password, in this answer and nowhere else; a lock after wrong tries ends, too."""
    viewer = who_asks(request)
    refusals = Refusals()
    if viewer.may(Act.KEEP_ACCOUNTS) is None:
        refuse_unknown_account(refusals)
        return refused_account(refusals)
    password = initial_password()
    changes = {"password_hash": await hash_password(password), "must_change_password": True}
    async with unit_of_work():
        account = await reach_kept(refusals, viewer, account_id)
        if account is not None and also_one_time_code and await has_duties(account):
            refusals.add(
                "CODE_BY_COMMAND_LINE",
                f"该账号担任职务角色, 动态码不能随密码一并清除; 请系统管理员在服务器上执行 "
                f"dangjian accounts clear-code {account.username}。",
                "The account holds a role with duties, whose one-time code is not cleared with the password; have the "
                f"system administrator run on the server: dangjian accounts clear-code {account.username}",
                CITATION,
            )
        if refusals or account is None:
            return refused_account(refusals)
        await Account.filter(id=account.id).update(**changes)
        if also_one_time_code:
            await clear(account.id)
        await went_well(account.username)
        await tell_of_account(viewer, account, "RESET_PASSWORD", one_time_code=also_one_time_code)
        ended = await end_sessions_of(account.id)
    await request.app.sessions.end(ended)
    return _with_password(account.id, password)


def initial_password() -> str:
    """Four groups of letters and a digit."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)]
    return "-".join(group + secrets.choice(DIGITS) for group in groups)


async def reach_kept(refusals: Refusals, viewer: AccountViewer, account_id: str) -> Account | None:
    """The account, locked, if the viewer may keep it; else the refusal is among `refusals`."""
    account = await reach(viewer, Act.KEEP_ACCOUNTS, Account, account_id)
    if account is None:
        refuse_unknown_account(refusals)
        return None
    refuse_own(refusals, viewer, account)
    return None if refusals else account


async def tell_of_account(viewer: AccountViewer, account: Account, action: str, **detail: object) -> None:
    await append_audit(
        viewer,
        action=action,
        subject_type="Account",
        subject_id=account.id,
        county_id=account.county_id,
        detail=detail,
    )


def _with_password(account_id: UUID, password: str) -> Payload:
    return {"account": account_id, "initial_password": password, "refusals": []}


def changed_account(account: Account) -> Payload:
    return {"account": account.id, "initial_password": None, "refusals": []}


def refused_account(refusals: Refusals) -> Payload:
    return {"account": None, "initial_password": None, "refusals": refusals.rows}
