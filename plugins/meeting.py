"""Meetings and their votes: the facts, and the arithmetic that every vote formula is made of.

Source: 支部工作条例(试行) 第十一、十二条; 发展党员工作细则 (2014, 2026); 基层组织选举工作条例. Three formulas look
alike and differ: 半数以上 includes the half, 超过半数 does not, and the base is 应到, only in elections perhaps 实到.
"""

from dataclasses import dataclass
from datetime import date

from plugins.vocabulary import KINDS, MEETINGS, VOTES, known


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
