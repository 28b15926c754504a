"""The county whose auditor is told what an account did to itself, or was refused."""

from uuid import UUID

from models import Account
from resolvers.access import AccountViewer


async def home_county(viewer: AccountViewer, account: Account | None = None) -> UUID | None:
    """Of the viewer's first grant; who has none just now belongs to the county that keeps his account.

    With the account at hand no statement is needed."""
    if viewer.grants and viewer.grants[0].county_id is not None:
        return viewer.grants[0].county_id
    if account is None and viewer.account_id is not None:
        account = await Account.get_or_none(id=viewer.account_id)
    return account.county_id if account else None
