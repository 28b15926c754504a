"""The commands of `dangjian keys`; what they do stands in keys.py."""

from typing import Annotated

import typer

from commands.options import Json, settings_now
from commands.outcome import carry_out

key_commands = typer.Typer(no_args_is_help=True, help="The keys of encryption (加密密钥).")


@key_commands.command(name="list")
def keys_list(json: Json = False) -> None:
    """The keys, since when they are there, and how many values each is needed for; never the keys themselves."""
    from commands import keys

    carry_out(keys.list_keys(settings_now(), as_json=json))


@key_commands.command(name="rotate")
def keys_rotate(
    lookup: Annotated[bool, typer.Option("--lookup", help="Make the hashes anew as well.")] = False,
    json: Json = False,
) -> None:
    """Make a new key and encrypt everything with it, beside a running server; run it again if it was interrupted."""
    from commands import keys

    carry_out(keys.rotate(settings_now(), with_lookup=lookup, as_json=json))


@key_commands.command(name="drop")
def keys_drop(
    key: Annotated[str, typer.Argument(metavar="ID", help="As `keys list` names it: 1, or lookup-1.")],
) -> None:
    """Take out a key that no value needs any more; backups made with it cannot be read without it."""
    from commands import keys

    carry_out(keys.drop(settings_now(), key))
