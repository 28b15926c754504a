import strawberry

from schema.declare import field


@strawberry.type(description="A figure that a publication claims, beside the computed one (公开数字对照).")
class ReportedFigure:
    key: str = field("For programs: which figure.")
    label: str = field("What it counts (指标).")
    reported: float = field("The claim (公开数字).")
    computed: float | None = field("What the records give (系统数字); null where they hold nothing to count.")
    difference: float | None = field("Computed less reported (差额).")
    source: str = field("Where the claim stands, with the words (出处).")
