"""A room whose only line is cut, and comes back."""

import subprocess

import pytest

from contracts.floor import FloorState
from tests.fakes.namespace import a_machine
from tests.fakes.relay import CHAIR, B, meeting, start_relay
from tests.fakes.rooms import now_ms, start_rooms
from tests.waiting import until

pytestmark = [pytest.mark.namespace, pytest.mark.alone]


def set_line(machine, state):
    subprocess.run(["ip", "link", "set", machine.host_interface, state], check=True)


CUT_S = 5


async def test_pictures_and_sound_are_back_soon_after_the_line(tmp_path, monkeypatch):
    with a_machine() as machine:
        monkeypatch.setattr("tests.fakes.relay.machine_address", lambda: machine.host)
        async with (
            start_relay(tmp_path) as relay,
            start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms,
        ):
            rooms.b.prefix = machine.prefix
            await rooms.start()
            await rooms.declare(meeting(begins_in_s=-1, floor=FloorState(epoch=1, holders=(B,))))
            await until(lambda: rooms.b.shown("stage") == 1, 15)
            await until(lambda: rooms.b.heard() == {1}, 15)
            set_line(machine, "down")
            cut_ms = now_ms()
            await until(lambda: now_ms() - cut_ms >= CUT_S * 1000, CUT_S + 5)
            suspected = rooms.b.meeting()["play"]["state"]
            set_line(machine, "up")
            back_ms = now_ms()
            await until(lambda: rooms.b.video("stage")["silent_ms"] < 500, 15)
            assert rooms.b.video("stage")["gap_max_ms"] < CUT_S * 1000 + 4_000
            await until(lambda: last_heard_ms(rooms.b) > back_ms, 10)
            first_ms = first_heard_after(rooms.b, back_ms)
            assert first_ms - back_ms < 4_000
            assert suspected == "suspect"
            assert rooms.chair.meeting()["play"]["negotiations"] == 1


def last_heard_ms(room):
    return max(span["last_ms"] for span in room.meeting()["heard"])


def first_heard_after(room, moment_ms):
    """Return when sound was heard again: the pause made a new span of it."""
    return min(span["first_ms"] for span in room.meeting()["heard"] if span["first_ms"] > moment_ms)
