"""Meetings and their votes: the facts, and the arithmetic that every vote formula is made of.

Source: 支部工作条例(试行) 第十一、十二条; 发展党员工作细则 (2014, 2026); 基层组织选举工作条例. Three formulas look
alike and differ: 半数以上 includes the half, 超过半数 does not, and the base is 应到, only in elections perhaps 实到.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from plugins.vocabulary import KINDS, MEETINGS, VOTES, known

ADMISSIONS = {"ADMISSION": "接收", "CONVERSION": "转正", "EXTENSION": "延长", "CANCELLATION": "取消"}

# Kind of vote -> the rule that asks how many are there, and the one that asks how many are in favour. A kind
# that is not named has no formula in the texts that the packs rest on.
QUORUM_RULES = {"ORDINARY": "MEETING_QUORUM_SHORT", "ELECTION": "ELECTION_QUORUM_SHORT"}
QUORUM_RULES |= dict.fromkeys(ADMISSIONS, "ADMISSION_QUORUM_SHORT")
VOTE_RULES = {"ORDINARY": "VOTE_SHORT", "ELECTION": "ELECTION_VOTE_SHORT"}
VOTE_RULES |= {"LEADING_GROUP": "LEADING_GROUP_VOTE_SHORT"} | dict.fromkeys(
    ADMISSIONS, "ADMISSION_VOTE_SHORT"
)


@dataclass(frozen=True)
class VoteFacts:
    """One vote (表决). Written opinions are those handed in before the meeting by members who are absent."""

    kind: str  # one of VOTES
    yes: int  # 赞成票 of those present
    written_opinions: int = 0  # 会前提出书面意见的人数
    written_yes: int = 0  # of these, in favour
    persons: int = 1  # how many persons were voted on at once
    is_secret: bool | None = None  # 无记名投票
    is_declared_passed: bool | None = None  # what the minutes say; None: the vote is still to be judged
    prereview_passed_on: date | None = None  # 预审合格日, for an admission
    is_by_circulation: bool = False  # 个别征求意见、领导圈阅 in place of a meeting
    is_head_last: bool | None = None  # 主要负责人最后表态
    is_divided: bool = False  # 意见分歧较大

    def __post_init__(self) -> None:
        known("kind", self.kind, VOTES)
        if not 0 <= self.written_yes <= self.written_opinions:
            raise ValueError(f"written_yes is {self.written_yes} of {self.written_opinions} opinions")


@dataclass(frozen=True)
class MeetingFacts:
    """A meeting (会议) on its day.

    `entitled` 应到: full members with the right to vote; not probationary members, not those under 留党察看,
    not those whose rights are suspended. `left_out` are entitled members whom the meeting leaves out of 应到
    (abroad, ill in bed, …); they are not in `entitled`.
    """

    on: date
    kind: str  # one of MEETINGS
    organization_kind: str  # one of KINDS: whose meeting it is
    entitled: int
    present: int  # 实到, only those entitled
    votes: tuple[VoteFacts, ...] = ()
    left_out: int = 0
    is_leaving_out_approved: bool | None = None  # by the higher organization and by the branch's resolution

    def __post_init__(self) -> None:
        known("kind", self.kind, MEETINGS)
        known("organization_kind", self.organization_kind, KINDS)
        if not 0 <= self.present <= self.entitled:
            raise ValueError(f"present is {self.present} of {self.entitled} entitled")
        for vote in self.votes:
            if not 0 <= vote.yes <= self.present:
                raise ValueError(f"yes is {vote.yes} of {self.present} present; written opinions stand apart")
            if vote.written_opinions > self.entitled - self.present:
                raise ValueError(f"written_opinions is {vote.written_opinions}, more than are absent")


def at_least(percent: int | float, of: int) -> int:
    """The smallest whole number not under the share: 半数以上 of 15 is 8, of 16 is 8; 4/5 of 15 is 12."""
    return -(-int(percent) * of // 100)


def more_than(percent: int | float, of: int) -> int:
    """The smallest whole number over the share: 超过半数 of 15 is 8, of 16 is 9."""
    return int(percent) * of // 100 + 1


@dataclass(frozen=True)
class Quorum:
    """How many have to be there (到会), and the share in words."""

    needed: int
    share: str


@dataclass(frozen=True)
class Tally:
    """One vote counted (计票). `quorum` or `needed` is None where no text in force says how many it takes."""

    entitled: int
    present: int
    quorum: Quorum | None
    base: int  # of whom more than `percent` have to be in favour
    base_name: str  # 应到, or in elections perhaps 实到
    percent: int | float
    yes: int  # written opinions included where they count
    written: int  # of these, written opinions
    needed: int | None

    @property
    def is_valid_meeting(self) -> bool | None:
        return None if self.quorum is None else self.present >= self.quorum.needed

    @property
    def is_passed(self) -> bool | None:
        """Nothing passes where too few are there."""
        if self.is_valid_meeting is False:
            return False
        return None if self.needed is None else self.yes >= self.needed

    @property
    def arithmetic(self) -> str:
        """The numbers in one Chinese sentence, with what they come to."""
        parts = [f"应到{self.entitled}人，实到{self.present}人"]
        if self.quorum:
            enough = "达到要求" if self.is_valid_meeting else "到会人数不足"
            parts[0] += f"，须{self.quorum.share}到会，即至少{self.quorum.needed}人，{enough}"
        said = f"赞成{self.yes}票" + (f"（其中计入书面意见{self.written}票）" if self.written else "")
        if self.needed is None:
            return "；".join([*parts, f"{said}，没有收录当时这类表决的计票办法，系统不作判断。"])
        said += f"，须超过{self.base_name}{self.base}人的{self.percent}%，即至少{self.needed}票"
        return "；".join([*parts, f"{said}，{'可以' if self.is_passed else '不能'}视为通过。"])


def quorum_of(kind: str, entitled: int, numbers: Mapping[str, int | float]) -> Quorum | None:
    """半数以上 includes the half (8 of 16), 超过半数 does not (9 of 16); 4/5以上 of 15 is 12."""
    if kind in ADMISSIONS:
        percent = numbers["meeting.admission_quorum_percent"]
        return Quorum(more_than(percent, entitled), f"超过{percent}%")
    names = {"ORDINARY": "meeting.quorum_percent", "ELECTION": "meeting.election_quorum_percent"}
    if kind not in names:
        return None
    percent = numbers[names[kind]]
    return Quorum(at_least(percent, entitled), f"{percent}%以上")


def tally(
    vote: VoteFacts,
    entitled: int,
    present: int,
    numbers: Mapping[str, int | float],
    in_force: Container[str] | None = None,
) -> Tally:
    """`in_force`: codes of the rules of that day, so that no vote is counted by a later text; None: all."""
    counts_written = vote.kind in ADMISSIONS or (
        vote.kind == "ORDINARY" and bool(numbers["vote.ordinary_counts_written"])
    )
    written = vote.written_yes if counts_written else 0
    of_present = vote.kind == "ELECTION" and not numbers["vote.election_base_entitled"]
    base, percent = present if of_present else entitled, numbers["vote.pass_percent"]
    return Tally(
        entitled=entitled,
        present=present,
        quorum=quorum_of(vote.kind, entitled, numbers) if _asked(QUORUM_RULES, vote, in_force) else None,
        base=base,
        base_name="实到" if of_present else "应到",
        percent=percent,
        yes=vote.yes + written,
        written=written,
        needed=more_than(percent, base) if _asked(VOTE_RULES, vote, in_force) else None,
    )


def _asked(rules: Mapping[str, str], vote: VoteFacts, in_force: Container[str] | None) -> bool:
    return vote.kind in rules and (in_force is None or rules[vote.kind] in in_force)
