"""Chains of superiors, given as a mapping from each code to its superior's."""

from collections.abc import Iterator, Mapping

Parents = Mapping[str, str | None]


def ancestors(code: str, parents: Parents) -> Iterator[str]:
    """The codes above, nearest first; endless within a cycle."""
    above = parents.get(code)
    while above is not None:
        yield above
        above = parents.get(above)


def in_cycles(parents: Parents) -> set[str]:
    """The codes that stand above themselves."""
    settled: set[str] = set()
    cyclic: set[str] = set()
    for start in parents:
        walked: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in settled and code not in walked:
            walked[code] = None
            code = parents.get(code)
        if code in walked:
            trail = list(walked)
            cyclic.update(trail[trail.index(code) :])
        settled.update(walked)
    return cyclic
