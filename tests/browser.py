"""A headless Chromium, spoken to over its DevTools protocol; nothing of it is left behind."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30.0
# As root there is no sandbox; the rest keeps Chromium from calling home.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-port=0", "--window-size=1440,900", "--lang=zh-CN"),
)


class Tab:
    """One tab. `requests`: every address that the page asked for; `complaints`: errors and refusals of the policy."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def listen(self) -> None:
        async for text in self._socket:
            message = orjson.loads(text)
            given = message.get("params", {})
            match message.get("method"):
                case None:
                    self._waiting.pop(message["id"]).set_result(message)
                case "Network.requestWillBeSent":
                    self.requests.append(given["request"]["url"])
                case "Network.webSocketCreated":
                    self.requests.append(given["url"])
                case "Log.entryAdded":
                    self.complaints.append(f"{given['entry']['text']} {given['entry'].get('url', '')}")
                case "Runtime.exceptionThrown":
                    self.complaints.append(orjson.dumps(given["exceptionDetails"]).decode())

    async def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(orjson.dumps({"id": number, "method": method, "params": parameters}).decode())
        answer = await asyncio.wait_for(self._waiting[number], PATIENCE)
        assert "error" not in answer, answer
        return answer["result"]

    async def value(self, expression: str) -> Any:
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> Any:
        """Polls until the expression is true in the page."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self.value(expression)):
                await asyncio.sleep(0.05)
        return found

    async def type(self, selector: str, text: str) -> None:
        await self.until(f"document.querySelector({selector!r}) !== null")
        await self.value(f"document.querySelector({selector!r}).focus()")
        await self.send("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        place = await self.until(
            f"(() => {{ const one = document.querySelector({selector!r}); if (!one) return null;"
            "const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.send(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    async def screenshot(self, file: Path) -> None:
        file.write_bytes(base64.b64decode((await self.send("Page.captureScreenshot"))["data"]))


@asynccontextmanager
async def tab(profile: Path) -> AsyncIterator[Tab]:
    """`profile`: an empty folder of its own."""
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *(*FLAGS, f"--user-data-dir={profile}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        written = profile / "DevToolsActivePort"
        async with asyncio.timeout(PATIENCE):
            while not (written.is_file() and "\n" in written.read_text()):
                await asyncio.sleep(0.05)
        port = written.read_text().splitlines()[0]
        async with httpx.AsyncClient() as http:
            pages = (await http.get(f"http://127.0.0.1:{port}/json/list")).json()
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        async with connect(address, max_size=None) as socket:
            opened = Tab(socket)
            listening = asyncio.create_task(opened.listen())
            for domain in ("Page", "Network", "Log", "Runtime"):
                await opened.send(f"{domain}.enable")
            yield opened
            listening.cancel()
    finally:
        process.kill()
        await process.wait()
