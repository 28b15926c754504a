"""What is asked: five operations of the contract, as the apps send them, with the variables of the demo county."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "graphiql" / "operations"
OPERATIONS = ("MobileHome", "BranchRoster", "FloatingMembers", "CountyDashboard", "CheckIn")
COUNTY, YEAR, MONTH = "140826", 2020, "2020-12"
MOST_MEMBERS, MOST_FLOATING = 100, 100


@dataclass(frozen=True)
class Subjects:
    """Who and what of the county is asked about, the same for every contestant."""

    member: str
    branch: str
    pairs: list[tuple[str, str]]
    """Theme days of today, each with one who belongs there: (theme day, member)."""
    paths: list[str]
    """Of the branch of each pair: its own secretary checks the member in."""
    tokens: dict[str, list[str]] = field(default_factory=dict)
    """Of ours, by operation: one for all its requests, or one for each."""


def contract() -> dict[str, str]:
    """The text of each operation, alone, as it stands in its file."""
    texts = {}
    for file in sorted(DOCUMENTS.glob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        for node in parse(text).definitions:
            if isinstance(node, OperationDefinitionNode) and node.name and node.loc:
                texts[node.name.value] = text[node.loc.start : node.loc.end]
    return texts


def variables(operation: str, subjects: Subjects) -> list[dict[str, Any]]:
    """The variables of our operations: one set for a read, one for each check-in."""
    match operation:
        case "MobileHome":
            return [{"year": YEAR}]
        case "BranchRoster":
            return [{"id": subjects.branch, "first": MOST_MEMBERS}]
        case "FloatingMembers":
            return [{"county": COUNTY, "first": MOST_FLOATING}]
        case "CountyDashboard":
            return [{"county": COUNTY, "month": MONTH}]
        case "CheckIn":
            return [
                {"input": {"themeDayId": day, "method": "BY_SECRETARY", "memberId": member}}
                for day, member in subjects.pairs
            ]
    raise LookupError(operation)
