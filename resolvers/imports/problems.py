"""A problem of an office file: where it is, a code, and what to say about it."""

from enum import Enum
from typing import Any, NamedTuple

from runtime.language import Sentence

LONGEST_VALUE = 200
LONGEST_QUOTE = 40


class ProblemCode(Enum):
    """A code by its name; the value is the sentence, with names of details in braces."""

    def sentence(self, **details: Any) -> Sentence:
        return Sentence(self.value.zh.format(**details), self.value.en.format(**details))


class Problem(NamedTuple):
    """`row` is the row of the sheet (1 is its first), `column` the header, `value` the cell as text."""

    row: int
    column: str
    value: str
    code: str
    sentence: Sentence


def problem(row: int, column: str, value: str, code: ProblemCode, **details: Any) -> Problem:
    quoted = value if len(value) <= LONGEST_QUOTE else f"{value[:LONGEST_QUOTE]}…"
    sentence = code.sentence(column=column, value=quoted, **details)
    return Problem(row, column, value[:LONGEST_VALUE], code.name, sentence)
