"""Judging in bulk outside the event loop: one warm process, replaced when a pack does not come back."""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from plugins.contract import Finding
from plugins.errors import PackFailed, PackTimeout
from plugins.facts import Facts
from plugins.judging import Rules
from plugins.registry import Registry, discover
from plugins.timeline import Activation
from plugins.trial import Trial

START_SECONDS = 60.0
Judged = list[tuple[Finding, ...]]
Question = tuple[str, str, list[Facts], tuple[Activation, ...], Trial | None]
_spawn = multiprocessing.get_context("spawn")


class Worker:
    """Keeps one process. Calls wait for each other; a call's time limit counts from its own beginning."""

    def __init__(
        self,
        places: Sequence[Path] = (),
        activations_of: Callable[[str], Sequence[Activation]] = lambda county: (),
    ) -> None:
        """`activations_of`: what was decided for a county; sent with each call, so that both processes agree."""
        self._places, self._activations_of, self._lock = tuple(places), activations_of, Lock()
        self._process: Any = None

    async def judge_all_async(
        self,
        noun: str,
        county: str,
        facts: Sequence[Facts],
        timeout_seconds: float,
        trial: Trial | None = None,
    ) -> Judged:
        return await asyncio.to_thread(self.judge_all, noun, county, facts, timeout_seconds, trial)

    def judge_all(
        self,
        noun: str,
        county: str,
        facts: Sequence[Facts],
        timeout_seconds: float,
        trial: Trial | None = None,
    ) -> Judged:
        """The findings for each of the facts, in order. PackTimeout, PackFailed; ValueError for the trial."""
        with self._lock:
            self._start()
            try:
                self._pipe.send((noun, county, list(facts), tuple(self._activations_of(county)), trial))
                answer = self._receive(
                    timeout_seconds, f"county {county}: no answer in {timeout_seconds:g} s ({noun})"
                )
            except BaseException:
                self._end()
                raise
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    def warm(self) -> None:
        """Starts the process ahead of the first call."""
        with self._lock:
            self._start()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self._end()
        self._judging = _spawn.Array("c", b"plugins".ljust(120, b"\0"), lock=False)
        self._pipe, far = _spawn.Pipe()
        process = _spawn.Process(target=_serve, args=(far, self._judging, self._places), daemon=True)
        process.start()
        self._process = process
        far.close()
        try:
            self._receive(START_SECONDS, f"the process for judging did not start in {START_SECONDS:g} s")
        except BaseException:
            self._end()
            raise

    def _receive(self, seconds: float, otherwise: str) -> Any:
        try:
            if self._pipe.poll(seconds):
                return self._pipe.recv()
        except EOFError as error:
            raise PackFailed(
                f"{self._judging.value.decode()}: the process for judging ended by itself"
            ) from error
        raise PackTimeout(f"{self._judging.value.decode()}: {otherwise}")

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._process = None


def _serve(pipe: Any, judging: Any, places: tuple[Path, ...]) -> None:
    """The process: answers one question after another until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    registry = discover(places, is_proven=True)
    pipe.send("ready")
    while True:
        try:
            question = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_answer(registry, question, judging))
        except (PackFailed, ValueError) as error:
            pipe.send(error)


def _answer(registry: Registry, question: Question, judging: Any) -> Judged:
    noun, county, facts, activations, trial = question
    timeline = registry.timeline(county, activations)
    rules_on: dict[date, Rules] = {}
    for on in {each.on for each in facts}:
        rules_on[on] = trial.rules(registry, timeline, on) if trial else timeline.on(on)
    judged = []
    for each in facts:
        findings: list[Finding] = []
        for pack in rules_on[each.on].packs:
            judging.value = pack.id.encode()  # whose name stands in the error, when it never comes back
            findings += rules_on[each.on].judge_with(pack, noun, each)
        judged.append(tuple(findings))
    return judged
