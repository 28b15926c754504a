"""Finds the rule packs once, when the program starts, and gives each county its rules."""

from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

from plugins.errors import BrokenPack, PackFailed, PackTimeout
from plugins.judging import Rules
from plugins.pack import HERE, Pack, load_pack, read_toml

__all__ = ["BrokenPack", "Pack", "PackFailed", "PackTimeout", "Registry", "Rules", "discover"]

ENTRY_POINTS = "dangjian.packs"


class Registry:
    def __init__(self, packs: Iterable[Pack]) -> None:
        """The first pack is the national one; at most one pack for a county."""
        self.packs = tuple(packs)
        self.national = self.packs[0]
        self._rules = {pack.manifest.county: Rules((self.national, pack)) for pack in self.packs[1:]}
        self._baseline = Rules((self.national,))

    def rules_for(self, county_code: str) -> Rules:
        """The national pack and that county's; a county without a pack has the national one alone."""
        return self._rules.get(county_code, self._baseline)

    def pack(self, pack_id: str) -> Pack | None:
        return next((pack for pack in self.packs if pack.id == pack_id), None)


def discover(extra: Iterable[Path] = ()) -> Registry:
    """The packs of this folder, those that installed packages offer, and `extra` pack directories.

    An entry point of the group names the pack's package: `jishan = "jishan_140824"`. BrokenPack when
    anything about any of them is wrong: the program does not start then.
    """
    ours = [folder for folder in sorted(HERE.iterdir()) if (folder / "manifest.toml").exists()]
    nationals = [folder for folder in ours if "county" not in read_toml(folder / "manifest.toml")]
    if len(nationals) != 1:
        raise BrokenPack(
            f"{' and '.join(each.name for each in nationals) or 'plugins'}: need one pack without county"
        )
    national = load_pack(nationals[0], None)
    packs, folders = [national], [each for each in ours if each != nationals[0]]
    for folder in [*folders, *_installed(), *map(Path, extra)]:
        pack = load_pack(folder, national.manifest)
        for other in packs:
            if other.id == pack.id or other.manifest.county == pack.manifest.county:
                raise BrokenPack(f"{pack.id}: county {pack.manifest.county} already has the pack {other.id}")
        packs.append(pack)
    return Registry(packs)


def _installed() -> list[Path]:
    folders = []
    for point in sorted(entry_points(group=ENTRY_POINTS)):
        try:
            module = point.load()
            folders.append(Path(module.__file__).parent)
        except Exception as error:
            raise BrokenPack(f"{point.name}: {point.value} cannot be imported: {error}") from error
    return folders
