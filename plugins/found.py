"""Where packs are looked for: this folder, installed packages, and the directories of DANGJIAN_PACKS."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from plugins.errors import BrokenPack

ENTRY_POINTS = "dangjian.packs"


def packs_in(folder: Path) -> list[Path]:
    return [each for each in sorted(folder.iterdir()) if (each / "manifest.toml").exists()]


def installed() -> list[Path]:
    """An entry point of the group names the pack's package: `jishan = "jishan_140824"`. It is not imported here."""
    folders = []
    for point in sorted(entry_points(group=ENTRY_POINTS)):
        try:
            spec = find_spec(point.value)
        except Exception as error:
            raise BrokenPack(f"{point.name}: {point.value} cannot be imported: {error}") from error
        if spec is None or spec.origin is None:
            raise BrokenPack(f"{point.name}: {point.value} cannot be imported: it is no installed package")
        folders.append(Path(spec.origin).parent)
    return folders


def elsewhere(places: Iterable[Path]) -> list[Path]:
    """Each place is a pack's folder, or a directory of such folders: one version of a pack lies beside another."""
    folders = []
    for place in places:
        if (place / "manifest.toml").exists():
            folders.append(place)
        elif inside := packs_in(place) if place.is_dir() else []:
            folders += inside
        else:
            raise BrokenPack(f"{place}: holds no rule pack (a folder with a manifest.toml)")
    return folders


def content_of(folder: Path, *endings: str) -> str:
    """A hash of the pack's files with these endings: what two folders must share to be the same pack."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in endings:
            digest.update(f"{file.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
