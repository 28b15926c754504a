"""What a pack's manifest.toml and reported.toml declare, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """How far a pack can be relied on; `plugins.quality` says what each level asks for."""

    DRAFT = "draft"
    CHECKED = "checked"
    TRUSTED = "trusted"


class Severity(StrEnum):
    """How strict the text is: 应当/必须 (MUST), 一般 (GENERALLY), or only a remark for people (NOTE)."""

    MUST = "MUST"
    GENERALLY = "GENERALLY"
    NOTE = "NOTE"


@dataclass(frozen=True)
class Source:
    title: str
    section: str
    checked_on: date  # when somebody last read it
    short: str = ""  # how citations name it, where that is not part of the title


@dataclass(frozen=True)
class Parameter:
    """A number that rules use. `stricter`: "higher", "lower", or "fixed" (no county may change it).

    A parameter whose value is whole takes whole values only.
    """

    name: str
    value: int | float
    unit: str
    minimum: int | float
    maximum: int | float
    stricter: str
    description: str
    is_for_counties: bool = False  # no national rule uses it; counties' rules and filters do

    @property
    def is_switch(self) -> bool:
        """1 yes, 0 no: it is no threshold."""
        return isinstance(self.value, int) and (self.minimum, self.maximum) == (0, 1)

    def refusal(self, value: int | float) -> str | None:
        """Why this number cannot stand here, or None."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{self.name}: {value!r} is not a number"
        if isinstance(self.value, int) and not isinstance(value, int):
            return f"{self.name}: {value!r} is not a whole number"
        if not self.minimum <= value <= self.maximum:
            return f"{self.name}: {value:g} is outside {self.minimum:g} to {self.maximum:g} {self.unit}"
        return None

    def loosened_by(self, value: int | float) -> bool:
        if self.stricter == "fixed":
            return value != self.value
        return value < self.value if self.stricter == "higher" else value > self.value


@dataclass(frozen=True)
class Item:
    """One line of a configured list: a key for programs, a Chinese label for people."""

    key: str
    label: str
    is_required: bool = True


@dataclass(frozen=True)
class Setting:
    """A configured list. A county may replace it where the national pack says `is_configurable`."""

    name: str
    items: tuple[Item, ...]
    is_configurable: bool
    description: str


@dataclass(frozen=True)
class Region:
    """Where a county lies, as written in addresses. The lists tell that 河津市 is of county level."""

    province: str
    city: str
    county: str
    counties_of_city: tuple[str, ...] = ()
    cities_of_province: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule in force from `effective_from` to `effective_to`, both days included."""

    code: str
    noun: str
    title: str
    modality: Severity
    citation: str
    parameters: tuple[str, ...]
    effective_from: date
    effective_to: date | None

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True)
class ReportedFigure:
    """A figure that a publication claims (公开报道数字), to be set beside the computed one."""

    year: int
    key: str
    label: str
    value: int | float
    unit: str
    is_rounded_down: bool  # the text says 余 or 多
    quote: str
    source: str


@dataclass(frozen=True)
class Manifest:
    """A pack's declaration. `county` is None for the national pack only."""

    id: str
    name: str
    county: str | None
    version: str
    effective_from: date
    sources: tuple[Source, ...]
    parameters: Mapping[str, Parameter]
    settings: Mapping[str, Setting]
    rules: tuple[Rule, ...]
    region: Region | None
    quality: Level = Level.DRAFT  # what the pack claims; `packs check` verifies it
