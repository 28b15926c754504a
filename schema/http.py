"""/graphql over HTTP: a thin handler for JSON and uploads, Strawberry's own view for WebSockets."""

from collections.abc import MutableMapping
from typing import Any

import orjson
import strawberry
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.file_uploads.utils import replace_placeholders_with_files
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from resolvers.access import who_asks
from resolvers.accounts.accounts import from_claims
from resolvers.application import Application
from resolvers.compiler.request import Request
from resolvers.import_jobs import LARGEST_FILE
from runtime.language import Sentence, preferred, reader_language
from runtime.sender import Sender, sender
from runtime.tokens import TokenRefused
from schema.operations import Operations

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = LARGEST_FILE + 4 * LARGEST_BODY
JSON = "application/json"


class _BadUpload(Exception):
    """The parts of a form do not fit together."""


class Endpoint:
    """The ASGI application at /graphql."""

    def __init__(
        self, app: Application, schema: strawberry.Schema, operations: Operations, page: Any
    ) -> None:
        self._app = app
        self._operations = operations
        self._page = page
        self._view = _View(app, schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._listen(scope, receive, send)
            return
        http = HTTPRequest(scope, receive)
        reader_language.set(preferred(http.headers.get("accept-language")))
        kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if http.method == "GET":
            response: Any = self._page(http)
        elif http.method != "POST":
            response = _refused(405, "METHOD_NOT_ALLOWED", "请用 POST。", "Use POST.")
        elif kind == JSON:
            response = await self._answer(http)
        elif kind == "multipart/form-data":
            response = await self._answer_upload(http)
        else:
            response = _refused(
                415, "UNSUPPORTED_MEDIA_TYPE", f"请以 {JSON} 发送。", f"Send the request as {JSON}."
            )
        await response(scope, receive, send)

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = HTTPConnection(scope).headers
        reader_language.set(preferred(headers.get("accept-language")))
        sender.set(_sender(HTTPConnection(scope)))
        try:
            make_request(self._app, headers.get("authorization"))
        except TokenRefused:
            await WebSocket(scope, receive, send).close()  # before it is accepted: HTTP 403
            return
        await self._view(scope, receive, send)

    async def _answer(self, http: HTTPRequest) -> Response:
        body = await _body(http)
        if body is None:
            return _too_large(LARGEST_BODY)
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError:
            return _refused(400, "BAD_JSON", "请求不是有效的 JSON。", "The request is not valid JSON.")
        if not _is_well_formed(sent):
            return _refused(
                400,
                "BAD_REQUEST",
                "请求须为含 query 的 JSON 对象。",
                "The request must be one JSON object with a query.",
            )
        return await self._carry_out(http, sent)

    async def _answer_upload(self, http: HTTPRequest) -> Response:
        """The GraphQL multipart request specification: operations, map, and the files. Only for whoever is signed
        in, and never more than a file may be, since a form is on the disk before anybody has looked at it."""
        try:
            is_somebody = self._request(http).viewer.value("account") is not None
        except TokenRefused:
            is_somebody = False
        if not is_somebody:
            return _unauthenticated()
        length = http.headers.get("content-length")
        if length is None:
            return _refused(
                411, "LENGTH_REQUIRED", "上传须带 Content-Length。", "An upload needs a Content-Length."
            )
        if int(length) > LARGEST_UPLOAD:
            return _too_large(LARGEST_UPLOAD)
        try:
            async with http.form(max_files=10, max_part_size=LARGEST_BODY) as form:
                return await self._carry_out(http, _sent_with_files(form))
        except (_BadUpload, HTTPException):
            return _refused(
                400,
                "BAD_UPLOAD",
                "上传须按 GraphQL multipart 规范, 含 operations、map 和文件。",
                "An upload follows the GraphQL multipart specification: operations, map and the files.",
            )

    def _request(self, http: HTTPRequest) -> Request:
        sender.set(_sender(http))
        return make_request(self._app, http.headers.get("authorization"))

    async def _carry_out(self, http: HTTPRequest, sent: dict[str, Any]) -> Response:
        try:
            request = self._request(http)
        except TokenRefused:
            return _unauthenticated()
        answer = await self._operations.answer(sent, request, http.headers.get("idempotency-key"))
        return Response(answer, media_type=JSON)


def make_request(app: Application, authorization: str | None) -> Request:
    """The request of whoever holds the token; of nobody without one. Raises TokenRefused."""
    scheme, _, token = (authorization or "").partition(" ")
    if authorization and scheme.lower() != "bearer":
        raise TokenRefused("not a bearer token")
    claims = app.tokens.verify(token.strip()) if authorization else None
    try:
        viewer = from_claims(claims)
    except (LookupError, TypeError, ValueError) as error:  # of an older release, perhaps
        raise TokenRefused("a token of another form") from error
    if app.sessions.holds(viewer.session_id):
        raise TokenRefused("the session was ended")
    return Request(viewer=viewer, rules=app.rules.of(viewer.county_code), app=app)


class _View(GraphQL[Any, Any]):
    """Strawberry's view; its context is the same Request that the thin handler makes."""

    def __init__(self, app: Application, schema: strawberry.Schema) -> None:
        self._app = app
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )

    async def get_context(self, request: Any, response: Any) -> Request:
        made = make_request(self._app, request.headers.get("authorization"))
        made.socket = request
        self._app.sessions.is_open_on(who_asks(made).session_id, request)
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
            self._app.sessions.is_open_on(who_asks(context).session_id, context.socket)
        return await super().on_ws_connect(context)


def _sender(http: HTTPConnection) -> Sender:
    program = http.headers.get("user-agent")
    return Sender(http.client.host if http.client else None, program[:200] if program else None)


async def _body(http: HTTPRequest) -> bytes | None:
    """The body, or None as soon as it is larger than allowed."""
    if int(http.headers.get("content-length") or 0) > LARGEST_BODY:
        return None
    parts, size = [], 0
    async for part in http.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _is_well_formed(sent: Any) -> bool:
    return (
        isinstance(sent, dict)
        and isinstance(sent.get("query"), str | None)
        and isinstance(sent.get("operationName"), str | None)
        and isinstance(sent.get("variables"), dict | None)
        and isinstance(sent.get("extensions"), dict | None)
        and isinstance(persisted := (sent.get("extensions") or {}).get("persistedQuery"), dict | None)
        and isinstance((persisted or {}).get("sha256Hash"), str | None)
    )


def _sent_with_files(form: FormData) -> dict[str, Any]:
    """What the part `operations` says, with the files where the part `map` says. Raises _BadUpload."""
    try:
        sent = replace_placeholders_with_files(
            orjson.loads(str(form["operations"])),
            orjson.loads(str(form["map"])),
            {name: part for name, part in form.items() if not isinstance(part, str)},
        )
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise _BadUpload from error
    if not _is_well_formed(sent):
        raise _BadUpload
    return sent


def _too_large(limit: int) -> Response:
    kilobytes = limit // 1024
    return _refused(
        413, "BODY_TOO_LARGE", f"请求超过 {kilobytes} kB。", f"The request is larger than {kilobytes} kB."
    )


def _refused(status: int, code: str, zh: str, en: str) -> Response:
    error = {"message": Sentence(zh, en).for_reader(), "extensions": {"code": code}}
    return Response(orjson.dumps({"errors": [error]}), status_code=status, media_type=JSON)


def _unauthenticated() -> Response:
    return _refused(
        401, "UNAUTHENTICATED", "登录已失效, 请重新登录。", "The token is not valid any more; sign in again."
    )
