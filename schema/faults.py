"""What the sender is told of an error: his own mistakes as they are, faults of ours only by a number for the log."""

import asyncio
import uuid
from typing import Any

import asyncpg
import structlog
from graphql import GraphQLError
from prometheus_client import Counter
from tortoise.exceptions import OperationalError

from runtime.language import Sentence

FAULTS = Counter("dangjian_faults_total", "Answers that were faults of the server.")
SLOW = Sentence("查询用时过长, 已停止, 请缩小范围。", "The query took too long and was stopped; narrow it.")
BAD_VALUE = Sentence(
    "请求中有数据库不能接受的值, 如空字符 (NUL) 或超出范围的数。",
    "The request holds a value that the database does not take, such as a NUL character or a number out of range.",
)

log = structlog.get_logger()


def told(error: Exception) -> GraphQLError:
    """What the sender is told: his own mistakes as they are, faults of ours only by a number for the log."""
    cause = error.original_error if isinstance(error, GraphQLError) else error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        assert isinstance(error, GraphQLError)
        return error
    where = error if isinstance(error, GraphQLError) else None
    # Tortoise wraps the driver's errors, and keeps them as their cause.
    driver = cause.__cause__ if isinstance(cause, OperationalError) else cause
    if isinstance(driver, asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError | asyncio.TimeoutError):
        return _error(SLOW, {"code": "TOO_SLOW"}, where)
    if isinstance(driver, asyncpg.DataError):
        log.warning("a value was refused", reason=type(driver).__name__)
        return _error(BAD_VALUE, {"code": "BAD_VALUE"}, where)
    correlation_id = uuid.uuid4().hex
    FAULTS.inc()
    log.error("fault", correlation_id=correlation_id, exc_info=cause)
    sentence = Sentence(
        f"服务器内部错误, 编号 {correlation_id}, 请告知管理员。",
        f"An internal error; give the number {correlation_id} to the administrator.",
    )
    return _error(sentence, {"code": "FAULT", "correlationId": correlation_id}, where)


def _error(sentence: Sentence, extensions: dict[str, Any], where: GraphQLError | None) -> GraphQLError:
    return GraphQLError(
        sentence.for_reader(),
        nodes=where.nodes if where else None,
        path=where.path if where else None,
        extensions=extensions,
    )
