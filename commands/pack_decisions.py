"""`dangjian packs try` and `activate`: the pack commands that stand on a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from app import open_application
from commands.outcome import CommandRefused, tell, tell_json
from models import County
from models.choices import Role
from plugins.trial import Trial
from resolvers.access import AccountViewer, Grant
from resolvers.application import Application
from resolvers.compiler.request import Request
from resolvers.rule_packs.activations import activate_rule_pack
from resolvers.rule_packs.trials import trial
from runtime.database import migrate
from runtime.postgres import database as running_database
from settings import Settings


async def try_pack(
    settings: Settings,
    pack_id: str,
    county_code: str,
    quarter: str,
    parameters: list[str],
    *,
    version: str | None,
    folder: Path | None,
    noun: str,
    as_json: bool,
) -> None:
    tried = Trial(pack_id, _parameters(parameters), version, folder.resolve() if folder else None)
    async with _opened(settings, county_code) as (app, county):
        answer = await trial(app, county, tried, quarter, noun)
        _refuse(answer)
        result = answer["trial"]
        changes = [edge["node"] for edge in result["changes"](100)["edges"]]
    if as_json:
        tell_json({"subjects": result["subjects"], "changed": result["changed"], "changes": changes})
        return
    tell(f"{result['subjects']} judged, {result['changed']} differently")
    for change in changes:
        codes = ", ".join(reason["code"] for reason in change["because"])
        outcomes = [change[when]["outcome"] for when in ("before", "after")]
        said = f"{' -> '.join(outcomes)} ({codes})" if all(outcomes) else codes
        tell(f"  {change['subject']}: {said}")


async def activate_pack(
    settings: Settings,
    pack_id: str,
    county_code: str,
    version: str | None,
    active_from: date,
    decided_by: str,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    async with _opened(settings, county_code) as (app, county):
        # Who may run the command may do what the county's office may; the audit names the command.
        operator = AccountViewer(
            display_name="dangjian packs activate", grants=(Grant(Role.OFFICE, county.id, county_code),)
        )
        request = Request(viewer=operator, rules=app.rules.of(county_code), app=app)
        _refuse(
            await activate_rule_pack(request, county_code, pack_id, version, active_from, decided_by, reason)
        )
        activations = app.rules.activations_of(county_code)
    if as_json:
        tell_json([{"active_from": day, "pack": pack, "version": each} for day, pack, each in activations])
        return
    tell(f"{county.name}:")
    for day, pack, each in activations:
        tell(f"  from {day}: {pack} {each}" if each else f"  from {day}: no pack of its own")


@asynccontextmanager
async def _opened(settings: Settings, county_code: str) -> AsyncIterator[tuple[Application, County]]:
    async with running_database(settings) as credentials:
        await migrate(credentials, settings.keyring())
        async with open_application(settings) as app:
            county = await County.get_or_none(code=county_code)
            if county is None:
                raise CommandRefused(f"there is no county {county_code}; import its files first")
            yield app, county


def _refuse(answer: dict[str, Any]) -> None:
    if answer["refusals"]:
        raise CommandRefused("; ".join(refusal["message"] for refusal in answer["refusals"]))


def _parameters(given: list[str]) -> dict[str, Any]:
    parameters = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            parameters[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise CommandRefused(f"{one}: write NAME=NUMBER") from None
    return parameters
