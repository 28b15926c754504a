"""Carrying out one operation: from its text and variables to the bytes of the answer."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from prometheus_client import Histogram
from strawberry.extensions import MaskErrors

from resolvers.access import who_asks
from resolvers.accounts.emergency_reads import log_emergency_read, reads_in_emergency
from resolvers.compiler.document import MOST_TOKENS, Document
from resolvers.compiler.engine import Engine
from resolvers.compiler.errors import refuse
from resolvers.compiler.measure import root_fields
from resolvers.compiler.request import Request
from resolvers.idempotency import fingerprint, once
from runtime.deadline import Deadline
from schema.faults import told
from schema.limits import (
    REQUEST_POINTS,
    UNREAD_POINTS,
    BudgetExceeded,
    Limits,
    NotBegun,
    check_document,
    check_writes,
    not_registered,
    unanswered,
    with_code,
    without_names,
)

SECONDS = Histogram("dangjian_operation_seconds", "Time to answer an operation.", ["operation"])
HASHES_KEPT = 1000

# Their answers hold tokens, codes, first passwords, or values that were revealed for one purpose at one moment.
SECRET_WRITES = {
    *("signIn", "signInWithCode", "renewToken", "enrolOneTimeCode", "confirmOneTimeCode"),
    *("createAccount", "resetPassword", "revealMember", "exportMyRecord"),
}

log = structlog.get_logger()


@dataclass(slots=True)
class Asked:
    """An operation that may be carried out, with the variables as they were sent."""

    document: Document
    operation: OperationDefinitionNode
    given: dict[str, Any]

    @property
    def name(self) -> str | None:
        return self.operation.name.value if self.operation.name else None

    @property
    def is_secret(self) -> bool:
        """Whether its answer holds a token or codes, which are kept nowhere but by who got them: see SECRET_WRITES."""
        return not SECRET_WRITES.isdisjoint(root_fields(self.operation, self.document.fragments))

    @property
    def kind(self) -> OperationType:
        return self.operation.operation


class Operations:
    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self.engine = engine
        self.limits = limits or Limits()
        self._by_hash: OrderedDict[str, str] = OrderedDict()
        self._registered: dict[str, str] = {}
        self._texts: set[str] = set()
        self._names: set[str] = set()
        engine.on_read = self.limits.charge

    def register(self, documents: Iterable[str]) -> None:
        """Operations that clients may send by their SHA-256 from the start, each as it stands in its file."""
        for text in documents:
            document = self.engine.keep(text)
            if not document.is_valid:  # an app of an older release, perhaps; the others must go on
                log.warning("an operation that does not fit is not registered", beginning=text[:80])
                continue
            self._registered[_sha256(text)] = text
            self._texts.add(text)
            self._names.update(name for name in document.operations if name)

    async def answer(
        self, body: dict[str, Any], request: Request, idempotency_key: str | None = None
    ) -> bytes:
        """The response to `{query, operationName, variables, extensions}`; never raises for a fault.

        Raises BudgetExceeded, since HTTP has a status of its own for that."""
        with self.timed(body):
            try:
                asked = self.admit(body, request)
            except BudgetExceeded:
                raise
            except NotBegun as refused:
                return refused.answer()
            return await self.carry_out(asked, request, idempotency_key)

    def admit(self, body: Mapping[str, Any], request: Request) -> Asked:
        """The operation that is asked for, when it is within every limit. Raises NotBegun."""
        try:
            return self._admit(body, request)
        except NotBegun:
            raise
        except Exception as error:
            raise NotBegun(with_code(told(error), "BAD_USER_INPUT")) from None

    def _admit(self, body: Mapping[str, Any], request: Request) -> Asked:
        limits, engine = self.limits, self.engine
        if limits.budget.is_limited:
            limits.spend(request, REQUEST_POINTS)
        text, digest = self._text(body)
        if limits.binds_documents and text not in self._texts and limits.is_bound(request):
            raise not_registered()
        if limits.budget.is_limited and not engine.knows(text):
            limits.spend(request, UNREAD_POINTS)
        document = engine.document(text)
        if not document.is_plain:
            check_document(document, may_inspect=limits.may_inspect(request))
        if digest is not None:
            self._remember(digest, text)
        operation = document.operation(body.get("operationName"))
        points = check_writes(operation, document)
        if points:
            limits.spend(request, points)
        given = body.get("variables") or {}
        try:
            request.variables = engine.variables(operation, given).coerced
        except GraphQLError as error:
            raise without_names(error, request, may_inspect=limits.may_inspect(request)) from None
        return Asked(document, operation, given)

    async def carry_out(self, asked: Asked, request: Request, idempotency_key: str | None = None) -> bytes:
        """The answer to a query or mutation that was admitted for this request; never raises for a fault."""
        try:
            if reads_in_emergency(request.viewer):
                await self.log_emergency(asked, request)
            if self.engine.is_plain_read(asked.document, asked.operation):
                with Deadline(self.limits.read_seconds):
                    return (
                        b'{"data":' + await self.engine.read(asked.document, asked.operation, request) + b"}"
                    )
            return await self._execute(asked, request, idempotency_key)
        except Exception as error:
            return unanswered(with_code(told(error), "BAD_USER_INPUT"))

    async def log_emergency(self, asked: Asked, request: Request) -> None:
        """Before anything is answered; when it cannot be logged, nothing is."""
        text = asked.document.text
        unregistered = None if text in self._texts else text
        await log_emergency_read(request, asked.name, _sha256(text), asked.given, unregistered)

    async def _execute(self, asked: Asked, request: Request, idempotency_key: str | None) -> bytes:
        if asked.kind is OperationType.SUBSCRIPTION:
            raise refuse(
                "SUBSCRIPTION_OVER_HTTP",
                "订阅请通过 WebSocket (graphql-transport-ws)。",
                "Send subscriptions over a WebSocket (graphql-transport-ws).",
            )
        is_write = asked.kind is OperationType.MUTATION
        if is_write:
            request.app.sealing.require()

        async def act() -> bytes:
            assert asked.document.node is not None
            with Deadline(self.limits.write_seconds if is_write else self.limits.read_seconds):
                result = execute(
                    self.engine.schema,
                    asked.document.node,
                    context_value=request,
                    variable_values=asked.given,
                    operation_name=asked.name,
                    hide_suggestions=True,
                )
                if not isinstance(result, ExecutionResult):
                    result = await result
            assert isinstance(result, ExecutionResult)
            return formatted(result)

        sender = request.viewer.value("account")
        # Nobody's only writes are to sign in: repeating that does no harm.
        if idempotency_key is None or sender is None or not is_write or asked.is_secret:
            return await act()
        same = fingerprint(asked.document.text, asked.name, asked.given, who_asks(request))
        return await once(request.app.database.keys, str(sender), idempotency_key, same, act)

    def _text(self, body: Mapping[str, Any]) -> tuple[str, str | None]:
        """The document, as sent or known by the hash of Apollo's persisted-query format; and a hash to remember."""
        text = body.get("query")
        persisted = (body.get("extensions") or {}).get("persistedQuery") or {}
        digest = persisted.get("sha256Hash")
        if digest is None:
            if isinstance(text, str) and text:
                return text, None
            raise refuse("NO_QUERY", "请求中没有 query。", "The request holds no query.")
        if text is None:
            known = self._registered.get(digest) or self._by_hash.get(digest)
            if known is None:
                raise GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"})
            return known, None
        if _sha256(text) != digest:
            raise refuse("HASH_MISMATCH", "query 与其哈希不符。", "The query does not have that hash.")
        return text, digest

    def _remember(self, digest: str, text: str) -> None:
        self._by_hash[digest] = text
        if len(self._by_hash) > HASHES_KEPT:
            self._by_hash.popitem(last=False)

    def timed(self, body: Mapping[str, Any]) -> AbstractContextManager[Any]:
        """Only known names are labels, so that senders cannot make metrics without end."""
        name = body.get("operationName")
        return SECONDS.labels(name if name in self._names else "other").time()


def formatted(result: ExecutionResult) -> bytes:
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [told(error).formatted for error in result.errors]
    return orjson.dumps(answer)


class SocketOperations(MaskErrors):
    """What Strawberry carries out itself, which is subscriptions: the errors that HTTP would tell."""

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = MOST_TOKENS
        yield from super().on_operation()

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        return told(error)


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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
