"""The command `dangjian`. Exit status: 0 done, 1 refused or failed (the reason on standard error), 2 wrong usage."""

import re
from pathlib import Path
from typing import Annotated

import typer

from commands import audits, backups, imports, packs, reviews, serving
from commands.outcome import KNOWN, carry_out, fail, tell
from schema.api import make_schema
from settings import Settings, SettingsError, load_settings

main = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
review_commands = typer.Typer(no_args_is_help=True, help="The quarterly check of delegates (一季一析).")
pack_commands = typer.Typer(no_args_is_help=True, help="Rule packs (规则包).")
audit_commands = typer.Typer(no_args_is_help=True, help="The audit trail (审计).")
schema_commands = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
main.add_typer(review_commands, name="review")
main.add_typer(pack_commands, name="packs")
main.add_typer(audit_commands, name="audit")
main.add_typer(schema_commands, name="schema")


def _quarter(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4}Q[1-4]", value):
        raise typer.BadParameter("write it as 2020Q4")
    return value


County = Annotated[str, typer.Option("--county", help="Administrative division code, such as 140826.")]
Quarter = Annotated[str, typer.Option("--quarter", help="A quarter, such as 2020Q4.", callback=_quarter)]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]


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
    try:
        serving.serve(_settings(), with_demo=demo)
    except KNOWN as error:
        fail(str(error))


@main.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only whether migrations and models agree.")] = False,
) -> None:
    """Bring the tables up to date."""
    carry_out(serving.check_migrations() if check else serving.migrate_now(_settings()))


@main.command()
def demo() -> None:
    """Make the demo county of Jiangxian (绛县) at its published figures."""
    carry_out(serving.make_demo_now(_settings()))


@main.command(name="import")
def import_(
    county: County,
    directory: Annotated[Path, typer.Argument(help="The folder with the office's workbooks.")],
    strict: Annotated[bool, typer.Option("--strict", help="Let nothing in unless all is right.")] = False,
    demo_accounts: Annotated[
        bool, typer.Option("--demo-accounts", help="Make the ten demo accounts.")
    ] = False,
    json: Json = False,
) -> None:
    """Import a county's office files: right rows go in, wrong ones are reported."""
    carry_out(
        imports.import_county(
            _settings(), county, directory, strict=strict, demo_accounts=demo_accounts, as_json=json
        )
    )


@review_commands.command(name="open")
def review_open(county: County, quarter: Quarter, json: Json = False) -> None:
    """Open the review of a quarter, or bring it up to date."""
    carry_out(reviews.open_review_now(_settings(), county, quarter, as_json=json))


@pack_commands.command(name="list")
def packs_list(json: Json = False) -> None:
    """The packs that the program finds."""
    _at_once(lambda: packs.list_packs(as_json=json))


@pack_commands.command(name="new")
def packs_new(pack: Annotated[str, typer.Argument(help="The pack's id, such as jishan_140824.")]) -> None:
    """Write the skeleton of a pack."""
    _at_once(lambda: packs.new_pack(pack))


@pack_commands.command(name="check")
def packs_check(pack: Annotated[str | None, typer.Argument(help="One pack; all without it.")] = None) -> None:
    """Load packs and run their cases."""
    _at_once(lambda: packs.check_packs(pack))


@pack_commands.command(name="try")
def packs_try(
    pack: Annotated[str, typer.Argument(help="The pack's id.")],
    county: County,
    quarter: Quarter,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", help="NAME=NUMBER to try.")] = None,
    json: Json = False,
) -> None:
    """Judge a quarter with other parameters and show who would be judged differently; nothing is kept."""
    carry_out(packs.try_pack(_settings(), pack, county, quarter, parameter or [], as_json=json))


@audit_commands.command(name="verify")
def audit_verify(json: Json = False) -> None:
    """Recompute the hash of every audit entry."""
    carry_out(audits.verify(_settings(), as_json=json))


@main.command()
def backup(file: Path) -> None:
    """Write the whole database to a file (pg_dump's custom format)."""
    carry_out(backups.backup(_settings(), file))


@main.command()
def restore(file: Path) -> None:
    """Read a backup into an empty database."""
    carry_out(backups.restore(_settings(), file))


@schema_commands.command(name="print")
def schema_print() -> None:
    """The GraphQL schema, as schema/schema.graphql holds it."""
    tell(make_schema().as_str())


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))
        raise


def _at_once(work: object) -> None:
    assert callable(work)
    try:
        work()
    except KNOWN as error:
        fail(str(error))


if __name__ == "__main__":
    main()
