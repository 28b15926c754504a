"""A rule pack in memory: what its manifest declares and the functions of its rules.py."""

import sys
import tomllib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from plugins.contract import Manifest, Observation, ReportedFigure, Rule, Values
from plugins.errors import BrokenPack
from plugins.facts import FACTS
from plugins.manifest import read_manifest
from plugins.purity import require_pure
from plugins.reported import read_reported

Check = Callable[[Any, Values], Iterable[Observation]]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Pack:
    manifest: Manifest
    checks: Mapping[str, Check]  # noun -> check_<noun>
    reported: tuple[ReportedFigure, ...]
    folder: Path

    @property
    def id(self) -> str:
        return self.manifest.id

    def rule(self, code: str, on: date) -> Rule | None:
        """The wording in force on that day. KeyError for a code that the manifest does not declare."""
        wordings = [rule for rule in self.manifest.rules if rule.code == code]
        if not wordings:
            raise KeyError(f"{code} is no rule of the manifest")
        return next((rule for rule in wordings if rule.in_force(on)), None)


def load_pack(folder: Path, national: Manifest | None) -> Pack:
    """BrokenPack unless everything about the pack is right. `national`: None for the national pack itself."""
    name = folder.name
    manifest = read_manifest(name, read_toml(folder / "manifest.toml"), national)
    reported = folder / "reported.toml"
    figures = read_reported(name, read_toml(reported)) if reported.exists() else ()
    try:
        require_pure(name, folder)
        module = _import_rules(folder)
    except BrokenPack:
        raise
    except Exception as error:
        raise BrokenPack(f"{name}: rules.py cannot be imported: {type(error).__name__}: {error}") from error
    return Pack(manifest, _checks(name, module, manifest), figures, folder)


def read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BrokenPack(f"{file.parent.name}: {file.name}: {reason}") from error


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


def _import_rules(folder: Path) -> ModuleType:
    """Our own packs under their own name; a pack from elsewhere as a package named after its place."""
    if folder.parent.resolve() == HERE.resolve():
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
