"""A line that is cut is lost in just the minutes in which it was, by the room's own record."""

import os

import pytest

from contracts.floor import FloorState
from contracts.reports import MediaBody
from controller.ingest.heard_minutes import KeptMinutes, added, heard_of, minutes_of
from tests.fakes.namespace import a_machine
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import now_ms, start_rooms
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

CUT_S = int(os.environ.get("HEARD_CUT_S", "8"))  # 90: over two or three minutes of the clock
BACK_WITHIN_S, KNOWN_AFTER_S = 5.0, 1.0


def record(room) -> dict[int, tuple[float, float]]:
    """Return for each minute, by its number since 1970, of how much it tells and what was lost."""
    kept: KeptMinutes | None = None
    for report in room.reports():
        if isinstance(report.body, MediaBody):
            kept = added(kept, minutes_of(report.body.heard, report.measured_at))
    assert kept is not None
    return {
        int(at.timestamp()) // 60: (one.over_ms / 1000, (one.over_ms - one.heard_ms) / 1000)
        for at, one in heard_of(kept).items()
    }


def shared_s(minute: int, begins_ms: int, ends_ms: int) -> float:
    """Return how much of a minute some time takes."""
    begins, ends = max(60_000 * minute, begins_ms), min(60_000 * (minute + 1), ends_ms)
    return max(0, ends - begins) / 1000


async def test_a_cut_is_lost_in_its_own_minutes(tmp_path, monkeypatch):
    with a_machine() as machine:
        monkeypatch.setattr("tests.fakes.relay.machine_address", lambda: machine.host)
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            rooms.b.prefix = machine.prefix
            await rooms.start()
            await rooms.declare(meeting(begins_in_s=-1, floor=FloorState(epoch=1, holders=(B,))))
            await until(lambda: rooms.b.heard() == {1}, 30)
            joined_ms = now_ms()
            await until(lambda: now_ms() - joined_ms > 3_000, 10)
            before = record(rooms.b)
            machine.cut()
            cut_ms = now_ms()
            await until(lambda: now_ms() - cut_ms >= CUT_S * 1000, CUT_S + 5)
            machine.mend()
            back_ms = now_ms()
            await until(lambda: rooms.b.video("stage").get("silent_ms", 9e9) < 500, 20)
            heard_ms = now_ms()
            await until(lambda: now_ms() - heard_ms > 3_000, 10)
            assert rooms.b.stop() == 0, "its last report goes into the outbox as well"
            after = record(rooms.b)
    lost = {minute: own - before.get(minute, (0, 0))[1] for minute, (_, own) in after.items()}
    for minute, own_s in lost.items():
        cut_s = shared_s(minute, cut_ms, back_ms)
        slack_s = shared_s(minute, back_ms, back_ms + int(1000 * BACK_WITHIN_S))
        assert cut_s - KNOWN_AFTER_S <= own_s <= cut_s + slack_s + KNOWN_AFTER_S, (minute, lost)
    assert sum(own for _, own in after.values()) >= CUT_S - KNOWN_AFTER_S
    told_s = sum(over for over, _ in after.values())
    whole_s = (now_ms() - joined_ms) / 1000
    assert told_s > whole_s - 2, "nothing is passed over, the last seconds neither"
