"""Nothing is lost and nothing doubled between the points' files and the centre."""

import asyncio
import time
from pathlib import Path

from scripts.demo import oneshot
from scripts.demo.check import databases, names
from scripts.demo.check.system import System
from scripts.demo.errors import NotReady
from scripts.demo.waiting import until

OLDER_S = 60.0
RESTORED = "series database put back by 60 s: the minute comes back"
NOT_DOWN = "no point was ever shown as down that was not"
SAME_LIMIT_S = 45.0
SOON_S = 15.0
SOME_REPORTS_S = 12.0


def differences(system: System) -> tuple[int, int, int]:
    """Return how many reports all points have, how many are missing, how many doubled."""
    plan = system.demo.plan
    count = missing = doubled = 0
    for point in system.province.points:
        kept = databases.kept_by_point(plan, point.point_id)
        held = [key for key, _ in databases.held_by_centre(plan, point.point_id)]
        count += len(kept)
        missing += len(kept.keys() - set(held))
        doubled += len(held) - len(set(held)) + len(set(held) - kept.keys())
    return count, missing, doubled


async def same(
    system: System,
    fact: str = names.SAME_REPORTS,
    detail: str = "",
    within_s: float = SAME_LIMIT_S,
) -> None:
    """Wait until points and centre hold the same reports, and record it."""

    async def is_same() -> bool:
        _, missing, doubled = differences(system)
        return missing == 0 and doubled == 0

    began_s = time.monotonic()
    try:
        await until(is_same, "the same sets", within_s=within_s, every_s=0.4)
    except NotReady:
        pass  # the figure below says what differs
    count, missing, doubled = differences(system)
    took_s = time.monotonic() - began_s
    system.facts.hold(
        fact,
        await is_same(),
        f"{count} reports, {missing} missing, {doubled} doubled, after {took_s:.1f} s{detail}",
        "0 missing, 0 doubled",
    )


async def same_soon(system: System) -> None:
    """The same after a few reports, with less patience: nothing was killed that must come back."""
    await asyncio.sleep(SOME_REPORTS_S)
    await same(system, within_s=SOON_S)


class Older:
    """A copy of the series database that is put back a minute later."""

    def __init__(self) -> None:
        self._taken_s = 0.0

    async def make(self, system: System) -> None:
        """Copy the database while it is in use."""
        await _sqlite(system, f".backup {_copy(system)}")
        self._taken_s = time.monotonic()

    async def put_back(self, system: System) -> None:
        """Put the copy back when it is a minute old, and see the minute come back by itself."""
        await asyncio.sleep(max(0.0, self._taken_s + OLDER_S - time.monotonic()))
        note_downs(system)  # the older copy knows nothing of the last minute
        ingest = system.demo.process("ingest")
        before = _count(system)
        await ingest.stop()
        older_s = time.monotonic() - self._taken_s
        await _sqlite(system, f".restore {_copy(system)}")
        lost = before - _count(system)
        await ingest.start()
        await same(system, RESTORED, f"; {lost} had gone with the {older_s:.0f} s")


async def _sqlite(system: System, command: str) -> None:
    file = str(databases.series(system.demo.plan))
    await oneshot.run("sqlite3", file, ".timeout 5000", command)


def _copy(system: System) -> Path:
    return system.demo.plan.folder / "series-older.db"


def note_downs(system: System) -> None:
    """Remember which points were called down without having been cut off then."""
    for point_id, began_ms in databases.downs(system.demo.plan, system.started_ms):
        cut = system.cuts.get(point_id)
        if cut is None or not cut.covers(began_ms):
            system.wrongly_down.add(point_id)


def record_downs(system: System) -> None:
    """Record whether any point was called down that had not been cut off."""
    note_downs(system)
    wrong = ", ".join(sorted(system.wrongly_down))
    system.facts.hold(NOT_DOWN, not wrong, wrong or "none", "none")


def _count(system: System) -> int:
    rows = databases.query(databases.series(system.demo.plan), "SELECT count(*) FROM report")
    return int(str(rows[0][0]))
