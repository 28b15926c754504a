"""The load generator, a process of its own: python -m bench.client < plan.json > result.json

Closed: each connection sends its next request when it has its answer. What counts begins with the first answer after
the warm-up and ends with an answer, so that a server that answers all connections at about the same time is counted
right. Paced (`rate` a second): requests fall due at even distances, and each one's time counts from when it was due,
so that a server that stalls is not asked less. The CPU of the server and of the database is read at both ends.
"""

import asyncio
import json
import sys
import time
from collections import deque
from contextlib import suppress
from itertools import cycle
from typing import Any

import uvloop

from bench.processes import cpu_seconds

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
SMALL = 8192
PATIENCE_SECONDS = 60.0


class Load:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.messages = cycle(
            [_message(plan, *each) for each in zip(plan["bodies"], plan["headers"], strict=True)]
        )
        self.seconds: list[float] = []
        self.wrong = 0
        self.first_wrong = ""
        self.size: int | None = None if len(plan["bodies"]) > 1 else 0  # a read's answers are all as long
        self.due: deque[float] = deque()
        self.connections: list[Connection] = []
        self.idle: list[Connection] = []
        self.closed = plan["rate"] is None
        self.counts = not self.closed
        self.going = True
        self.done = asyncio.Event()
        self.began = self.ended = 0.0
        self.cpu: list[list[float]] = []

    async def run(self) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        for _ in range(self.plan["connections"]):
            _, connection = await loop.create_connection(
                lambda: Connection(self), self.plan["host"], self.plan["port"]
            )
            self.connections.append(connection)
        self.idle = [*self.connections]
        self.warm_until = time.perf_counter() + self.plan["warm"]
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan["warm"] + self.plan["seconds"] + PATIENCE_SECONDS):
                if self.closed:
                    for connection in self.connections:
                        connection.send(time.perf_counter())
                else:
                    await self._pace()
                await self.done.wait()
        if not self.ended:
            self._end()
        return {"seconds": self.ended - self.began, "times": self.seconds, "wrong": self.wrong,
                "first_wrong": self.first_wrong, "cpu": self.cpu}  # fmt: skip

    async def _pace(self) -> None:
        self._begin()
        distance, number = 1 / self.plan["rate"], 0
        self.most: int = max(1, int(self.plan["seconds"] * self.plan["rate"]))
        while number < self.most:
            now = time.perf_counter()
            while number < self.most and self.began + number * distance <= now:
                self.ask(self.began + number * distance)
                number += 1
            await asyncio.sleep(max(0.0, self.began + number * distance - time.perf_counter()))

    def _begin(self) -> None:
        self.counts = True
        self.cpu.append(self._cpu())
        self.began = time.perf_counter()

    def _end(self) -> None:
        self.ended = time.perf_counter()
        self.cpu.append(self._cpu())
        self.going = False
        self.done.set()

    def _cpu(self) -> list[float]:
        """Seconds of the server, of the database, and of this process."""
        return [*(cpu_seconds(each) for each in self.plan["processes"]), time.process_time()]

    def _is_over(self, now: float) -> bool:
        answered = len(self.seconds) + self.wrong
        if self.closed:
            is_late: bool = now - self.began >= self.plan["seconds"]
            return is_late and answered >= len(self.connections)
        return answered >= self.most

    def ask(self, due: float) -> None:
        if self.idle:
            self.idle.pop().send(due)
        else:
            self.due.append(due)

    def answered(self, connection: "Connection", head: bytes, body: bytes, due: float) -> None:
        now = time.perf_counter()
        if not self._is_right(head, body):
            self.wrong += 1
            self.first_wrong = self.first_wrong or (head[:60] + body[:300]).decode("utf-8", "replace")
        elif self.counts and self.going:
            self.seconds.append(now - due)
        if not self.going:
            return
        if not self.counts:
            if now >= self.warm_until:
                self._begin()
        elif self._is_over(now):
            self._end()
            return
        if self.closed:
            connection.send(time.perf_counter())
        elif self.due:
            connection.send(self.due.popleft())
        else:
            self.idle.append(connection)

    def _is_right(self, head: bytes, body: bytes) -> bool:
        if not head.startswith(b"HTTP/1.1 200"):
            return False
        if len(body) < SMALL or self.size is None:
            return b'"errors"' not in body
        self.size = self.size or len(body)
        return len(body) == self.size


class Connection(asyncio.Protocol):
    def __init__(self, load: Load) -> None:
        self.load = load
        self.due = 0.0
        self.buffer = bytearray()
        self.end = 0  # of the head, then of the whole answer
        self.head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.write = transport.write

    def send(self, due: float) -> None:
        self.due = due
        self.write(next(self.load.messages))

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer
        buffer += data
        if not self.head:
            place = buffer.find(HEAD_END)
            if place < 0:
                return
            self.head = bytes(buffer[:place]).lower()
            at = self.head.find(LENGTH)
            if at < 0:
                raise RuntimeError("an answer without Content-Length")
            length = int(self.head[at + len(LENGTH) :].split(b"\r\n", 1)[0])
            self.head = bytes(buffer[:place])
            self.start = place + len(HEAD_END)
            self.end = self.start + length
        if len(buffer) >= self.end:
            head, body = self.head, bytes(buffer[self.start : self.end])
            del buffer[: self.end]
            self.head = b""
            self.load.answered(self, head, body, self.due)

    def connection_lost(self, error: Exception | None) -> None:
        if self.load.going:
            self.load.wrong += 1
            self.load.first_wrong = self.load.first_wrong or f"the connection was closed: {error}"


def _message(plan: dict[str, Any], body: str, more: dict[str, str]) -> bytes:
    content = body.encode()
    headers = {"Host": f"{plan['host']}:{plan['port']}", "Content-Type": "application/json",
               "Accept": "application/json", "Content-Length": str(len(content)), **more}  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {plan['path']} HTTP/1.1\r\n{lines}\r\n".encode() + content


if __name__ == "__main__":
    json.dump(uvloop.run(Load(json.load(sys.stdin)).run()), sys.stdout)
