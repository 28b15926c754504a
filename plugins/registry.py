"""Finds the rule packs once, when the program starts, and gives each county its rules."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from plugins.errors import BrokenPack, PackFailed, PackTimeout
from plugins.found import content_of, elsewhere, installed, packs_in
from plugins.judging import Rules
from plugins.pack import HERE, Pack, load_pack, read_toml
from plugins.timeline import Activation, Stretch, Timeline

__all__ = ["BrokenPack", "Pack", "PackFailed", "PackTimeout", "Registry", "Rules", "Timeline", "discover"]


class Registry:
    def __init__(self, packs: Iterable[Pack]) -> None:
        """The first pack is the national one. A county has one pack, perhaps in several versions."""
        self.packs = tuple(packs)
        self.national = self.packs[0]
        self._baseline = Rules((self.national,))

    def of_county(self, county_code: str) -> tuple[Pack, ...]:
        """The versions of that county's pack, the oldest first."""
        found = [pack for pack in self.packs[1:] if pack.manifest.county == county_code]
        return tuple(sorted(found, key=lambda pack: pack.version_number))

    def pack(self, pack_id: str, version: str | None = None) -> Pack | None:
        """A version; without one the newest."""
        found = [
            pack for pack in self.packs if pack.id == pack_id and version in (None, pack.manifest.version)
        ]
        return max(found, key=lambda pack: pack.version_number, default=None)

    def rules_for(self, county_code: str) -> Rules:
        """The national pack and the newest version of that county's; a county without one has the national alone."""
        packs = self.of_county(county_code)
        return Rules((self.national, packs[-1])) if packs else self._baseline

    def timeline(self, county_code: str, activations: Sequence[Activation] = ()) -> Timeline:
        """What counts in the county from which day on.

        `activations`: what was decided for it, in the order of days. A county for which nothing was decided has on
        each day the newest version whose effective_from has come.
        """
        versions = self.of_county(county_code)
        region = versions[-1].manifest.region if versions else None
        stretches = [Stretch(date.min, Rules((self.national,), region))]
        for active_from, pack_id, version in activations or _undecided(versions):
            pack = self.pack(pack_id, version) if version else None
            if version is None:
                stretches.append(Stretch(active_from, Rules((self.national,), region)))
            elif pack is None or pack.manifest.county != county_code:
                fault = (
                    f"{pack_id}: version {version} counts in county {county_code} from {active_from} and is not on "
                    "this server; put its folder into a directory of DANGJIAN_PACKS"
                )
                stretches.append(Stretch(active_from, self._baseline, fault))
            else:
                stretches.append(Stretch(active_from, Rules((self.national, pack))))
        return Timeline(county_code, stretches)


def discover(places: Iterable[Path] = (), *, is_proven: bool = False) -> Registry:
    """The packs of this folder, those that installed packages offer, and those of `places` (DANGJIAN_PACKS).

    BrokenPack when anything about any of them is wrong: the program does not start then. `is_proven`: another
    process has imported them already, so that nothing need be tried first.
    """
    ours = packs_in(HERE)
    nationals = [folder for folder in ours if "county" not in read_toml(folder / "manifest.toml")]
    if len(nationals) != 1:
        raise BrokenPack(
            f"{' and '.join(each.name for each in nationals) or 'plugins'}: need one pack without county"
        )
    national = load_pack(nationals[0], None)
    packs, folders = [national], [each for each in ours if each != nationals[0]]
    for folder in [*folders, *installed(), *elsewhere(map(Path, places))]:
        pack = load_pack(folder, national.manifest, is_proven=is_proven)
        if not _is_known(pack, packs):
            packs.append(pack)
    return Registry(packs)


def _is_known(pack: Pack, packs: list[Pack]) -> bool:
    """Whether the same version with the same content is there. BrokenPack for what cannot stand beside it."""
    for other in packs:
        if other.id == pack.id and other.manifest.version == pack.manifest.version:
            if content_of(other.folder, ".py", ".toml") == content_of(pack.folder, ".py", ".toml"):
                return True
            raise BrokenPack(
                f"{pack.id}: version {pack.manifest.version} stands in {other.folder} and, with another content, in "
                f"{pack.folder}; raise the version of one"
            )
        if other.id == pack.id and other.manifest.county != pack.manifest.county:
            raise BrokenPack(
                f"{pack.id}: version {pack.manifest.version} is for county {pack.manifest.county}, "
                f"version {other.manifest.version} for {other.manifest.county}"
            )
        if other.id != pack.id and other.manifest.county == pack.manifest.county:
            raise BrokenPack(f"{pack.id}: county {pack.manifest.county} already has the pack {other.id}")
    return False


def _undecided(versions: Sequence[Pack]) -> list[Activation]:
    """Without a decision each version counts from its effective_from, unless a newer one has begun before."""
    begun: list[Activation] = []
    for pack in reversed(versions):
        if not begun or pack.manifest.effective_from < begun[0][0]:
            begun.insert(0, (pack.manifest.effective_from, pack.id, pack.manifest.version))
    return begun
