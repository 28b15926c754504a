"""/graphql over HTTP: a thin handler for JSON and uploads; WebSockets go to schema/sockets.py."""

from typing import Any

import orjson
import strawberry
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.file_uploads.utils import replace_placeholders_with_files

from resolvers.application import Application
from resolvers.compiler.request import Request
from resolvers.import_jobs import LARGEST_FILE
from runtime.language import Sentence, preferred, reader_language
from runtime.sender import sender
from runtime.tokens import TokenRefused
from schema.asking import make_request, sender_of
from schema.body import LARGEST_BODY, BadBody, check_request, read_body, read_json
from schema.limits import BudgetExceeded
from schema.operations import Operations
from schema.sockets import Sockets

LARGEST_UPLOAD = LARGEST_FILE + 4 * LARGEST_BODY
MOST_FILES = 10
MOST_PARTS = 20
JSON = "application/json"
MISFIT = Sentence(
    "上传须按 GraphQL multipart 规范, 含 operations、map 和文件。",
    "An upload follows the GraphQL multipart specification: operations, map and the files.",
)


class Endpoint:
    """The ASGI application at /graphql."""

    def __init__(
        self, app: Application, schema: strawberry.Schema, operations: Operations, page: Any
    ) -> None:
        self._app = app
        self._operations = operations
        self._page = page
        self._sockets = Sockets(app, schema, operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._listen(scope, receive, send)
            return
        http = HTTPRequest(scope, receive)
        reader_language.set(preferred(http.headers.get("accept-language")))
        try:
            response = await self._respond(http)
        except BadBody as bad:
            response = _refused(400, bad.code, *bad.sentence)
        except TokenRefused:
            response = _unauthenticated()
        except BudgetExceeded as exceeded:
            response = Response(exceeded.answer(), status_code=429, media_type=JSON)
            response.headers["Retry-After"] = str(exceeded.seconds)
        except ClientDisconnect:
            return  # nobody is there to be answered
        await response(scope, receive, send)

    async def _respond(self, http: HTTPRequest) -> Response:
        kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if http.method == "GET":
            page: Response = self._page(http)
            return page
        if http.method != "POST":
            return _refused(405, "METHOD_NOT_ALLOWED", "请用 POST。", "Use POST.")
        if kind == JSON:
            body = await _body(http)
            if body is None:
                return _too_large(LARGEST_BODY)
            return await self._answer(http, self._request(http), read_body(body))
        if kind == "multipart/form-data":
            return await self._answer_upload(http)
        return _refused(415, "UNSUPPORTED_MEDIA_TYPE", f"请以 {JSON} 发送。", f"Send the request as {JSON}.")

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        reader_language.set(preferred(connection.headers.get("accept-language")))
        sender.set(sender_of(connection))
        try:
            make_request(self._app, connection.headers.get("authorization"))
        except TokenRefused:
            await WebSocket(scope, receive, send).close()  # before it is accepted: HTTP 403
            return
        await self._sockets(scope, receive, send)

    async def _answer_upload(self, http: HTTPRequest) -> Response:
        """The GraphQL multipart request specification: operations, map, and the files. Only for whoever is signed
        in, and never more than a file may be, since a form is on the disk before anybody has looked at it. What is
        in a file is for the import to judge, which takes more kinds of table than one."""
        request = self._request(http)
        if request.viewer.value("account") is None:
            return _unauthenticated()
        length = _length(http)
        if length is None:
            return _refused(
                411, "LENGTH_REQUIRED", "上传须带 Content-Length。", "An upload needs a Content-Length."
            )
        if length > LARGEST_UPLOAD:
            return _too_large(LARGEST_UPLOAD)
        try:
            form = await http.form(max_files=MOST_FILES, max_fields=MOST_PARTS, max_part_size=LARGEST_BODY)
        except (HTTPException, MultiPartException, FormParserError, UnicodeError, LookupError):
            return _bad_upload()
        try:
            return await self._answer(http, request, _sent_with_files(form))
        except BadBody:
            return _bad_upload()
        finally:
            await form.close()

    def _request(self, http: HTTPRequest) -> Request:
        sender.set(sender_of(http))
        return make_request(self._app, http.headers.get("authorization"))

    async def _answer(self, http: HTTPRequest, request: Request, sent: dict[str, Any]) -> Response:
        answer = await self._operations.answer(sent, request, http.headers.get("idempotency-key"))
        return Response(answer, media_type=JSON)


async def _body(http: HTTPRequest) -> bytes | None:
    """The body, or None as soon as it is larger than allowed."""
    if (_length(http) or 0) > LARGEST_BODY:
        return None
    parts, size = [], 0
    async for part in http.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _length(http: HTTPRequest) -> int | None:
    """The announced length; servers before us may have let through more than one, or what is no number."""
    match http.headers.getlist("content-length"):
        case []:
            return None
        case [length] if length.isascii() and length.isdigit() and len(length) < 20:
            return int(length)
    raise BadBody("BAD_LENGTH", "Content-Length 无效。", "The Content-Length is not valid.")


def _sent_with_files(form: FormData) -> dict[str, Any]:
    """What the part `operations` says, with the files where the part `map` says. Raises BadBody."""
    try:
        operations, places = read_json(str(form["operations"])), read_json(str(form["map"]))
        files = {name: part for name, part in form.items() if not isinstance(part, str)}
        return check_request(replace_placeholders_with_files(operations, places, files))
    except (LookupError, ValueError, TypeError, AttributeError):
        raise BadBody("BAD_UPLOAD", *MISFIT) from None


def _bad_upload() -> Response:
    return _refused(400, "BAD_UPLOAD", *MISFIT)


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
