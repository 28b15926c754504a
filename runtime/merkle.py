"""A Merkle tree over a growing list of entries, as in RFC 6962: one hash stands for all entries and their order.

A tree is kept as its peaks: the roots of its complete subtrees, the largest first. That is all that is needed to
append, whatever the size.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Tree:
    """`size` entries under `peaks`, as hexadecimal SHA-256."""

    size: int = 0
    peaks: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        root = ""
        for peak in reversed(self.peaks):
            root = _node(peak, root) if root else peak
        return root or EMPTY

    def append(self, entries: Iterable[str]) -> "Tree":
        """With further entries, each the hexadecimal hash of its content."""
        size, peaks = self.size, list(self.peaks)
        for entry in entries:
            peaks.append(_leaf(entry))
            size += 1
            # As often as the new size ends with zeros in binary, two subtrees of one size have met.
            for _ in range((size & -size).bit_length() - 1):
                right = peaks.pop()
                peaks[-1] = _node(peaks[-1], right)
        return Tree(size, tuple(peaks))


def root_of(entries: Sequence[str]) -> str:
    return Tree().append(entries).root


def _leaf(entry: str) -> str:
    return hashlib.sha256(b"\x00" + bytes.fromhex(entry)).hexdigest()


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
