"""The ways in which offices write the same thing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from resolvers.imports import cells, dates
from resolvers.imports.cells import WrongCell
from resolvers.imports.clearances import agency, last_day, quarter_in, quarter_of
from resolvers.imports.members import coming_of_age

TENTH = date(2020, 1, 10)


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (cells.as_text, " 后秦湾　 村\n", "后秦湾 村"),
        (cells.as_text, 19999025206.0, "19999025206"),
        (cells.as_text, "a\x00b", "a b"),
        (cells.person_name, "解　放", "解放"),
        (cells.person_name, "John Smith", "John Smith"),
        (cells.phone, 19999025206.0, "19999025206"),
        (cells.phone, "+86 199-9902-5206", "19999025206"),
        (cells.phone, "０３５９-6522222", "0359-6522222"),
        (cells.id_number, "’99082619830701809x".replace("’", "'"), "99082619830701809X"),
        (cells.number, "７.87", 7.87),
        (cells.whole_number, 3.0, 3),
        (cells.yes_or_no, True, True),
        (cells.yes_or_no, "否", False),
        (dates.day, datetime(2020, 1, 10, 8), TENTH),
        (dates.day, TENTH, TENTH),
        (dates.month, "2020年1月", (2020, 1)),
        (dates.month, "202001", (2020, 1)),
        (dates.month, TENTH, (2020, 1)),
        *((dates.day, text, TENTH) for text in ("2020-01-10", "2020/1/10", "2020.1.10", "2020年1月10日")),
        *(
            (dates.day, text, TENTH)
            for text in ("20200110", 20200110.0, "2020-01-10 00:00:00", "２０２０-1-10")
        ),
    ],
)
def test_values(parse: Callable[[Any], object], cell: object, value: object) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-10T11:02",
        "2020/1/10 11:02",
        "2020-01-10 11:02:00",
        "2020-01-10T03:02Z",
        "２０２０－０１－１０　１１：０２",
        "2020年1月10日 11：02",
        "２０２０／１／１０　１１：０２：００",
    ],
)
def test_times_are_of_china_unless_they_say_so(text: str) -> None:
    assert dates.moment(text) == datetime.fromisoformat("2020-01-10T11:02+08:00")


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (dates.day, "不详"),
        (dates.day, "2020-02-30"),
        (dates.day, "20201"),
        (dates.day, 43840.0),
        (dates.past_day, date(1202, 1, 1)),
        (dates.month, "2020-13"),
        (dates.moment, "11:02"),
        (dates.moment, "2020-1-10 25:00"),
        (dates.moment, "２０２０－１－１０　２５：００"),
        (cells.whole_number, 1.5),
        (cells.number, "nan"),
        (cells.phone, "12345"),
        (cells.yes_or_no, 1.0),
        (cells.organization_code, "SY 01"),
        (agency, "县委办"),
    ],
)
def test_what_says_nothing_certain_is_wrong(parse: Callable[[Any], object], cell: object) -> None:
    with pytest.raises(WrongCell):
        parse(cell)


@pytest.mark.parametrize("name", ["纪委", "县纪检监察机关", "绛县监委", "县公安局", "公安"])
def test_agencies_by_what_their_name_holds(name: str) -> None:
    assert agency(name) == ("PUBLIC_SECURITY" if "公安" in name else "DISCIPLINE_INSPECTION")


@pytest.mark.parametrize(
    ("title", "quarter"),
    [
        ("2020年第四季度联审", "2020Q4"),
        ("2021年1季度", "2021Q1"),
        ("２０２０ 年 第 三 季度", "2020Q3"),
        ("联审意见", None),
    ],
)
def test_quarter_of_a_title(title: str, quarter: str | None) -> None:
    assert quarter_in(title) == quarter


def test_quarters_of_dates() -> None:
    assert [quarter_of(date(2020, month, 1)) for month in (3, 4, 12)] == ["2020Q1", "2020Q2", "2020Q4"]
    assert (last_day("2020Q1"), last_day("2020Q4")) == (date(2020, 3, 31), date(2020, 12, 31))


def test_coming_of_age_on_the_calendar_birthday() -> None:
    assert coming_of_age(date(1970, 5, 1)) == date(1988, 5, 1)
    assert coming_of_age(date(2000, 2, 29)) == date(2018, 2, 28)
