"""Small numbers of people (小数抑制): under five, they tell about the people themselves."""

from resolvers.compiler.sources import Expression
from resolvers.rights.classes import COUNTS_UNDER_FIVE


def people_counted(rows: str, table: str = "organization") -> Expression:
    """How many `rows` (an SQL FROM clause) there are; null under five for who sees the {row} and not its people."""
    return Expression(
        f"SELECT CASE WHEN {{shows:counts {table}}} OR count(*) >= {COUNTS_UNDER_FIVE} THEN count(*) END FROM {rows}"
    )
