"""A rule pack in memory: what its manifest declares and the functions of its rules.py."""

import re
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from plugins.contract import Manifest, Observation, ReportedFigure, Rule, Values
from plugins.errors import BrokenPack, line_in
from plugins.facts import FACTS
from plugins.importable import require_importable
from plugins.manifest import read_manifest
from plugins.purity import require_pure
from plugins.reported import read_reported

Check = Callable[[Any, Values], Iterable[Observation]]
HERE = Path(__file__).parent
CHINESE_MARKS = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "，": ",",
    "＝": "=",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
}


@dataclass(frozen=True)
class Pack:
    manifest: Manifest
    checks: Mapping[str, Check]  # noun -> check_<noun>
    reported: tuple[ReportedFigure, ...]
    folder: Path

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def version_number(self) -> tuple[int, ...]:
        """1.10.0 is newer than 1.9.0."""
        return tuple(map(int, self.manifest.version.split(".")))

    def rule(self, code: str, on: date) -> Rule | None:
        """The wording in force on that day. KeyError for a code that the manifest does not declare."""
        wordings = [rule for rule in self.manifest.rules if rule.code == code]
        if not wordings:
            raise KeyError(f"{code} is no rule of the manifest")
        return next((rule for rule in wordings if rule.in_force(on)), None)

    def as_if_from(self, day: date) -> "Pack":
        """The pack as if it had been in force on that day already, to try it over records of before.

        Rules that begin with the pack begin with it then; those with a later day of their own keep it.
        """
        begins = self.manifest.effective_from
        if begins <= day:
            return self
        rules = tuple(
            replace(rule, effective_from=day) if rule.effective_from == begins else rule
            for rule in self.manifest.rules
        )
        return replace(self, manifest=replace(self.manifest, effective_from=day, rules=rules))


def load_pack(folder: Path, national: Manifest | None, *, is_proven: bool = False) -> Pack:
    """BrokenPack unless everything about the pack is right. `national`: None for the national pack itself.

    `is_proven`: another process has seen the import come back, or has a limit of its own.
    """
    name = folder.name
    manifest = read_manifest(name, read_toml(folder / "manifest.toml"), national)
    reported = folder / "reported.toml"
    figures = read_reported(name, read_toml(reported)) if reported.exists() else ()
    try:
        require_pure(name, folder, is_ours=_is_ours(folder))
        if not is_proven and not _is_ours(folder):
            require_importable(name, folder)
        module = import_rules(folder)
    except BrokenPack:
        raise
    except Exception as error:
        where = line_in(folder, error)
        raise BrokenPack(
            f"{name}: rules.py cannot be imported{where}: {type(error).__name__}: {error}"
        ) from error
    return Pack(manifest, _checks(name, module, manifest), figures, folder)


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _told(error, file)
        raise BrokenPack(f"{file.parent.name}: {file.name}: {reason}") from error


def _told(error: Exception, file: Path) -> str:
    """TOML's own sentence; where a Chinese mark stands on its line for one of TOML's, that is the likely cause."""
    place = re.search(r"line (\d+)", str(error))
    line = file.read_text(encoding="utf-8").splitlines()[int(place[1]) - 1 :][:1] if place else []
    plain = str.maketrans(CHINESE_MARKS)
    for mark in "".join(line):
        if mark in CHINESE_MARKS:
            return f"{error}; {mark!r} (U+{ord(mark):04X}) is a Chinese mark, write {mark.translate(plain)!r}"
    return str(error)


def _checks(name: str, module: ModuleType, manifest: Manifest) -> dict[str, Check]:
    checks = {
        key.removeprefix("check_"): value for key, value in vars(module).items() if key.startswith("check_")
    }
    judged = {rule.noun for rule in manifest.rules}
    if unknown := sorted(set(checks) - set(FACTS)):
        raise BrokenPack(f"{name}: rules.py: check_{unknown[0]} judges no known noun")
    if idle := sorted(set(checks) ^ judged):
        raise BrokenPack(f"{name}: noun {idle[0]!r} has rules without a function in rules.py, or the reverse")
    return checks


def _is_ours(folder: Path) -> bool:
    return folder.parent.resolve() == HERE.resolve()


def import_rules(folder: Path) -> ModuleType:
    """Our own packs under their own name; a pack from elsewhere as a package named after its place."""
    if _is_ours(folder):
        return import_module(f"plugins.{folder.name}.rules")
    package = f"dangjian_pack_{folder.name}_{zlib.crc32(str(folder.resolve()).encode()):08x}"
    if package not in sys.modules:
        spec = spec_from_file_location(
            package, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            raise BrokenPack(f"{folder.name}: __init__.py is missing")
        module = module_from_spec(spec)
        sys.modules[package] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[package]
            raise
    return import_module(f"{package}.rules")
