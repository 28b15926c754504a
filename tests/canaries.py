"""Values that nobody else has (canaries): a county whose people carry them, and finding them where they must not be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.choices import WorkbookKind
from tests import workbooks as made

PEOPLE = [made.person(number, "试验员") for number in range(1, 401)]
AWAY = PEOPLE[300:360]
SENT = PEOPLE[380:400]
PHONES = [f"199{number:08}" for number in range(1, 401)]
ADDRESSES = [f"试验县canaryaddr{number:04}号" for number in range(1, 401)]
CONTACTS = [f"198{number:08}" for number in range(1, len(AWAY) + 1)]
REASONS = [f"正在核实canaryreason{number:04}" for number in range(2 * len(SENT))]
PASSWORDS = [f"canarypass{number:04}" for number in range(40)]

_SHAPE = re.compile(r"(?=(990826\d{11}[\dX]|19[89]\d{8}|canary[a-z]+\d{4}))")
_MARK = re.compile(r"canary[a-z]+\d{4}")


def mark(text: str) -> str:
    """What is searched for of a value: the whole number, or the mark in a text."""
    found = _MARK.search(text)
    return found[0] if found else text


NUMBERS = frozenset(who.id_number for who in PEOPLE) | frozenset((*PHONES, *CONTACTS))
TEXTS = frozenset(map(mark, (*ADDRESSES, *REASONS)))
SECRETS = frozenset(PASSWORDS)
ALL = NUMBERS | TEXTS | SECRETS


def found_in(text: str | bytes, among: Iterable[str] = ALL) -> set[str]:
    """The canaries that stand in the text in clear."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return set(_SHAPE.findall(plain)) & set(among)


@dataclass(frozen=True)
class Files:
    """An office's files: right ones, and ones of which rows are refused."""

    right: Path
    wrong: Path


def write_files(folder: Path) -> Files:
    county = made.small_county()
    county[WorkbookKind.ORGANIZATIONS][2]["书记身份证号"] = PEOPLE[0].id_number
    county[WorkbookKind.ORGANIZATIONS][3]["书记身份证号"] = PEOPLE[380].id_number
    county[WorkbookKind.MEMBERS] = [
        made.member(who, "SY01002" if who in SENT else "SY01001", 手机号码=phone, 家庭住址=address)
        for who, phone, address in zip(PEOPLE, PHONES, ADDRESSES, strict=True)
    ]
    county[WorkbookKind.FLOATING_MEMBERS] = [
        made.floating_member(who, 联系方式=contact) for who, contact in zip(AWAY, CONTACTS, strict=True)
    ]
    county[WorkbookKind.ATTENDANCES] = [made.attendance(who) for who in PEOPLE[:20]]
    county[WorkbookKind.TRAINING_RECORDS] = [made.training_record(who) for who in PEOPLE[:20]]
    county[WorkbookKind.DELEGATES] = [made.delegate(who, 所在党支部代码="SY01002") for who in SENT]
    county[WorkbookKind.POST_CHANGES] = [made.post_change(SENT[0])]
    reasons = iter(REASONS)
    county[WorkbookKind.CLEARANCES] = [
        made.clearance(who, agency, 意见="有异议", 说明=next(reasons))
        for who in SENT
        for agency in ("县纪委监委", "县公安局")
    ]
    right = made.write_county(folder / "right", county)
    wrong = made.write_county(folder / "wrong", county | {WorkbookKind.MEMBERS: _wrong_members()})
    return Files(right, wrong)


def _wrong_members() -> list[made.Cells]:
    """Rows that are refused for one cell each, all the others of which hold somebody's values."""
    rows = []
    for number, (who, phone, address) in enumerate(zip(PEOPLE, PHONES, ADDRESSES, strict=True)):
        row = made.member(who, 手机号码=phone, 家庭住址=address)
        faults: list[made.Cells] = [
            {"性别": phone},
            {"出生日期": date(1999, 1, 1)},
            {"身份证号": who.id_number[:-1] + ("1" if who.id_number[-1] != "1" else "2")},
            {"手机号码": f"{phone}0"},
            {"人员类别": who.id_number},
            {"所在党支部代码": who.id_number},
            {"入党日期": phone},
        ]
        rows.append(row | faults[number % len(faults)])
    return rows
