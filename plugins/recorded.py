"""Facts as plain data and back: kept with a decision to replay it years later, and written in cases.toml."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from plugins.facts import FACTS, Clearance, Facts, PostChange, TrainingRecord, VoteFacts

_INNER: dict[str, type[Any]] = {
    "post_changes": PostChange,
    "clearances": Clearance,
    "records": TrainingRecord,
    "votes": VoteFacts,
}


def to_record(facts: Facts) -> dict[str, Any]:
    """JSON-ready: dates as 2020-12-31, tuples as lists."""
    return {name: _plain(value) for name, value in asdict(facts).items()}


def from_record(noun: str, record: Mapping[str, Any]) -> Facts:
    """ValueError for an unknown noun, TypeError for a field that the noun's facts do not have."""
    if noun not in FACTS:
        raise ValueError(f"{noun!r} is none of {', '.join(FACTS)}")
    return _made(FACTS[noun], record)  # type: ignore[no-any-return]


def _made(kind: type[Any], record: Mapping[str, Any]) -> Any:
    if unknown := sorted(set(record) - {field.name for field in fields(kind)}):
        raise TypeError(f"{kind.__name__} has no field {unknown[0]!r}")
    return kind(**{name: _value(name, value) for name, value in record.items()})


def _value(name: str, value: Any) -> Any:
    if name in _INNER:
        return tuple(_made(_INNER[name], each) for each in value)
    if name == "last_held":
        return {meeting: _value("on", day) for meeting, day in value.items()}
    is_day = name in ("on", "full_since", "term_extended_to") or name.endswith("_on")
    return date.fromisoformat(value) if is_day and isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
