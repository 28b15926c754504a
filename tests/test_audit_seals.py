"""The sealed audit trail: whatever is done to it in the tables is found, by the server and by a verifier of its own."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from commands import audits
from models import AuditEntry, AuditSeal
from resolvers import audit_seals
from resolvers.audit import audit_entry
from resolvers.audit_seals import anchored, seal_pending, verify
from resolvers.sealing import BEHIND, Sealing
from runtime.clock import now, stopped_at
from runtime.database import Database, connection
from runtime.merkle import EMPTY, Tree, root_of
from tests.conftest import Credentials, copied, serving, settings_for

VERIFIER = Path(__file__).resolve().parent.parent / "scripts" / "verify-audit"
DAY = datetime(2020, 12, 31, 9, tzinfo=UTC)


@dataclass
class Trail:
    database: Database
    folder: Path

    @property
    def anchor(self) -> Path:
        return self.folder / "audit-anchor.jsonl"

    async def write(self, count: int) -> None:
        for number in range(count):
            content = {"action": f"ACT_{number}", "subject_type": "Member", "subject_id": str(number)}
            await AuditEntry.create(
                **audit_entry(
                    **content, actor_id=None, actor_name="测试", county_id=None, detail={"学时": 1.5}
                )
            )

    async def seal(self) -> int:
        return await seal_pending(self.database, self.anchor)

    async def is_whole(self) -> bool:
        verdict = await verify(self.anchor)
        return not verdict.faults and not verdict.changed


@pytest.fixture
async def trail(database: Database, tmp_path: Path) -> Trail:
    """Three batches of 5, 1 and 7 entries, and two entries that are not sealed yet."""
    made = Trail(database, tmp_path)
    for count in (5, 1, 7):
        await made.write(count)
        assert await made.seal() == count
    await made.write(2)
    return made


async def test_an_untouched_trail_has_no_faults(trail: Trail) -> None:
    verdict = await verify(trail.anchor)
    assert (verdict.entries, verdict.sealed, verdict.heads, verdict.faults) == (15, 13, 3, ())
    assert [head["size"] for head in anchored(trail.anchor)] == [5, 6, 13]
    assert await trail.seal() == 2
    assert await trail.seal() == 0
    assert [head["size"] for head in anchored(trail.anchor)] == [5, 6, 13, 15]


EDIT = "UPDATE audit_entry SET action = 'OTHER' WHERE position = 3"
COPY = (
    "INSERT INTO audit_entry (at, actor_name, action, subject_type, subject_id, detail, hash, position) "
    "SELECT at, actor_name, action, subject_type, subject_id, detail, hash, {} FROM audit_entry WHERE position = 2"
)
TAMPERED = {
    "an edited entry": [EDIT],
    "an edited entry with a hash that fits": ["REHASH"],
    "an entry deleted in the middle": ["DELETE FROM audit_entry WHERE position = 3"],
    "one deleted and the others moved up": [
        "DELETE FROM audit_entry WHERE position = 3",
        *(
            f"UPDATE audit_entry SET position = {place} WHERE position = {place + 1}"
            for place in range(3, 12)
        ),
    ],
    "two swapped": [
        "UPDATE audit_entry SET position = 99 WHERE position = 2",
        "UPDATE audit_entry SET position = 2 WHERE position = 4",
        "UPDATE audit_entry SET position = 4 WHERE position = 99",
    ],
    "one put in": [
        *(
            f"UPDATE audit_entry SET position = {place + 1} WHERE position = {place}"
            for place in range(12, 5, -1)
        ),
        COPY.format(6),
    ],
    "the last ones cut off": ["DELETE FROM audit_entry WHERE position > 9"],
    "the last ones cut off with their seal": [
        "DELETE FROM audit_entry WHERE position > 5",
        "DELETE FROM audit_seal WHERE size > 6",
    ],
    "everything deleted": ["DELETE FROM audit_entry", "DELETE FROM audit_seal"],
    "the last seal deleted": ["DELETE FROM audit_seal WHERE size > 6"],
    "a seal with another root": [f"UPDATE audit_seal SET root = '{'0' * 64}' WHERE size = 6"],
}


IN_THE_SEALS_ALONE = ("the last seal deleted", "a seal with another root")
"""The export holds no seals; the anchor does."""


@pytest.mark.parametrize("what", list(TAMPERED))
async def test_it_is_found(trail: Trail, what: str) -> None:
    for sql in TAMPERED[what]:
        if sql == "REHASH":
            entry = await AuditEntry.get(position=3)
            fresh = audit_entry(
                action="OTHER",
                subject_type="Member",
                subject_id="3",
                actor_id=None,
                actor_name="别人",
                county_id=None,
            )
            await AuditEntry.filter(sequence=entry.sequence).update(**fresh)
        else:
            await connection().execute_query(sql)
    assert not await trail.is_whole(), what
    if what not in IN_THE_SEALS_ALONE:
        assert await _verified_elsewhere(trail) == 1, what


async def test_a_crash_between_the_anchor_and_the_commit_is_no_fault(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _anchored_only(trail, monkeypatch)
    for _ in range(2):
        assert await trail.is_whole()
        assert await _verified_elsewhere(trail) == 0
        await trail.write(3)
        assert await trail.seal()
    assert [head["size"] for head in anchored(trail.anchor)] == [5, 6, 13, 15, 18, 21]
    assert [seal.size for seal in await AuditSeal.all().order_by("size")] == [5, 6, 13, 18, 21]


@pytest.mark.parametrize("sql", ["DELETE FROM audit_entry WHERE position IS NULL", "REHASH"])
async def test_what_a_lost_head_stood_for_is_missed(
    trail: Trail, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    """The head of 15 is in the anchor alone, and the two entries that it stands for besides are cut off or changed."""
    await _anchored_only(trail, monkeypatch)
    if sql == "REHASH":
        fresh = audit_entry(
            action="OTHER",
            subject_type="Member",
            subject_id="3",
            actor_id=None,
            actor_name="别人",
            county_id=None,
        )
        last = await AuditEntry.all().order_by("-sequence").first()
        assert last
        await AuditEntry.filter(sequence=last.sequence).update(**fresh)
    else:
        await connection().execute_query(sql)
    for _ in range(2):
        assert any("head of 15" in fault for fault in (await verify(trail.anchor)).faults)
        assert await _verified_elsewhere(trail) == 1
        await trail.write(3)
        assert await trail.seal()


async def _anchored_only(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(anchor: Path, head: dict[str, Any]) -> None:
        anchor_head(anchor, head)
        raise _Cut

    anchor_head = audit_seals._anchor

    with monkeypatch.context() as patched:
        patched.setattr(audit_seals, "_anchor", crash)
        with pytest.raises(_Cut):
            await trail.seal()
    assert [head["size"] for head in anchored(trail.anchor)] == [5, 6, 13, 15]
    assert await AuditSeal.filter(size=15).count() == 0


class _Cut(Exception):
    """The power went out."""


async def test_the_verifier_of_its_own_agrees(trail: Trail) -> None:
    assert await _verified_elsewhere(trail) == 0


async def _verified_elsewhere(trail: Trail) -> int:
    settings = settings_for({**trail.database.credentials}, trail.folder)
    export = trail.folder / "export.jsonl"
    await audits.write_out(export)
    assert settings.anchor == trail.anchor
    return subprocess.run(
        [sys.executable, "-I", VERIFIER, export, trail.anchor], check=False, capture_output=True
    ).returncode


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40), st.integers(0, 40))
def test_a_tree_grown_in_two_steps_is_the_same(leaves: list[bytes], cut: int) -> None:
    entries = [leaf.hex() for leaf in leaves]
    grown = Tree().append(entries[:cut]).append(entries[cut:])
    assert (grown.size, grown.root) == (len(entries), root_of(entries))
    assert len(grown.peaks) == len(entries).bit_count()


def test_an_empty_tree_is_that_of_rfc_6962() -> None:
    assert Tree().root == EMPTY == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


async def test_writes_stop_when_sealing_is_an_hour_behind(
    server: Credentials, small_template: str, tmp_path: Path
) -> None:
    async with copied(server, small_template) as credentials, serving(credentials, tmp_path) as client:
        client_app = client.http._transport.app.state.app  # type: ignore[attr-defined]
        client_app.sealing = Sealing(client_app.database, tmp_path / "anchor.jsonl", 5)
        body = {"query": client.documents["SignIn"], "operationName": "SignIn"}
        body["variables"] = {"username": "office", "password": "demo-only"}  # type: ignore[assignment]
        assert "errors" not in (await client.post(body)).json()
        later = datetime.now(tz=UTC) + timedelta(hours=2)
        with stopped_at(later):
            await client_app.sealing.look()
            answer = (await client.post(body)).json()
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["AUDIT_NOT_SEALED"]
            assert "errors" not in await client.query("{ viewer { username } }")
        await seal_pending(client_app.database, tmp_path / "anchor.jsonl")
        with stopped_at(later + timedelta(minutes=1)):
            await client_app.sealing.look()
            assert "errors" not in (await client.post(body)).json()


async def test_sealing_goes_on_after_a_fault(
    trail: Trail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first batch cannot be anchored, the second can; the third wait ends the test."""
    waits = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        blocked.rmdir() if len(waits) == 1 else None
        if len(waits) == 3:
            raise asyncio.CancelledError

    blocked = trail.folder / "elsewhere.jsonl"
    blocked.mkdir()
    monkeypatch.setattr("resolvers.sealing.sleep", wait)
    with pytest.raises(asyncio.CancelledError):
        await Sealing(trail.database, blocked, 5).keep()
    assert waits == [5, 5, 5]
    assert [head["size"] for head in anchored(blocked)] == [15]
    assert await AuditEntry.filter(position=None).count() == 0


async def test_sealing_goes_on_after_a_look_that_failed(
    trail: Trail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first look fails; by the second wait what came meanwhile is sealed, and the look is a good one."""
    sealing, start = Sealing(trail.database, trail.anchor, 5), now()
    looks: list[datetime] = []
    waits: list[float] = []

    async def look() -> None:
        looks.append(now())
        if len(looks) == 1:
            raise OSError("the database does not answer")
        await real_look()

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            assert await AuditEntry.filter(position=None).count() == 0
            raise asyncio.CancelledError
        await trail.write(1)
        with stopped_at(start + BEHIND / 2):
            sealing.require()
        with stopped_at(start + 2 * BEHIND), pytest.raises(GraphQLError) as refused:
            sealing.require()
        assert refused.value.extensions == {"code": "AUDIT_NOT_SEALED"}

    real_look = sealing.look
    monkeypatch.setattr(sealing, "look", look)
    monkeypatch.setattr("resolvers.sealing.sleep", wait)
    with stopped_at(start), pytest.raises(asyncio.CancelledError):
        await sealing.keep()
    assert waits == [5, 5]
    with stopped_at(start + BEHIND / 2):
        sealing.require()


async def test_without_sealing_nobody_has_to_look(trail: Trail) -> None:
    sealing = Sealing(trail.database, trail.anchor, 0)
    await sealing.keep()
    with stopped_at(now() + 2 * BEHIND):
        sealing.require()
