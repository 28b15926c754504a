"""`dangjian packs list`, `check`, `new` and `try`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from commands.outcome import CommandRefused, tell, tell_json
from plugins.quality import quality_of, refused_claim
from plugins.registry import discover
from plugins.scaffold import write_pack

if TYPE_CHECKING:
    from settings import Settings

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"


def list_packs(*, as_json: bool) -> None:
    rows = [
        {
            "id": pack.id,
            "name": pack.manifest.name,
            "county": pack.manifest.county,
            "version": pack.manifest.version,
            "effective_from": pack.manifest.effective_from,
            "rules": len(pack.manifest.rules),
        }
        for pack in discover().packs
    ]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        tell(f"{row['id']}  {row['name']}  {row['county'] or '全国'}  {row['version']}  {row['rules']} rules")


def check_packs(pack_id: str | None) -> None:
    """Each pack's quality, verified, with what is missing for the next level."""
    registry = discover()
    chosen = [pack for pack in registry.packs if pack_id in (None, pack.id)]
    if not chosen:
        raise CommandRefused(f"there is no pack {pack_id}")
    refused = []
    for pack in chosen:
        reached, missing = quality_of(pack, registry.national)
        claim = refused_claim(pack, reached, missing)
        tell(
            f"{pack.id}: {len(pack.manifest.rules)} rules, claims {pack.manifest.quality}, reaches {reached}"
        )
        for gap in missing:
            tell(f"  {gap}")
        if claim:
            refused.append(claim)
    if refused:
        raise CommandRefused("; ".join(refused))


def new_pack(pack_id: str) -> None:
    try:
        folder = write_pack(PLUGINS, pack_id)
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    tell(
        f"{folder}: fill in manifest.toml, rules.py and cases.toml, then run: dangjian packs check {pack_id}"
    )


async def try_pack(
    settings: "Settings",
    pack_id: str,
    county_code: str,
    quarter: str,
    parameters: list[str],
    *,
    as_json: bool,
) -> None:
    values = _parameters(parameters)
    # Only this command of the four stands on a database; the others need no more than the packs.
    from app import open_application
    from models import County
    from resolvers.trials import trial
    from runtime.database import migrate
    from runtime.postgres import database as running_database

    async with running_database(settings) as credentials:
        await migrate(credentials)
        async with open_application(settings) as app:
            county = await County.get_or_none(code=county_code)
            if county is None:
                raise CommandRefused(f"there is no county {county_code}; import its files first")
            answer = await trial(app, county, pack_id, values, quarter)
    if answer["refusals"]:
        raise CommandRefused("; ".join(refusal["message"] for refusal in answer["refusals"]))
    tried = answer["trial"]
    changes = [edge["node"] for edge in tried["changes"](100)["edges"]]
    if as_json:
        tell_json({"subjects": tried["subjects"], "changed": tried["changed"], "changes": changes})
        return
    tell(f"{tried['subjects']} judged, {tried['changed']} differently")
    for change in changes:
        codes = ", ".join(reason["code"] for reason in change["because"])
        tell(
            f"  {change['subject']}: {change['before']['outcome']} -> {change['after']['outcome']} ({codes})"
        )


def _parameters(given: list[str]) -> dict[str, Any]:
    parameters = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            parameters[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise CommandRefused(f"{one}: write NAME=NUMBER") from None
    return parameters
