"""Whether a meeting was valid and a vote passed.

Sources: 支部工作条例(试行) 第十一、十二条; 发展党员工作细则 2014 and 2026 (第十九、二十、二十二、三十二条);
基层组织选举工作条例 (2020); 党组工作条例; 干部选拔任用工作监督检查和责任追究办法 第十三条 (2019). Bases are those
entitled (应到), never those present, but perhaps for elections, where sources disagree.
"""

from collections.abc import Iterator

from plugins.contract import Observation, Values
from plugins.facts import MeetingFacts, VoteFacts
from plugins.meeting import ADMISSIONS, QUORUM_RULES, VOTE_RULES, quorum_of, tally
from plugins.months import add_months


def check_meeting(facts: MeetingFacts, values: Values) -> Iterator[Observation]:
    yield from _quorum(facts, values)
    needs_approval = values.numbers["meeting.left_out_needs_approval"]
    if facts.left_out and needs_approval and facts.is_leaving_out_approved is False:
        yield Observation(
            "LEFT_OUT_UNAPPROVED",
            f"有{facts.left_out}名有表决权的党员未计入应到人数，应当经支部党员大会通过并报上级党组织同意。",
        )
    if facts.organization_kind == "TEMPORARY_BRANCH":
        yield from _temporary(facts)
    for vote in facts.votes:
        yield from _vote(facts, vote, values)
        if vote.kind in ADMISSIONS:
            yield from _admission(facts, vote, values)
        if vote.kind == "CADRE":
            yield from _cadre(vote)


def _quorum(facts: MeetingFacts, values: Values) -> Iterator[Observation]:
    kinds = {QUORUM_RULES[vote.kind]: vote.kind for vote in facts.votes if vote.kind in QUORUM_RULES}
    if facts.kind == "COMMITTEE_MEETING":  # with or without a vote
        kinds[QUORUM_RULES["ORDINARY"]] = "ORDINARY"
    for code, kind in kinds.items():
        quorum = quorum_of(kind, facts.entitled, values.numbers)
        if quorum and facts.present < quorum.needed:
            yield Observation(
                code,
                f"应到{facts.entitled}人，实到{facts.present}人，须{quorum.share}到会，即至少{quorum.needed}人。",
            )


def _vote(facts: MeetingFacts, vote: VoteFacts, values: Values) -> Iterator[Observation]:
    """A vote that is recorded as not passed is left alone; written opinions count only where a text says so."""
    if vote.kind not in VOTE_RULES or vote.is_declared_passed is False:
        return
    counted = tally(vote, facts.entitled, facts.present, values.numbers)
    if counted.needed is not None and counted.yes < counted.needed:
        yield Observation(
            VOTE_RULES[vote.kind],
            f"赞成{counted.yes}票（其中计入书面意见{counted.written}票），{counted.base_name}{counted.base}人，"
            f"须超过{counted.percent}%，即至少{counted.needed}票，不能视为通过。",
        )


def _admission(facts: MeetingFacts, vote: VoteFacts, values: Values) -> Iterator[Observation]:
    if vote.is_secret is False:
        yield Observation("ADMISSION_NOT_SECRET", f"{ADMISSIONS[vote.kind]}的表决应当采取无记名投票方式。")
    if vote.persons > 1:
        yield Observation("ADMISSION_TOGETHER", f"一次表决了{vote.persons}人，应当逐个讨论和表决。")
    months = int(values.numbers["meeting.admission_within_months"])
    passed_on = vote.prereview_passed_on
    if vote.kind == "ADMISSION" and passed_on and facts.on > (due := add_months(passed_on, months)):
        yield Observation(
            "ADMISSION_LATE",
            f"应当在预审合格后{months}个月内召开支部大会讨论，即{due.year}年{due.month}月{due.day}日前。",
        )


def _temporary(facts: MeetingFacts) -> Iterator[Observation]:
    kinds = {vote.kind for vote in facts.votes}
    if kinds & set(ADMISSIONS):
        yield Observation(
            "TEMPORARY_BRANCH_ADMITS", "临时党支部不接收、审批预备党员，请由组织关系所在党支部办理。"
        )
    if "ELECTION" in kinds:
        yield Observation("TEMPORARY_BRANCH_ELECTS", "临时党支部一般不选举，书记由批准其成立的党组织指定。")


def _cadre(vote: VoteFacts) -> Iterator[Observation]:
    if vote.is_by_circulation:
        yield Observation("CADRE_BY_CIRCULATION", "不得以个别征求意见、领导圈阅等形式代替集体讨论决定。")
    if vote.is_head_last is False:
        yield Observation("CADRE_HEAD_NOT_LAST", "领导班子成员应当逐一发表意见，主要负责人最后表态。")
    if vote.is_divided:
        yield Observation("CADRE_VOTE_TO_WAIT", "对人选意见分歧较大，应当暂缓表决。")
