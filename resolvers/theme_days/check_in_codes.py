"""The rotating check-in code (签到码): made from the theme day and the minute, so nothing is stored and a code proves
the minute in which it was shown."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import segno

from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row
from runtime.clock import CHINA, now

CODE_SECONDS = 60  # a code is shown this long, and taken for as long again


async def _codes(rows: Sequence[Row], request: Request) -> list[dict[str, Any] | None]:
    expires_at = _window_start(now()) + timedelta(seconds=CODE_SECONDS)
    return [
        {
            "svg": _drawn(check_in_code(request.app.signing_secret, row["id"], now())),
            "expires_at": expires_at.astimezone(CHINA).isoformat(),
        }
        if row["is_led"] and row["held_on"] >= request.today.isoformat()
        else None
        for row in rows
    ]


check_in_code_of = Computed(
    {"id": "{row}.id", "held_on": "{row}.held_on", "is_led": "{shows:codes theme_day}"}, _codes
)


def check_in_code(secret: str, theme_day_id: object, at: datetime) -> str:
    """The eight characters that are valid for this theme day in the minute of `at`."""
    window = int(_window_start(at).timestamp())
    digest = hmac.new(secret.encode(), f"check-in {theme_day_id} {window}".encode(), hashlib.sha256)
    return digest.hexdigest()[:8].upper()


def is_valid(secret: str, theme_day_id: object, code: str | None, moment: datetime) -> bool:
    """Whether this code was shown in the minute of `moment` or in the one before."""
    given = (code or "").strip().upper().encode()  # as text it would have to be ASCII
    shown = (moment, moment - timedelta(seconds=CODE_SECONDS))
    return any(hmac.compare_digest(given, check_in_code(secret, theme_day_id, at).encode()) for at in shown)


def _window_start(at: datetime) -> datetime:
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % CODE_SECONDS, tz=CHINA)


def _drawn(code: str) -> str:
    return segno.make(code, micro=False).svg_inline(scale=6, title=code)
