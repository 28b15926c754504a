"""Votes (表决): what came of each vote of a meeting, what a planned vote takes, and which numbers cannot be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from plugins.meeting import QUORUM_RULES, VOTE_RULES, VoteFacts, tally
from plugins.timeline import Timeline
from resolvers.calculations import ON, SEEN_COUNTY, is_signed_in, rules_asked_for, texts_in_force
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from resolvers.refusals import Refusals
from resolvers.rules import county_rules

MOST_VOTES = 50
LONGEST_SUBJECT = 200


def vote_facts(vote: dict[str, Any]) -> VoteFacts:
    """A vote as it is stored: the facts, and in `subject` what was voted on."""
    facts = {name: value for name, value in vote.items() if name != "subject"}
    if facts.get("prereview_passed_on"):
        facts["prereview_passed_on"] = date.fromisoformat(facts["prereview_passed_on"])
    return VoteFacts(**facts)


def counted(vote: VoteFacts, entitled: int, present: int, on: date, rules: Timeline) -> dict[str, Any]:
    """What it took by the texts of that day, and what came of it."""
    texts = texts_in_force(rules, on)
    result = tally(vote, entitled, present, rules.values(on).numbers, texts)
    asked = (QUORUM_RULES.get(vote.kind), VOTE_RULES.get(vote.kind))
    return {
        "quorum_needed": result.quorum.needed if result.quorum else None,
        "votes_needed": result.needed,
        "is_valid_meeting": result.is_valid_meeting,
        "is_passed": result.is_passed,
        "arithmetic": result.arithmetic,
        "citations": list(dict.fromkeys(texts[code] for code in asked if code in texts)),
    }


def _votes(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    rules = county_rules(request).rules
    return [
        [
            {
                **vote,
                **counted(
                    vote_facts(vote),
                    row["entitled"],
                    row["present"],
                    date.fromisoformat(row["held_on"]),
                    rules,
                ),
            }
            for vote in row["votes"]
        ]
        for row in rows
    ]


votes_of_meeting = Computed(
    {name: f"{{row}}.{name}" for name in ("votes", "entitled", "present", "held_on")}, _votes
)


def _planned(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    if not is_signed_in(request):
        return [None] * len(rows)
    return [_plan(row, rules_asked_for(request, row["county"])) for row in rows]


def _plan(row: Row, rules: Timeline) -> dict[str, Any]:
    entitled, present, written = row["entitled"], row["present"], row["written_yes"]
    vote = {"kind": row["kind"], "yes": row["yes"], "written_opinions": written, "written_yes": written}
    refusals = Refusals()
    refuse_impossible(refusals, entitled, present, 0, [vote])
    if refusals:
        return {"refusals": refusals.rows, "citations": []}
    return {
        **counted(vote_facts(vote), entitled, present, date.fromisoformat(row["on"]), rules),
        "refusals": [],
    }


vote_arithmetic = Computed(
    {
        "county": SEEN_COUNTY,
        "on": ON,
        **{name: f"{{{name}}}" for name in ("kind", "entitled", "present", "yes", "written_yes")},
    },
    _planned,
)


def refuse_impossible(
    refusals: Refusals, entitled: int, present: int, left_out: int, votes: list[dict[str, Any]]
) -> None:
    """Numbers that no meeting can have. What breaks a rule is not among them: that is a finding."""
    if entitled < 1 or left_out < 0 or not 0 <= present <= entitled:
        refusals.add(
            "NUMBERS_IMPOSSIBLE",
            f"应到 {entitled} 人、实到 {present} 人、未计入 {left_out} 人不可能: 应到至少 1 人, 实到不多于应到; "
            "请核对会议记录。",
            f"{entitled} entitled, {present} present and {left_out} left out cannot be: at least 1 is entitled, and "
            "no more are present; check the minutes.",
        )
        return
    for place, vote in enumerate(votes, 1):
        yes, written, in_favour = vote["yes"], vote["written_opinions"], vote["written_yes"]
        if not 0 <= yes <= present:
            refusals.add(
                "NUMBERS_IMPOSSIBLE",
                f"第 {place} 项表决赞成 {yes} 票, 实到 {present} 人; 书面意见请另填, 不计入赞成票。",
                f"Vote {place} has {yes} in favour of {present} present; give written opinions apart from them.",
            )
        if not 0 <= in_favour <= written <= entitled - present:
            refusals.add(
                "NUMBERS_IMPOSSIBLE",
                f"第 {place} 项表决书面意见 {written} 份 (赞成 {in_favour} 份), 缺席 {entitled - present} 人; "
                "书面意见只能来自没有到会的人。",
                f"Vote {place} has {written} written opinions, {in_favour} in favour, and {entitled - present} are "
                "absent; only who is absent gives one.",
            )
        if vote.get("persons", 1) < 1:
            refusals.add(
                "NUMBERS_IMPOSSIBLE",
                f"第 {place} 项表决的人数至少为 1。",
                f"Vote {place} is on at least one person.",
            )


def refuse_unreadable(refusals: Refusals, votes: list[dict[str, Any]]) -> None:
    if len(votes) > MOST_VOTES or any(len(vote["subject"] or "") > LONGEST_SUBJECT for vote in votes):
        refusals.add(
            "VOTES_REFUSED",
            f"一次会议最多 {MOST_VOTES} 项表决, 事项不超过 {LONGEST_SUBJECT} 个字; 请分开登记。",
            f"A meeting has at most {MOST_VOTES} votes, with a subject of at most {LONGEST_SUBJECT} characters; "
            "record them apart.",
        )
