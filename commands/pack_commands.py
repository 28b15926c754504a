"""The commands of `dangjian packs`; what they do stands in packs.py and pack_decisions.py."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from commands.options import County, Json, Quarter, checked_day, settings_now
from commands.outcome import at_once, carry_out

pack_commands = typer.Typer(no_args_is_help=True, help="Rule packs (规则包).")


@pack_commands.command(name="list")
def packs_list(json: Json = False) -> None:
    """The packs that the program finds."""
    from commands import packs

    at_once(lambda: packs.list_packs(settings_now(), as_json=json))


@pack_commands.command(name="show")
def packs_show(
    pack: Annotated[str, typer.Argument(metavar="ID", help="The pack's id, such as national.")],
) -> None:
    """A pack's numbers with their bounds, its lists and its rules."""
    from commands import packs

    at_once(lambda: packs.show_pack(settings_now(), pack))


@pack_commands.command(name="new")
def packs_new(
    pack: Annotated[str, typer.Argument(metavar="ID", help="The pack's id, such as jishan_140824.")],
    place: Annotated[
        Path | None,
        typer.Option(
            "--in", exists=True, file_okay=False, help="A directory of DANGJIAN_PACKS to write it in."
        ),
    ] = None,
) -> None:
    """Write the skeleton of a pack."""
    from commands import packs

    at_once(lambda: packs.new_pack(pack, place))


@pack_commands.command(name="check")
def packs_check(
    pack: Annotated[str | None, typer.Argument(metavar="[ID]", help="One pack; all without it.")] = None,
) -> None:
    """Load packs and run their cases."""
    from commands import packs

    at_once(lambda: packs.check_packs(settings_now(), pack))


@pack_commands.command(name="try")
def packs_try(
    pack: Annotated[str, typer.Argument(metavar="ID", help="The pack's id.")],
    county: County,
    quarter: Quarter,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "--set", help="NAME=NUMBER to try.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="A version on this server to try, in force or not.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from-dir", exists=True, file_okay=False, help="A version to try from its folder."),
    ] = None,
    noun: Annotated[
        Literal["delegate", "branch", "floating", "training"],
        typer.Option("--noun", help="Whose records are judged."),
    ] = "delegate",
    json: Json = False,
) -> None:
    """Judge a quarter with other parameters or another version and show who would be judged differently; nothing
    is kept."""
    if version and folder:
        raise typer.BadParameter("give --version or --from-dir, not both")
    from commands import pack_decisions

    carry_out(
        pack_decisions.try_pack(
            settings_now(),
            pack,
            county,
            quarter,
            parameter or [],
            version=version,
            folder=folder,
            noun=noun,
            as_json=json,
        )
    )


@pack_commands.command(name="activate")
def packs_activate(
    pack: Annotated[str, typer.Argument(metavar="ID", help="The pack's id.")],
    county: County,
    from_: Annotated[
        str,
        typer.Option(
            "--from", metavar="DATE", help="The first day, such as 2027-01-01.", callback=checked_day
        ),
    ],
    decided_by: Annotated[str, typer.Option("--decided-by", help="The body that decided.")],
    version: Annotated[str | None, typer.Option("--version", help="The version; see `packs list`.")] = None,
    no_pack: Annotated[
        bool, typer.Option("--no-pack", help="From that day on without a pack of the county's own.")
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why.")] = None,
    json: Json = False,
) -> None:
    """Let a version of a county's pack count from a day on; days before stay judged as they were."""
    if bool(version) == no_pack:
        raise typer.BadParameter("give --version or --no-pack")
    from commands import pack_decisions

    carry_out(
        pack_decisions.activate_pack(
            settings_now(),
            pack,
            county,
            version,
            date.fromisoformat(from_),
            decided_by,
            reason,
            as_json=json,
        )
    )
