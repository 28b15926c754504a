"""What tests/access_table.txt says: read as it stands, never made from the program's own tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("access_table.txt")
KINDS = ("open", "internal", "personal", "masked")
LEVELS = "-OIPW"
"""The cells of the grid, from nothing to everything; what each reads, counted in KINDS."""
ANYBODY, NOBODY = "anybody", "nobody"


@dataclass
class Section:
    """One kind of record: the kind of each value, and the grid of viewers and columns."""

    name: str
    kinds: dict[str, str] = field(default_factory=dict)
    varies: set[str] = field(default_factory=set)
    needs: dict[str, str] = field(default_factory=dict)
    """Value -> the kind of record of the same person that its reader has to see."""
    is_lockable: bool = False
    columns: tuple[str, ...] = ()
    grid: dict[tuple[str, str], str] = field(default_factory=dict)

    _levels: dict[tuple[str, frozenset[str]], str] = field(default_factory=dict)

    def cell(self, viewer: str, column: str) -> str:
        """What stands in the grid for the viewer, or for whoever is signed in if that is more."""
        lines = (viewer,) if viewer == NOBODY else (viewer, ANYBODY)
        return strongest(self.grid.get((line, column), "-") for line in lines)

    def level(self, viewer: str, columns: Iterable[str]) -> str:
        key = (viewer, frozenset(columns))
        if key not in self._levels:
            self._levels[key] = strongest(self.cell(viewer, column) for column in key[1])
        return self._levels[key]

    def column_of(self, place: str) -> str:
        """The column of a place; where a section knows no parts of the county, that is the county."""
        if place in self.columns or place == "other":
            return place
        return "county"

    def reads(self, name: str, level: str, *, locked_for_him: bool = False) -> bool:
        kind = self.kinds[name]
        if kind == "personal" and self.is_lockable and locked_for_him:
            return False
        return LEVELS.index(level) > KINDS.index(kind)


def strongest(levels: Iterable[str]) -> str:
    return max(levels, key=LEVELS.index, default="-")


@cache
def sections() -> dict[str, Section]:
    """Section by the name of its GraphQL type."""
    found: dict[str, Section] = {}
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#") or words[0] == "may":
            continue
        if words[0] == "==":
            section = found[words[1]] = Section(words[1])
        elif words[0] in KINDS:
            again = [word for word in words[1:] if word in section.kinds]
            assert not again, f"line {number}: {again} stand twice"
            section.kinds.update(dict.fromkeys(words[1:], words[0]))
        elif words[0] == "varies":
            section.varies.update(words[1:])
        elif words[0] == "needs":
            section.needs.update(dict.fromkeys(words[2:], words[1]))
        elif words[0] == "locked":
            section.is_lockable = True
        elif line.startswith(" "):
            section.columns = tuple(words)
        else:
            assert len(words) == len(section.columns) + 1, f"line {number}: {line}"
            assert set(words[1:]) <= set(LEVELS), f"line {number}: {line}"
            section.grid.update(
                {(words[0], column): level for column, level in zip(section.columns, words[1:], strict=True)}
            )
    return found


@cache
def acts() -> dict[str, frozenset[str]]:
    """Act -> the viewers who may do it somewhere."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines() if line.startswith("may ")]
    assert len({words[1] for words in lines}) == len(lines)
    return {words[1]: frozenset(words[2:]) for words in lines}
