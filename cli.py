"""The command `dangjian`. Exit status: 0 done, 1 refused or failed (the reason on standard error), 2 wrong usage.

Each command imports what it needs when it runs: the whole program takes a second, and a wrong option, a pack's
check or the processes that judge in bulk (which import this file anew) need little of it."""

from pathlib import Path
from typing import Annotated

import typer

from commands.account_commands import account_commands
from commands.key_commands import key_commands
from commands.options import County, File, Json, Quarter, settings_now
from commands.outcome import at_once, carry_out, tell
from commands.pack_commands import pack_commands

main = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain lines, so that an error is one line in a log too
)
review_commands = typer.Typer(no_args_is_help=True, help="The quarterly check of delegates (一季一析).")
audit_commands = typer.Typer(no_args_is_help=True, help="The audit trail (审计).")
schema_commands = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
main.add_typer(review_commands, name="review")
main.add_typer(pack_commands, name="packs")
main.add_typer(key_commands, name="keys")
main.add_typer(account_commands, name="accounts")
main.add_typer(audit_commands, name="audit")
main.add_typer(schema_commands, name="schema")


@main.callback()
def dangjian() -> None:
    """dangjian-cloud (智慧党建云): a county's party-building work on one GraphQL endpoint."""


@main.command()
def serve(
    demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Fill an empty database with the demo county.")
    ] = True,
) -> None:
    """Serve /graphql; brings the database up to date first."""
    from commands import serving

    at_once(lambda: serving.serve(settings_now(), with_demo=demo))


@main.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only whether migrations and models agree.")] = False,
) -> None:
    """Bring the tables up to date."""
    from commands import migrations

    carry_out(migrations.check_migrations() if check else migrations.migrate_now(settings_now()))


@main.command()
def demo() -> None:
    """Make the demo county of Jiangxian (绛县) at its published figures."""
    from commands import demos

    carry_out(demos.make_demo_now(settings_now()))


@main.command(name="import")
def import_(
    county: County,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the office's workbooks.")],
    strict: Annotated[bool, typer.Option("--strict", help="Let nothing in unless all is right.")] = False,
    demo_accounts: Annotated[
        bool, typer.Option("--demo-accounts", help="Make the demo accounts, one for each role.")
    ] = False,
    json: Json = False,
) -> None:
    """Import a county's office files: right rows go in, wrong ones are reported."""
    from commands import imports

    carry_out(
        imports.import_county(
            settings_now(), county, directory, strict=strict, demo_accounts=demo_accounts, as_json=json
        )
    )


@review_commands.command(name="open")
def review_open(county: County, quarter: Quarter, json: Json = False) -> None:
    """Open the review of a quarter, or bring it up to date."""
    from commands import reviews

    carry_out(reviews.open_review_now(settings_now(), county, quarter, as_json=json))


@review_commands.command(name="replay")
def review_replay(county: County, quarter: Quarter, json: Json = False) -> None:
    """Judge the facts that a review kept once more, and show which findings differ; nothing is kept."""
    from commands import reviews

    carry_out(reviews.replay_review_now(settings_now(), county, quarter, as_json=json))


@audit_commands.command(name="verify")
def audit_verify(json: Json = False) -> None:
    """Recompute every entry's hash and every sealed head, and compare them with the anchor."""
    from commands import audits

    carry_out(audits.verify(settings_now(), as_json=json))


@audit_commands.command(name="seal")
def audit_seal() -> None:
    """Seal what is not sealed yet; a running server does it every few seconds."""
    from commands import audits

    carry_out(audits.seal(settings_now()))


@audit_commands.command(name="export")
def audit_export(file: File) -> None:
    """Write the trail to a file, a line an entry, for scripts/verify-audit or any other verifier."""
    from commands import audits

    carry_out(audits.export(settings_now(), file))


@main.command()
def backup(file: File) -> None:
    """Write the whole database to a file (pg_dump's custom format)."""
    from commands import backups

    carry_out(backups.backup(settings_now(), file))


@main.command()
def restore(file: File) -> None:
    """Read a backup into an empty database."""
    from commands import backups

    carry_out(backups.restore(settings_now(), file))


@schema_commands.command(name="print")
def schema_print() -> None:
    """The GraphQL schema, as schema/schema.graphql holds it."""
    from schema.api import make_schema

    tell(make_schema().as_str())


if __name__ == "__main__":
    main()
