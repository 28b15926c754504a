"""The admin page at /graphql: GraphiQL, built at set-up from our own sources; no request leaves this host."""

import html
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
MISSING = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>dangjian-cloud</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto; line-height: 1.6">
<h1>GraphiQL 页面尚未生成</h1>
<p>服务器在运行, 接口 <code>POST /graphql</code> 可用; 但管理页面没有构建成功。请运行
<code>python graphiql/build.py {folder}</code> 后刷新本页。</p>
<p>The server runs and <code>POST /graphql</code> answers, but this page could not be built. Run the command above,
then reload.</p><pre style="white-space: pre-wrap">{reason}</pre></body></html>"""


class Page:
    """Answers a browser's GET; says why when the page was never built."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            error = {"message": "请用 POST。 Use POST.", "extensions": {"code": "METHOD_NOT_ALLOWED"}}
            return JSONResponse({"errors": [error]}, status_code=405, headers={"Allow": "POST"})
        index = self._folder / "index.html"
        if index.is_file():
            return HTMLResponse(index.read_text(encoding="utf-8"), headers=HEADERS)
        log = self._folder.parent / "graphiql-build.log"
        reason = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.is_file() else ""
        page = MISSING.format(folder=html.escape(str(self._folder)), reason=html.escape(reason))
        return HTMLResponse(page, status_code=503, headers=HEADERS)


class Assets(StaticFiles):
    """The page's scripts, styles and fonts. Their names hold a hash of what is in them, so they never change."""

    async def check_config(self) -> None:
        """A page that was not built has none of them, which is no fault of the server: 404."""

    def file_response(self, *given: Any, **options: Any) -> Response:
        response = super().file_response(*given, **options)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
