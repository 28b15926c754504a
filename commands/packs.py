"""`dangjian packs list`, `show`, `check` and `new`; `try` and `activate` stand in pack_decisions.py."""

from pathlib import Path
from typing import TYPE_CHECKING

from commands.outcome import CommandRefused, tell, tell_json
from plugins.quality import quality_of, refused_claim
from plugins.registry import discover
from plugins.scaffold import write_pack

if TYPE_CHECKING:
    from settings import Settings

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"


def list_packs(settings: "Settings", *, as_json: bool) -> None:
    rows = [
        {
            "id": pack.id,
            "name": pack.manifest.name,
            "county": pack.manifest.county,
            "version": pack.manifest.version,
            "effective_from": pack.manifest.effective_from,
            "rules": len(pack.manifest.rules),
            "folder": str(pack.folder),
        }
        for pack in discover(settings.packs).packs
    ]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        where = "" if Path(str(row["folder"])).parent == PLUGINS else f"  in {row['folder']}"
        tell(
            f"{row['id']}  {row['name']}  {row['county'] or '全国'}  {row['version']}  {row['rules']} rules{where}"
        )


def show_pack(settings: "Settings", pack_id: str) -> None:
    """What a pack decides, in its newest version: numbers with the bounds that counties keep to, lists, rules."""
    pack = discover(settings.packs).pack(pack_id)
    if pack is None:
        raise CommandRefused(_unknown(pack_id))
    manifest = pack.manifest
    tell(f"{pack.id} {manifest.version}  {manifest.name}  from {manifest.effective_from}")
    for number in sorted(
        manifest.parameters.values(), key=lambda each: (each.stricter == "fixed", each.name)
    ):
        may = {"higher": "may go up", "lower": "may go down", "fixed": "fixed"}[number.stricter]
        bounds = f"{number.minimum:g} to {number.maximum:g}"
        tell(f"  {number.name} = {number.value:g} {number.unit}, {may}, {bounds}: {number.description}")
    for listed in manifest.settings.values():
        open_to = ", open to counties" if listed.is_configurable else ""
        items = "、".join(f"{item.key} {item.label}" for item in listed.items)
        tell(f"  {listed.name}{open_to}: {items}")
    for rule in manifest.rules:
        until = f" to {rule.effective_to}" if rule.effective_to else ""
        what = f"{rule.code} ({rule.noun}, {rule.modality}, from {rule.effective_from}{until})"
        tell(f"  {what}: {rule.title}, {rule.citation}")


def check_packs(settings: "Settings", pack_id: str | None) -> None:
    """Each pack's quality, verified, with what is missing for the next level."""
    registry = discover(settings.packs)
    chosen = [pack for pack in registry.packs if pack_id in (None, pack.id)]
    if not chosen:
        raise CommandRefused(_unknown(pack_id))
    refused = []
    for pack in chosen:
        reached, missing = quality_of(pack, registry.national)
        claim = refused_claim(pack, reached, missing)
        name = pack.id
        if sum(other.id == pack.id for other in chosen) > 1:
            name += f" {pack.manifest.version}"
        tell(f"{name}: {len(pack.manifest.rules)} rules, claims {pack.manifest.quality}, reaches {reached}")
        for gap in missing:
            tell(f"  {gap}")
        if claim:
            refused.append(claim)
    if refused:
        raise CommandRefused("; ".join(refused))


def new_pack(pack_id: str, place: Path | None = None) -> None:
    try:
        folder = write_pack(place.resolve() if place else PLUGINS, pack_id)
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    found_by = "" if place is None else f"DANGJIAN_PACKS={folder.parent} "
    tell(
        f"{folder}: fill in manifest.toml, rules.py and cases.toml, then: {found_by}dangjian packs check {pack_id}"
    )


def _unknown(pack_id: str | None) -> str:
    return f"there is no pack {pack_id}; `dangjian packs list` shows which there are (is DANGJIAN_PACKS set?)"
