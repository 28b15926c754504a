"""Carrying out one operation: from its text and variables to the bytes of the answer."""

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import structlog
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    print_ast,
)

from resolvers.compiler.engine import Document, Engine
from resolvers.compiler.errors import refuse
from resolvers.compiler.request import Request
from resolvers.idempotency import fingerprint, once
from runtime.language import Sentence

log = structlog.get_logger()
HASHES_KEPT = 1000
SLOW = Sentence("查询用时过长, 已停止, 请缩小范围。", "The query took too long and was stopped; narrow it.")


class Operations:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._by_hash: OrderedDict[str, str] = OrderedDict()
        self._registered: dict[str, str] = {}

    def register(self, documents: Iterable[str]) -> None:
        """Operations that clients may send by their SHA-256 from the start, each as it stands in its file."""
        for text in documents:
            self._registered[_sha256(text)] = text

    async def answer(
        self, body: dict[str, Any], request: Request, idempotency_key: str | None = None
    ) -> bytes:
        """The response to `{query, operationName, variables, extensions}`; never raises for a fault."""
        try:
            text = self._text(body)
            document = self.engine.document(text)
            if document.errors:
                return _failed(document.errors)
            operation = document.operation(body.get("operationName"))
            given = body.get("variables") or {}
            request.variables = self.engine.variables(operation, given).coerced
            if self.engine.is_plain_read(document, operation):
                return b'{"data":' + await self.engine.read(document, operation, request) + b"}"
            return await self._execute(document, operation, request, given, idempotency_key)
        except Exception as error:
            return _failed([_told(error)])

    async def _execute(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        request: Request,
        given: dict[str, Any],
        idempotency_key: str | None,
    ) -> bytes:
        if operation.operation is OperationType.SUBSCRIPTION:
            raise refuse(
                "SUBSCRIPTION_OVER_HTTP",
                "订阅请通过 WebSocket (graphql-transport-ws)。",
                "Send subscriptions over a WebSocket (graphql-transport-ws).",
            )

        async def act() -> bytes:
            assert document.node is not None
            result = execute(
                self.engine.schema,
                document.node,
                context_value=request,
                variable_values=given,
                operation_name=operation.name.value if operation.name else None,
            )
            if not isinstance(result, ExecutionResult):
                result = await result
            assert isinstance(result, ExecutionResult)
            return formatted(result)

        if idempotency_key is None or operation.operation is not OperationType.MUTATION:
            return await act()
        sender = str(request.viewer.value("account") or "anyone")
        return await once(sender, idempotency_key, fingerprint(document.text, given), act)

    def _text(self, body: dict[str, Any]) -> str:
        """The document: as sent, or known by the hash of Apollo's persisted-query format."""
        text = body.get("query")
        persisted = (body.get("extensions") or {}).get("persistedQuery") or {}
        digest = persisted.get("sha256Hash")
        if digest is None:
            if isinstance(text, str) and text:
                return text
            raise refuse("NO_QUERY", "请求中没有 query。", "The request holds no query.")
        if text is None:
            known = self._registered.get(digest) or self._by_hash.get(digest)
            if known is None:
                raise GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"})
            return str(known)
        if _sha256(text) != digest:
            raise refuse("HASH_MISMATCH", "query 与其哈希不符。", "The query does not have that hash.")
        self._by_hash[digest] = text
        if len(self._by_hash) > HASHES_KEPT:
            self._by_hash.popitem(last=False)
        return text


def formatted(result: ExecutionResult) -> bytes:
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_told(error).formatted for error in result.errors]
    return orjson.dumps(answer)


def operations_in(folder: Path) -> list[str]:
    """Every operation of the folder's documents, in the text that clients send: alone, and its whole file."""
    documents = []
    for file in sorted(folder.glob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        documents.append(text)
        for node in parse(text).definitions:
            assert node.loc is not None
            documents.append(text[node.loc.start : node.loc.end])
            documents.append(print_ast(node))
    return documents


def _failed(errors: list[GraphQLError]) -> bytes:
    return orjson.dumps({"data": None, "errors": [error.formatted for error in errors]})


def _told(error: Exception) -> GraphQLError:
    """What the sender is told: his own mistakes as they are, faults of ours only by a number for the log."""
    cause = error.original_error if isinstance(error, GraphQLError) else error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        assert isinstance(error, GraphQLError)
        return error
    where = error if isinstance(error, GraphQLError) else None
    if isinstance(cause, asyncpg.QueryCanceledError | asyncio.TimeoutError):
        return _error(SLOW, {"code": "TOO_SLOW"}, where)
    correlation_id = uuid.uuid4().hex
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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
