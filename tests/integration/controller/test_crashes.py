"""Killed at any instant, the schedule goes on: every due move is made exactly once."""

import asyncio
import os
import random
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId
from controller.db.engine import open_engine, writing
from controller.db.migrate import upgrade
from controller.errors import StorageError
from controller.meetings import meeting_queries
from controller.meetings.meeting_state import MeetingPhase
from controller.places.tables import Point, Unit
from tests.integration.controller.crashing import scheduler
from tests.waiting import until

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MEETINGS, KILLS = 300, 5


def filled(url: str) -> None:
    """Make a database with many meetings: every third due to begin, every third overrun."""
    engine = open_engine(url)
    upgrade(engine, "state")
    with writing(engine) as session:
        session.add(Unit(unit_id="u", name="Tỉnh", owner="party", valid_from=NOW))
        session.flush()
        session.add(
            Point(point_id="p", number=1, unit_id="u", name="P", owner="party", valid_from=NOW)
        )
        session.flush()
        for number in range(MEETINGS):
            hours = (-1, -9, 1)[number % 3]
            begins_at = NOW + timedelta(hours=hours)
            facts = meeting_queries.MeetingFacts(
                title="Giao ban",
                document_number="",
                chair_point_id=PointId("p"),
                point_ids=(PointId("p"),),
                begins_at=begins_at,
                ends_at=begins_at + timedelta(hours=2),
                owner="party",
                relay_id="relay-1",
            )
            meeting_queries.create(
                session,
                MeetingId(f"m{number}"),
                facts,
                phase=MeetingPhase.SCHEDULED,
                mode=FloorMode.ONE_MIC,
                actor="office",
                now=NOW - timedelta(days=1),
            )
    engine.dispose()


def killed_while_turning(url: str, delay_s: float) -> None:
    """Let a child make moves and kill it after a while."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.controller.crashing", url, NOW.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        assert child.stdout.readline() == b"ready\n"
        child.stdin.write(b"go\n")
        child.stdin.flush()
        select.select([child.stdout], [], [], delay_s)  # until it ends, or for so long
        os.kill(child.pid, signal.SIGKILL)
        child.wait()


def test_kills_between_and_within_transactions_lose_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    url = f"sqlite:///{path}"
    filled(url)
    seeded = random.Random(20261124)
    progress = []
    for _ in range(KILLS):
        killed_while_turning(url, seeded.uniform(0.0, 0.15))
        with sqlite3.connect(path) as database:
            # A move and its log row are one transaction, whenever the power goes.
            moved, logged = database.execute(
                "SELECT (SELECT count(*) FROM meeting WHERE state = 'live')"
                " + 2 * (SELECT count(*) FROM meeting WHERE state = 'ended'),"
                " (SELECT count(*) FROM meeting_event)"
            ).fetchone()
            progress.append((moved, logged))
    assert [moved for moved, _ in progress] == [logged for _, logged in progress]
    turning = scheduler(url, NOW)
    turning.turn()
    assert turning.turn() == NOW + timedelta(hours=1)
    with sqlite3.connect(path) as database:
        states = database.execute("SELECT state, count(*) FROM meeting GROUP BY state").fetchall()
        kinds = database.execute(
            "SELECT kind, count(*), count(DISTINCT meeting_id) FROM meeting_event GROUP BY kind"
        ).fetchall()
    third = MEETINGS // 3
    assert sorted(states) == [("ended", third), ("live", third), ("scheduled", third)]
    assert sorted(kinds) == [
        ("meeting_began", 2 * third, 2 * third),
        ("meeting_ended", third, third),
    ]


async def test_without_its_database_the_clock_still_feeds_the_watchdog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        turning = scheduler(f"sqlite:///{tmp_path}/gone/state.db", NOW)
        with pytest.raises(StorageError):
            turning.turn()
        running = asyncio.create_task(turning.run(), name="scheduler")

        def fed() -> bytes:
            try:
                return systemd.recv(100)
            except BlockingIOError:
                return b""

        try:
            assert await until(fed, what="the watchdog is fed") == b"WATCHDOG=1"
        finally:
            running.cancel()
            await asyncio.wait({running})
