"""Logs: one line of JSON an event on standard error; tracebacks without local variables, which hold secrets."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict

# What PostgreSQL tells beside an error, up to the next exception of the traceback.
_TOLD = re.compile(
    r"^(DETAIL|CONTEXT|HINT|QUERY):.*?(?=^Traceback|^The above|^During|^[A-Za-z_.]+(?:Error|Exception)\b|\Z)",
    re.MULTILINE | re.DOTALL,
)


def without_rows(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """PostgreSQL tells of a refused row what stands in it; a log is read by people who may not read that."""
    if "exception" in event:
        event["exception"] = _TOLD.sub(r"\1: left out\n", event["exception"])
    return event


def configure_logs(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
