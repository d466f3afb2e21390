"""The shell round the charged way out: who is told, who is asked, what is kept over a restart."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.health.uplink import UplinkWatch
from contracts.desired import Policy
from contracts.ids import PointId
from contracts.uplink import Beat
from runtime.clock import Clock
from runtime.kernel_clock import KernelTime
from tests.waiting import until

HEAD = "Inter-|   Receive\n face |bytes\n"
LINE = "  {name}: {rx} 10 0 0 0 0 0 0 {tx} 10 0 0 0 0 0 0\n"


@dataclasses.dataclass
class FakeBus:
    """What the session with the broker is to it."""

    is_connected: bool = True
    wire_bytes_total: int = 0
    sent: list[Any] = dataclasses.field(default_factory=list)
    begun_anew: list[str] = dataclasses.field(default_factory=list)

    async def publish(self, topic, message):
        self.sent.append((topic.name, message))

    def begin_anew(self, reason):
        self.begun_anew.append(reason)


class Told:
    """A point in a folder of its own; `way`, `room`, `policy` are changed at will."""

    def __init__(self, folder):
        self.folder = folder
        self.bus, self.news = FakeBus(), 0
        self.way, self.room, self.sent_at_s = "wwan0", "idle", float("-inf")
        self.policy = policy(beat_interval_s=20)
        (folder / "proc/net").mkdir(parents=True)
        self.count(wwan0=(1000, 500))

    def count(self, **counters):
        lines = (LINE.format(name=name, rx=rx, tx=tx) for name, (rx, tx) in counters.items())
        (self.folder / "proc/net/dev").write_text(HEAD + "".join(lines))
        (self.folder / "proc/net/route").write_text("Iface\n")
        for name in counters:
            entry = self.folder / "sys/class/net" / name
            (entry / "device").mkdir(parents=True, exist_ok=True)
            (entry / "ifindex").write_text("3\n")
            (entry / "carrier").write_text("1\n")

    def _noted(self):
        self.news += 1

    def uplink(self):
        return UplinkWatch(
            point_id=PointId("p1"),
            file=self.folder / "uplink.json",
            proc=self.folder / "proc",
            sys=self.folder / "sys",
            clock=Clock(kernel=lambda: KernelTime(True, timedelta(milliseconds=1))),
            bus=self.bus,
            spenders=(self.bus,),
            way=lambda: self.way,
            policy=lambda: self.policy,
            room=lambda: self.room,
            sent_at_s=lambda: self.sent_at_s,
            news=self._noted,
        )


def policy(**said):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return Policy(leader_epoch=1, generation=1, issued_at=now, **said)


@pytest.fixture
def told(tmp_path):
    return Told(tmp_path)


async def run_until(uplink, condition):
    task = asyncio.create_task(uplink.run())
    try:
        await until(condition, 10)
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_charged_line_beats_and_its_session_is_made_quieter_once(told):
    uplink = told.uplink()
    await run_until(uplink, lambda: told.bus.sent)
    [(topic, beat)] = told.bus.sent
    assert topic == "dc/point/p1/beat"
    assert isinstance(beat, Beat) and beat.monotonic_ms > 0
    assert len(told.bus.begun_anew) == 1
    assert uplink.keepalive_s() == 180


async def test_what_was_sent_just_now_needs_no_beat_and_a_centre_of_before_gets_none(told):
    told.policy = policy()
    uplink = told.uplink()
    await run_until(uplink, lambda: uplink.section() is not None)
    assert (uplink.is_charged, uplink.is_thrifty) == (True, False)
    assert (told.bus.sent, told.bus.begun_anew) == ([], [])
    assert uplink.keepalive_s() == 60
    assert uplink.interval_s(10) == 10


async def test_what_was_used_is_known_over_a_restart_and_compared_with_the_budget(told):
    told.policy = policy(beat_interval_s=20, budget_bytes=2_000_000, month_day=9)
    first = told.uplink()
    await run_until(first, lambda: first.section() is not None)
    told.bus.wire_bytes_total = 300
    told.count(wwan0=(5000, 1500))
    second = told.uplink()
    await run_until(second, lambda: second.section() and second.section().interface_bytes)
    section = second.section()
    assert (section.interface_bytes, section.own_bytes) == (5000, 300)
    assert (section.interface, section.budget_bytes) == ("wwan0", 2_000_000)
    assert section.month_began_at.astimezone().day in (8, 9)


async def test_a_fixed_line_says_nothing_until_something_was_charged(told):
    told.way = "enp1s0"
    told.count(enp1s0=(10, 10))
    uplink = told.uplink()
    assert (uplink.is_charged, uplink.section()) == (False, None)
    await run_until(uplink, lambda: (told.folder / "uplink.json").exists())
    assert (uplink.section(), told.bus.sent) == (None, [])
    # It was the way out of late: a stick that takes over is the second line.
    told.way = "enx0011"
    assert told.uplink().is_charged


async def test_news_are_told_at_once_and_a_line_that_flaps_does_not_flood(told):
    uplink = told.uplink()
    task = asyncio.create_task(uplink.run())
    await until(lambda: told.bus.sent, 10)
    assert told.news == 0
    told.room = "in_meeting"
    await until(lambda: told.news == 1, 10)
    task.cancel()
    await asyncio.wait({task})
    for turn in range(40):
        told.bus.is_connected = bool(turn % 2)
        uplink._look()
    assert 5 <= told.news <= 8


def test_a_damaged_count_is_begun_anew(told):
    (told.folder / "uplink.json").write_bytes(b"\xff{")
    assert told.uplink().section() is None
