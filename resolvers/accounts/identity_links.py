"""Which subjects of an identity service sign in as an account (统一身份), linked by the security administrator."""

from models import Account, ExternalIdentity
from resolvers.access import AccountViewer, who_asks
from resolvers.accounts.account_keeping import changed_account, reach_kept, refused_account, tell_of_account
from resolvers.accounts.duties_apart import CITATION, has_duties
from resolvers.accounts.sessions import end_sessions_of
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Rows
from resolvers.refusals import Refusals
from runtime.clock import now
from runtime.database import unit_of_work

LONGEST_ISSUER, LONGEST_SUBJECT = 200, 255

identities = Rows(
    "SELECT x.* FROM external_identity x WHERE x.account_id = {row}.id ORDER BY x.linked_at, x.id"
)


async def link_identity(request: Request, account_id: str, issuer: str, subject: str) -> Payload:
    viewer = who_asks(request)
    refusals = Refusals()
    refuse_bad_identity(refusals, issuer, subject)
    async with unit_of_work():
        account = await reach_kept(refusals, viewer, account_id)
        if account is not None and await has_duties(account):
            refusals.add(
                "LINK_BY_COMMAND_LINE",
                f"该账号担任职务角色, 请系统管理员在服务器上关联: dangjian accounts link {account.username} "
                "签发方 主体标识。",
                "The account holds a role with duties; have the system administrator link it on the server: "
                f"dangjian accounts link {account.username} ISSUER SUBJECT",
                CITATION,
            )
        if refusals or account is None:
            return refused_account(refusals)
        await link(refusals, viewer, account, issuer, subject)
    return refused_account(refusals) if refusals else changed_account(account)


def refuse_bad_identity(refusals: Refusals, issuer: str, subject: str) -> None:
    if not (issuer.startswith("https://") and len(issuer) <= LONGEST_ISSUER) or not (
        0 < len(subject) <= LONGEST_SUBJECT
    ):
        refusals.add(
            "BAD_IDENTITY",
            f"签发方须为 https 地址, 不超过 {LONGEST_ISSUER} 个字符; 主体标识为 1 到 {LONGEST_SUBJECT} 个字符。",
            f"The issuer is an https address of at most {LONGEST_ISSUER} characters, the subject has 1 to "
            f"{LONGEST_SUBJECT}.",
        )


async def link(
    refusals: Refusals, viewer: AccountViewer, account: Account, issuer: str, subject: str
) -> None:
    """With its audit entry, or a refusal. Inside a unit of work."""
    made = ExternalIdentity(account_id=account.id, issuer=issuer, subject=subject, linked_at=now())
    await ExternalIdentity.bulk_create([made], ignore_conflicts=True)
    if not await ExternalIdentity.exists(id=made.id):
        refusals.add(
            "IDENTITY_TAKEN",
            "该身份已关联账号, 请先在该账号解除关联。",
            "That subject is linked to an account already; unlink it there first.",
        )
        return
    await tell_of_account(viewer, account, "LINK_IDENTITY", issuer=issuer, subject=subject)


async def unlink_identity(request: Request, account_id: str, issuer: str, subject: str) -> Payload:
    viewer = who_asks(request)
    refusals = Refusals()
    async with unit_of_work():
        account = await reach_kept(refusals, viewer, account_id)
        if account is None:
            return refused_account(refusals)
        if not await ExternalIdentity.filter(account_id=account.id, issuer=issuer, subject=subject).delete():
            refusals.add("IDENTITY_NOT_FOUND", "该账号没有关联此身份。", "The account has no such identity.")
            return refused_account(refusals)
        await tell_of_account(viewer, account, "UNLINK_IDENTITY", issuer=issuer, subject=subject)
        ended = await end_sessions_of(account.id)
    await request.app.sessions.end(ended)
    return changed_account(account)
