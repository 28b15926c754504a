"""What a trial puts in place of what is in force: other numbers of a pack, another version of it, or both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from plugins.errors import BrokenPack
from plugins.judging import Rules
from plugins.pack import Pack, load_pack
from plugins.registry import Registry
from plugins.timeline import Timeline


@dataclass(frozen=True)
class Trial:
    """Plain enough to be sent to the process that judges, which makes the same rules of it."""

    pack: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None  # one that is on this server, whether in force or not
    folder: Path | None = None  # one that is not: read from there, for this trial alone

    def rules(self, registry: Registry, timeline: Timeline, on: date) -> Rules:
        """The rules of that day with what is tried in them. ValueError tells what cannot be tried.

        A version is tried as if it had begun: records of before its effective_from show what it would change.
        """
        rules = timeline.on(on)
        if self.version or self.folder:
            pack = self._pack(registry)
            if pack.manifest.county is None:
                raise ValueError(f"{pack.id}: is the rule pack of every county and has no other version")
            if pack.manifest.county != timeline.county:
                raise ValueError(f"{pack.id}: is a rule pack of county {pack.manifest.county}")
            rules = Rules((registry.national, pack.as_if_from(on)))
        return rules.with_parameters(self.pack, self.parameters)

    def _pack(self, registry: Registry) -> Pack:
        if self.folder is not None:
            try:
                pack = load_pack(self.folder, registry.national.manifest)
            except BrokenPack as error:
                raise ValueError(str(error)) from error
            if pack.id != self.pack:
                raise ValueError(f"{self.folder}: holds the pack {pack.id}, not {self.pack}")
            return pack
        found = registry.pack(self.pack, self.version)
        if found is None:
            there = [each.manifest.version for each in registry.packs if each.id == self.pack]
            raise ValueError(
                f"{self.pack}: has no version {self.version} on this server"
                + (f", only {', '.join(there)}" if there else "")
            )
        return found
