"""Whether two contestants gave the same answer: the same values, whatever their spelling in JSON."""

import re
from datetime import datetime
from typing import Any

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
OWN = {"endCursor"}  # each server's cursors are its own
MADE = {"id", "checkedInAt"}  # of a new attendance, made by whoever records it


def canonical(value: Any) -> Any:
    """Moments as seconds since 1970, whole numbers as int, cursors as whether there is one."""
    match value:
        case dict():
            return {key: bool(each) if key in OWN else canonical(each) for key, each in value.items()}
        case list():
            return [canonical(each) for each in value]
        case float() if value.is_integer():
            return int(value)
        case str() if MOMENT.match(value):
            return datetime.fromisoformat(value).timestamp()
    return value


def without_made(answer: Any) -> Any:
    """A check-in's answer without what is new each time."""
    attendance = answer["checkIn"]["attendance"]
    left = {key: value for key, value in attendance.items() if key not in MADE}
    return {"checkIn": answer["checkIn"] | {"attendance": left}}


def difference(ours: Any, theirs: Any, path: str = "data") -> str | None:
    """Where two canonical answers differ first, or None."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            if key not in ours or key not in theirs:
                return f"{path}.{key} is only in {'ours' if key in ours else 'theirs'}"
            if found := difference(ours[key], theirs[key], f"{path}.{key}"):
                return found
        return None
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return f"{path}: {len(ours)} entries, theirs {len(theirs)}"
        places = (
            difference(*pair, f"{path}[{at}]") for at, pair in enumerate(zip(ours, theirs, strict=True))
        )
        return next(filter(None, places), None)
    if type(ours) is type(theirs) and ours == theirs:
        return None
    return f"{path}: {ours!r}, theirs {theirs!r}"
