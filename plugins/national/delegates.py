"""Qualification of delegates in a quarter's review.

Source: 中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例 (2008) articles 25 to 28.
Leaving the area of the congress suspends (article 26); only the cases of article 25 end a delegate's
standing. All of it is a proposal: by article 28 the committee that the congress elected decides.
"""

from collections.abc import Iterator
from datetime import date

from plugins.contract import Observation, Proposal, Values
from plugins.facts import AGENCIES, Clearance, DelegateFacts
from plugins.moves import last_move
from plugins.national.reasons import Ground, Mention, mentions
from plugins.places import Place

AGENCY_NAMES = {"DISCIPLINE_INSPECTION": "纪检监察机关", "PUBLIC_SECURITY": "公安机关"}


def check_delegate(facts: DelegateFacts, values: Values) -> Iterator[Observation]:
    yield from _place(facts, values)
    yield from _standing(facts)
    for agency in AGENCIES:
        answer = latest_answer(facts, agency)
        if answer is not None:
            yield from _answer(answer, values)


def latest_answer(facts: DelegateFacts, agency: str) -> Clearance | None:
    """The agency's last opinion; a later answer replaces an earlier one."""
    answers = [each for each in facts.clearances if each.agency == agency and each.opinion is not None]
    return max(answers, key=lambda each: each.submitted_on or date.min, default=None)


def _place(facts: DelegateFacts, values: Values) -> Iterator[Observation]:
    move = last_move(facts, values.region)
    if move is None or move.place is Place.INSIDE:
        return
    change = move.change
    what = f"{_day(change.changed_on)}“{change.change}”，去向：{change.destination or '未填写'}"
    if move.place is Place.OUTSIDE:
        yield Observation(
            "DELEGATE_LEFT_AREA",
            f"{what}。已调离{facts.congress}所属范围，建议停止执行代表职务。",
            Proposal.SUSPENSION,
        )
    elif move.place is Place.ABOVE:
        yield Observation(
            "DELEGATE_PLACE_UNCLEAR",
            f"{what}。去向是上级机关或者上级单位，组织关系一般随之转出{facts.congress}所属范围，"
            "建议停止执行代表职务；请先核实组织关系是否已经转出。",
            Proposal.SUSPENSION,
        )
    elif move.is_temporary:
        yield Observation(
            "DELEGATE_SECONDED",
            f"{what}。挂职、借调是临时的，组织关系一般不转出，不影响代表资格；如已正式调离，请补记职务变动。",
        )
    else:
        yield Observation(
            "DELEGATE_PLACE_UNCLEAR",
            f"{what}。从文字看不出是否调离{facts.congress}所属范围，建议停止执行代表职务；请先核实去向和组织关系，"
            "仍在范围内的不停止。",
            Proposal.SUSPENSION,
        )


def _standing(facts: DelegateFacts) -> Iterator[Observation]:
    if facts.is_membership_halted or facts.is_nationality_lost:
        what = "已被停止党籍" if facts.is_membership_halted else "已丧失中华人民共和国国籍"
        yield Observation("DELEGATE_STANDING_LOST", f"{what}，建议终止代表资格。", Proposal.TERMINATION)
    accepted_on = facts.resignation_accepted_on
    if accepted_on and accepted_on <= facts.on:
        yield Observation(
            "DELEGATE_RESIGNED",
            f"辞去代表职务的请求已于{_day(accepted_on)}被接受，建议终止代表资格。",
            Proposal.TERMINATION,
        )


def _answer(answer: Clearance, values: Values) -> Iterator[Observation]:
    agency, named = AGENCY_NAMES[answer.agency], mentions(answer.reason)
    if answer.opinion == "OBJECTION":
        for mention in named:
            yield _objection(agency, mention, values)
        if not named:
            yield Observation(
                "OBJECTION_UNCLASSIFIED",
                f"{agency}提出异议，所附说明不属于系统能够识别的情形；是否停止执行代表职务请人工研究。",
                Proposal.SUSPENSION,
            )
    elif any(mention.ground is not Ground.WARNED for mention in named):
        words = "、".join(mention.words for mention in named)
        yield Observation(
            "CLEARANCE_CONTRADICTS_ITSELF", f"{agency}意见为无异议，但说明中写有“{words}”，请向该机关核实。"
        )


def _objection(agency: str, mention: Mention, values: Values) -> Observation:
    said = f"{agency}提出异议：“{mention.words}”"
    match mention.ground:
        case Ground.DISCIPLINED:
            return Observation(
                "DELEGATE_DISCIPLINED",
                f"{said}，属于受留党察看以上处分，建议终止代表资格。",
                Proposal.TERMINATION,
            )
        case Ground.DISCIPLINED_BEFORE:
            return Observation(
                "OBJECTION_UNCLASSIFIED",
                f"{said}，是以前的处分，看不出是否在本届任期内：任期内受留党察看以上处分的，按第二十五条终止代表资格；"
                "请核实处分时间，核实以前建议停止执行代表职务。",
                Proposal.SUSPENSION,
            )
        case Ground.STANDING_LOST:
            return Observation("DELEGATE_STANDING_LOST", f"{said}，建议终止代表资格。", Proposal.TERMINATION)
        case Ground.RESIGNED:
            return Observation("DELEGATE_RESIGNED", f"{said}，建议终止代表资格。", Proposal.TERMINATION)
        case Ground.INVESTIGATED:
            proposal = _where_chosen("delegate.investigation_suspends", values)
            advice = "建议停止执行代表职务，由有权机关研究决定" if proposal else "请有权机关研究"
            return Observation(
                "DELEGATE_UNDER_INVESTIGATION",
                f"{said}。暂行条例没有写明立案期间如何处理，{advice}。",
                proposal,
            )
        case Ground.WARNED:
            proposal = _where_chosen("delegate.lighter_sanction_suspends", values)
            advice = "按本地规定建议停止执行代表职务" if proposal else "不影响代表资格，供参考"
            return Observation("DELEGATE_LIGHTER_SANCTION", f"{said}，轻于留党察看，{advice}。", proposal)


def _where_chosen(name: str, values: Values) -> Proposal | None:
    return Proposal.SUSPENSION if values.numbers[name] else None


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
