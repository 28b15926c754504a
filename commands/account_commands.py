"""The commands of `dangjian accounts`; what they do stands in accounts.py."""

from typing import Annotated, Literal

import typer

from commands.options import Json, checked_county, settings_now
from commands.outcome import carry_out

account_commands = typer.Typer(
    no_args_is_help=True, help="Accounts (账号): the first administrators, and what is lost."
)

Role = Literal[
    "ADMIN",
    "SECURITY_ADMIN",
    "AUDITOR",
    "OFFICE",
    "TOWN",
    "SECRETARY",
    "DISCIPLINE_INSPECTION",
    "PUBLIC_SECURITY",
    "PARTNER_APP",
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The user name.")]
OptionalCounty = Annotated[
    str | None,
    typer.Option("--county", help="Administrative division code, such as 140826.", callback=checked_county),
]


@account_commands.command(name="create")
def accounts_create(
    name: Name,
    display_name: Annotated[str, typer.Option("--display-name", help="Name that others see.")],
    role: Annotated[Role, typer.Option("--role", help="What the account may be.")],
    county: OptionalCounty = None,
    organization: Annotated[
        str | None, typer.Option("--organization", help="For TOWN and SECRETARY: the organization's code.")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What the role is given for.")] = "初始账号",
    json: Json = False,
) -> None:
    """Make an account with a role, and print its initial password once."""
    if (role == "ADMIN") != (county is None):
        raise typer.BadParameter("every role but ADMIN is given in a --county, and ADMIN in none")
    if (role in ("TOWN", "SECRETARY")) != (organization is not None):
        raise typer.BadParameter("TOWN and SECRETARY are given in an --organization, and no other role")
    from commands import accounts

    carry_out(
        accounts.create(settings_now(), name, display_name, role, county, organization, purpose, as_json=json)
    )


@account_commands.command(name="list")
def accounts_list(county: OptionalCounty = None, json: Json = False) -> None:
    """Accounts with the roles that they hold now; without a county, all of them."""
    from commands import accounts

    carry_out(accounts.list_accounts(settings_now(), county, as_json=json))


@account_commands.command(name="disable")
def accounts_disable(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "命令行停用",
    json: Json = False,
) -> None:
    """Disable an account: it signs in no more, and its sessions end."""
    from commands import accounts

    carry_out(accounts.disable_account(settings_now(), name, reason, as_json=json))


@account_commands.command(name="clear-code")
def accounts_clear_code(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "动态码丢失",
    json: Json = False,
) -> None:
    """Take the one-time code of an account whose phone and recovery codes are lost; its sessions end."""
    from commands import accounts

    carry_out(accounts.clear_code(settings_now(), name, reason, as_json=json))


@account_commands.command(name="link")
def accounts_link(
    name: Name,
    issuer: Annotated[str, typer.Argument(metavar="ISSUER", help="The identity service: its https address.")],
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="Who it is there.")],
    json: Json = False,
) -> None:
    """Let a subject of an identity service sign in as an account."""
    from commands import accounts

    carry_out(accounts.link_account(settings_now(), name, issuer, subject, as_json=json))
