"""/graphql over WebSockets (graphql-transport-ws): the same operations under the same limits as over HTTP.

Strawberry speaks the protocol and carries subscriptions; queries and mutations are answered as HTTP would.
"""

import dataclasses
from collections.abc import AsyncGenerator, MutableMapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError, OperationType
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from resolvers.access import who_asks
from resolvers.accounts.emergency_reads import reads_in_emergency
from resolvers.application import Application
from resolvers.compiler.errors import refuse
from resolvers.compiler.request import Request
from runtime.clock import today
from runtime.tokens import TokenRefused
from schema.asking import make_request
from schema.body import LARGEST_BODY, BadBody, check_request, read_json
from schema.limits import NotBegun
from schema.operations import Operations

MOST_AT_ONCE = 100  # subscriptions and whatever else is under way on one socket
LONGEST_ID = 100
INIT_SECONDS = 10
TOO_BIG = 1009  # RFC 6455 section 7.4.1
BAD_MESSAGE = 4400


class _Adapter(ASGIWebSocketAdapter):
    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        with suppress(WebSocketDisconnect):
            while self.ws.application_state is not WebSocketState.DISCONNECTED:
                try:
                    text = await self.ws.receive_text()
                except KeyError:
                    raise NonTextMessageReceived from None
                if len(text) > LARGEST_BODY:
                    await self.close(TOO_BIG, f"A message is at most {LARGEST_BODY // 1024} kB")
                    return
                try:
                    message = read_json(text)
                except BadBody as bad:
                    await self.close(BAD_MESSAGE, bad.sentence.en)
                    return
                yield message

    async def send_json(self, message: Any) -> None:
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        # Starlette raises either for a socket that is closed.
        except (WebSocketDisconnect, RuntimeError) as error:
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError):  # it may have been closed meanwhile
            await super().close(code, reason)


class _Handler(BaseGraphQLTransportWSHandler[Request, None]):
    view: "Sockets"

    async def handle_message(self, message: Any) -> None:
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("The message has not the form of the protocol")

    async def handle_subscribe(self, message: Any) -> None:
        if self.connection_acknowledged and len(self.operations) >= MOST_AT_ONCE:
            error = refuse(
                "TOO_MANY_SUBSCRIPTIONS",
                f"一个连接上最多同时进行 {MOST_AT_ONCE} 个操作。",
                f"At most {MOST_AT_ONCE} operations are under way on one socket.",
            )
            await self._say(message["id"], "error", [error.formatted])
            return
        # Strawberry hands on the text alone; the hash that may stand in its place is in the whole.
        whole: Any = {**message, "payload": {"query": message["payload"]}}
        await super().handle_subscribe(whole)

    async def run_operation(self, operation: Operation[Request, None]) -> None:
        with suppress(WebSocketDisconnected):
            await self._run(operation)

    async def _run(self, operation: Operation[Request, None]) -> None:
        operations, body = self.view.operations, operation.query
        assert isinstance(body, dict)
        request = dataclasses.replace(self.context, variables={}, payload={}, today=today())
        try:
            asked = operations.admit(body, request)
        except NotBegun as refused:
            await self._refuse(operation, refused)
            return
        if asked.kind is OperationType.SUBSCRIPTION:
            if reads_in_emergency(request.viewer):
                await operation.send_initial_errors([_not_in_emergency()])
                return
            operation.query, operation.variables = asked.document.text, asked.given
            operation.operation_name = body.get("operationName")
            await super().run_operation(operation)
            return
        with operations.timed(body):
            answer = await operations.carry_out(asked, request)
        await operation.send_operation_message(_message(operation.id, "next", orjson.Fragment(answer)))
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _refuse(self, operation: Operation[Request, None], refused: NotBegun) -> None:
        errors: list[GraphQLError] = list(refused.errors)
        if any((error.extensions or {}).get("code") == "GRAPHQL_PARSE_FAILED" for error in errors):
            self.operations.pop(operation.id, None)
            await self.websocket.close(BAD_MESSAGE, errors[0].message[:100])  # as graphql-ws does
            return
        await operation.send_initial_errors(errors)

    async def _say(self, id: str, type: str, payload: Any) -> None:
        await self.send_message(_message(id, type, payload))


class Sockets(GraphQL[Request, None]):
    """The ASGI application for WebSockets; its context is the same Request that the HTTP handler makes."""

    websocket_adapter_class = _Adapter
    graphql_transport_ws_handler_class = _Handler

    def __init__(self, app: Application, schema: strawberry.Schema, operations: Operations) -> None:
        self._app = app
        self.operations = operations
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=MOST_AT_ONCE,
        )

    async def get_context(self, request: Any, response: Any) -> Request:
        made = make_request(self._app, request.headers.get("authorization"))
        made.socket = request
        self._hold(made)
        return made

    async def on_ws_connect(self, context: Any) -> Any:
        """A browser cannot set headers on a WebSocket: the token may come with connection_init."""
        parameters: MutableMapping[str, Any] = getattr(context, "connection_params", None) or {}
        token = parameters.get("authorization") or parameters.get("Authorization")
        if token:
            try:
                signed_in = make_request(self._app, str(token))
            except TokenRefused:
                raise ConnectionRejectionError({"code": "UNAUTHENTICATED"}) from None
            context.viewer, context.rules = signed_in.viewer, signed_in.rules
            context.until = signed_in.until
            self._hold(context)
        return await super().on_ws_connect(context)

    def _hold(self, request: Request) -> None:
        """Until its session, its token or a grant in it ends."""
        if request.until is not None:
            self._app.sessions.sockets.hold(request.socket, who_asks(request).session_id, request.until)


def _not_in_emergency() -> GraphQLError:
    """Each event would be a read of its own, which no entry of the trail tells."""
    return refuse(
        "SUBSCRIPTION_IN_EMERGENCY",
        "应急授权期间不能订阅: 每次查阅都须留痕; 请改用查询 (query) 读取, 需要新数据时再查询一次。",
        "There are no subscriptions under an emergency's right, since every read is logged; ask by a query, and ask "
        "again for what is new.",
    )


def _message(id: str, type: str, payload: Any) -> Any:
    return {"id": id, "type": type, "payload": payload}


def _is_message(message: Any) -> bool:
    """Of the protocol's form, so that nothing behind this has to ask again."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] not in ("subscribe", "complete"):
        return True
    id = message.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        return False
    if message["type"] == "complete":
        return True
    try:
        check_request(message.get("payload"))
    except BadBody:
        return False
    return True
