"""Carrying out one operation: from its text and variables to the bytes of the answer."""

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import structlog
from graphql import (
    ExecutionResult,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    print_ast,
)
from prometheus_client import Counter, Histogram
from strawberry.extensions import MaskErrors
from tortoise.exceptions import OperationalError

from resolvers.compiler.engine import MOST_TOKENS, Document, Engine
from resolvers.compiler.errors import refuse
from resolvers.compiler.request import Request
from resolvers.idempotency import fingerprint, once
from runtime.language import Sentence

SECONDS = Histogram("dangjian_operation_seconds", "Time to answer an operation.", ["operation"])
FAULTS = Counter("dangjian_faults_total", "Answers that were faults of the server.")

log = structlog.get_logger()
HASHES_KEPT = 1000
MOST_WRITES = 10
SLOW = Sentence("查询用时过长, 已停止, 请缩小范围。", "The query took too long and was stopped; narrow it.")
BAD_VALUE = Sentence(
    "请求中有数据库不能接受的值, 如空字符 (NUL) 或超出范围的数。",
    "The request holds a value that the database does not take, such as a NUL character or a number out of range.",
)


class Operations:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._by_hash: OrderedDict[str, str] = OrderedDict()
        self._registered: dict[str, str] = {}
        self._names: set[str] = set()

    def register(self, documents: Iterable[str]) -> None:
        """Operations that clients may send by their SHA-256 from the start, each as it stands in its file."""
        for text in documents:
            self._registered[_sha256(text)] = text
            self._names.update(name for name in self.engine.document(text).operations if name)

    async def answer(
        self, body: dict[str, Any], request: Request, idempotency_key: str | None = None
    ) -> bytes:
        """The response to `{query, operationName, variables, extensions}`; never raises for a fault."""
        name = body.get("operationName")
        # Only known names are labels, so that senders cannot make metrics without end.
        with SECONDS.labels(name if name in self._names else "other").time():
            return await self._answer(body, request, idempotency_key)

    async def _answer(self, body: dict[str, Any], request: Request, idempotency_key: str | None) -> bytes:
        try:
            text = self._text(body)
            document = self.engine.document(text)
            if document.errors:
                return _failed(
                    document.errors, "GRAPHQL_VALIDATION_FAILED" if document.node else "GRAPHQL_PARSE_FAILED"
                )
            operation = document.operation(body.get("operationName"))
            given = body.get("variables") or {}
            check_writes(operation, document.fragments)
            request.variables = self.engine.variables(operation, given).coerced
            if self.engine.is_plain_read(document, operation):
                return b'{"data":' + await self.engine.read(document, operation, request) + b"}"
            return await self._execute(document, operation, request, given, idempotency_key)
        except Exception as error:
            return _failed([told(error)], "BAD_USER_INPUT")

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

        name = operation.name.value if operation.name else None
        if operation.operation is OperationType.MUTATION:
            request.app.sealing.require()

        async def act() -> bytes:
            assert document.node is not None
            result = execute(
                self.engine.schema,
                document.node,
                context_value=request,
                variable_values=given,
                operation_name=name,
            )
            if not isinstance(result, ExecutionResult):
                result = await result
            assert isinstance(result, ExecutionResult)
            return formatted(result)

        sender = request.viewer.value("account")
        # Nobody's only write is to sign in: repeating it does no harm, and its answer, a token, is never kept.
        if idempotency_key is None or sender is None or operation.operation is not OperationType.MUTATION:
            return await act()
        return await once(str(sender), idempotency_key, fingerprint(document.text, name, given), act)

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
        answer["errors"] = [told(error).formatted for error in result.errors]
    return orjson.dumps(answer)


class SocketOperations(MaskErrors):
    """What Strawberry carries out over WebSockets: the same limit of the document's size, the same errors."""

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = MOST_TOKENS
        yield from super().on_operation()

    def on_execute(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        assert document is not None
        fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        for one in document.definitions:
            if isinstance(one, OperationDefinitionNode):
                check_writes(one, fragments)
                if one.operation is OperationType.MUTATION:
                    self.execution_context.context.app.sealing.require()
        yield

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        return told(error)


def check_writes(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
    """Refuses more than a few writes in one request: they are carried out one after the other, and a limit that
    counts requests would let one request try hundreds of passwords."""
    if operation.operation is not OperationType.MUTATION:
        return
    count, seen, waiting = 0, set(), [operation.selection_set]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                if node.name.value not in seen:
                    seen.add(node.name.value)
                    waiting.append(fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            else:
                count += 1
    if count > MOST_WRITES:
        raise refuse(
            "TOO_MANY_WRITES",
            f"一个请求最多 {MOST_WRITES} 项写操作, 现有 {count} 项。",
            f"A request carries out at most {MOST_WRITES} writes; this one asks for {count}.",
        )


def operations_in(folder: Path) -> list[str]:
    """Every operation of the folder's documents, in the text that clients send: alone, and its whole file."""
    documents = []
    for file in sorted(folder.glob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        documents.append(text)
        for node in parse(text).definitions:
            assert node.loc is not None
            alone = text[node.loc.start : node.loc.end]
            documents += [alone, f"{alone}\n", print_ast(node)]
    return documents


def _failed(errors: list[GraphQLError], code: str) -> bytes:
    """The answer to an operation that was not begun; `code` is for errors of graphql-core, which have none."""
    for error in errors:
        error.extensions = {"code": code, **(error.extensions or {})}
    return orjson.dumps({"data": None, "errors": [error.formatted for error in errors]})


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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
