from typing import Any

import strawberry

from resolvers.meetings import votes
from schema.declare import field, root
from schema.enums import VoteKind
from schema.refusals import Refusal
from schema.scalars import Date


@strawberry.type(
    description="A vote of a meeting (表决), counted by the rule packs as the texts stood on its day (计票)."
)
class Vote:
    kind: VoteKind = field("Which formula counts (表决类别).")
    subject: str | None = field("What was voted on (事项).")
    yes: int = field("In favour, of those present (赞成票).")
    written_opinions: int = field("Written opinions handed in before by who was absent (书面意见).")
    written_yes: int = field("Of these, in favour (书面赞成).")
    persons: int = field("How many persons were voted on at once (一次表决的人数).")
    is_secret: bool | None = field("By secret ballot (无记名投票).")
    is_declared_passed: bool | None = field("What the minutes say (记录为通过); null where they do not.")
    prereview_passed_on: Date | None = field("The higher committee's pre-review passed (预审合格日期).")
    is_by_circulation: bool = field("Opinions collected one by one in place of a meeting (传阅、圈阅).")
    is_head_last: bool | None = field("The head spoke last (主要负责人末位表态).")
    is_divided: bool = field("Opinions were far apart (意见分歧较大).")
    quorum_needed: int | None = field(
        "How many have to be there (至少到会人数); null where no text in force that day says it."
    )
    votes_needed: int | None = field(
        "How many votes it takes (至少赞成票); null where no text in force that day says it."
    )
    is_valid_meeting: bool | None = field("Whether enough were there (到会人数是否达到要求).")
    is_passed: bool | None = field(
        "Whether it passed by the formula (是否通过), whatever the minutes say; false where too few were there."
    )
    arithmetic: str = field("The numbers in one Chinese sentence (计票说明).")
    citations: list[str] = field("The paragraphs that it was counted by (依据).")


@strawberry.type(description="What a vote takes (表决测算), before it is held. Nothing is kept.")
class VoteArithmetic:
    quorum_needed: int | None = field("How many have to be there (至少到会人数).")
    votes_needed: int | None = field(
        "How many votes it takes (至少赞成票), written opinions that count included."
    )
    is_valid_meeting: bool | None = field("Whether enough would be there (到会人数是否达到要求).")
    is_passed: bool | None = field("Whether it would pass (能否通过).")
    arithmetic: str | None = field("The numbers in one Chinese sentence (计票说明).")
    citations: list[str] = field("The paragraphs that it is counted by (依据).")
    refusals: list[Refusal] = field("NUMBERS_IMPOSSIBLE where no meeting can have such numbers.")


@strawberry.input(description="A vote (表决) as the minutes have it.")
class VoteInput:
    kind: VoteKind = field("Which formula counts (表决类别).")
    subject: str | None = field("What was voted on (事项), at most 200 characters.", default=None)
    yes: int = field(
        "In favour, of those present (赞成票); in an election the votes of the one who was elected with the fewest."
    )
    written_opinions: int = field(
        "Handed in before by who was absent (会前提出的书面意见); they count in admission votes, never as "
        "presence (发展党员工作细则 第二十条).",
        default=0,
    )
    written_yes: int = field("Of these, in favour (书面赞成).", default=0)
    persons: int = field("How many persons were voted on at once (一次表决的人数).", default=1)
    is_secret: bool | None = field("By secret ballot (无记名投票).", default=None)
    is_declared_passed: bool | None = field(
        "What the minutes say (记录为通过); left out: to be judged.", default=None
    )
    prereview_passed_on: Date | None = field(
        "For an admission: when the pre-review passed (预审合格日期).", default=None
    )
    is_by_circulation: bool = field("In place of a meeting, one by one (传阅、圈阅).", default=False)
    is_head_last: bool | None = field("The head spoke last (主要负责人末位表态).", default=None)
    is_divided: bool = field("Opinions were far apart (意见分歧较大).", default=False)


def as_stored(vote: VoteInput) -> dict[str, Any]:
    """The vote as it is kept with its meeting: JSON-ready, by the names of the facts."""
    stored = dict(vars(vote))
    passed_on = vote.prereview_passed_on
    return {
        **stored,
        "kind": str(vote.kind),
        "prereview_passed_on": passed_on.isoformat() if passed_on else None,
    }


@strawberry.type
class VoteQuery:
    @root(
        "What a vote takes (表决测算): `entitled` 应到, `present` 实到 (only those entitled), `yes` 赞成 of those "
        "present, `writtenYes` written opinions in favour, counted where a text says so. By the county's rules on "
        "the day `on` (today where left out): 半数以上 includes the half, so 8 of 16 are enough for an ordinary "
        "meeting; 超过半数 does not, so an admission needs 9; an election needs 4/5, 12 of 15. For every signed-in "
        "account, null for others; a county that the reader does not see is answered by the national rules.",
        votes.vote_arithmetic,
    )
    def vote_arithmetic(
        self,
        county: strawberry.ID,
        kind: VoteKind,
        entitled: int,
        present: int,
        yes: int = 0,
        written_yes: int = 0,
        on: Date | None = None,
    ) -> VoteArithmetic | None: ...
