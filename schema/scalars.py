"""Scalars of the contract. Values travel as the JSON that PostgreSQL writes, so serializing changes nothing."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

YearMonth = NewType("YearMonth", date)
Quarter = NewType("Quarter", str)
Date = NewType("Date", date)
DateTime = NewType("DateTime", datetime)
JSON = NewType("JSON", dict[str, Any])

YEAR = "(?:19|20)[0-9]{2}"  # which every calculation with dates can bear
DAY = rf"{YEAR}-[0-9]{{2}}-[0-9]{{2}}"
MOMENT = rf"{DAY}[Tt][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]{{1,9}})?(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"


def _as_it_is(value: Any) -> Any:
    return value


def _year_month(value: Any) -> date:
    if not isinstance(value, str) or not re.fullmatch(rf"{YEAR}-(0[1-9]|1[0-2])", value):
        raise GraphQLError(f"YearMonth 须写作“2020-12”的形式 (like 2020-12), 现为 {value!r}。")
    return date(int(value[:4]), int(value[5:]), 1)


def _quarter(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(rf"{YEAR}Q[1-4]", value):
        raise GraphQLError(f"Quarter 须写作“2020Q4”的形式 (like 2020Q4), 现为 {value!r}。")
    return value


def _date(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(DAY, value):
        with suppress(ValueError):  # there is no 30 February
            return date.fromisoformat(value)
    raise GraphQLError(f"Date 须写作“2020-12-31”的形式 (like 2020-12-31), 现为 {value!r}。")


def _date_time(value: Any) -> datetime:
    if isinstance(value, str) and re.fullmatch(MOMENT, value):
        with suppress(ValueError):
            return datetime.fromisoformat(value.upper())
    raise GraphQLError(
        f"DateTime 须带时区, 如“2020-12-31T09:00:00+08:00” (RFC 3339 with an offset), 现为 {value!r}。"
    )


def _scalar(name: str, description: str, parse: Any) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=_as_it_is, parse_value=parse)


SCALARS: dict[object, ScalarDefinition] = {
    YearMonth: _scalar("YearMonth", 'A month (年月) as "2020-12".', _year_month),
    Quarter: _scalar("Quarter", 'A quarter (季度) as "2020Q4".', _quarter),
    Date: _scalar("Date", 'A day (日期) as "2020-12-31".', _date),
    DateTime: _scalar(
        "DateTime", 'A moment (时刻), RFC 3339 with an offset: "2020-12-31T09:00:00+08:00".', _date_time
    ),
    JSON: _scalar("JSON", "Any JSON value.", _as_it_is),
}
