"""Rehearsals of real rooms at a real relay: whole, cut, refused, and beaten by a meeting."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from contracts import codec
from contracts.desired import RelayAddress, RelayMeeting
from contracts.ids import MeetingId
from contracts.rehearsal import Rehearsal, RehearsalBody
from runtime import atomic
from tests.fakes.relay import CHAIR, RELAY, B, C, RelayProcess, meeting, start_relay
from tests.fakes.rooms import Room, start_rooms
from tests.fakes.rtsp import has_rtsp
from tests.fakes.sound_server import HAS_SOUND_SERVER, start_sound_server
from tests.integration.room.test_cameras import is_given
from tests.waiting import until

ID = "8c41d0e97ab2653f"


def echo(meeting_id: str = f"rehearsal-{ID}") -> RelayMeeting:
    """Return the relay's side of it."""
    return msgspec.structs.replace(meeting(meeting_id), is_echo=True)


def rehearsal(
    relay: RelayProcess, *, begins_in_s: float = 1.0, announce_s: int = 1, url="", **said
):
    """Return a point's side of it."""
    now = datetime.now(UTC)
    begins_at = now + timedelta(seconds=begins_in_s)
    usual: dict[str, Any] = {
        "rehearsal_id": ID,
        "meeting_id": MeetingId(f"rehearsal-{ID}"),
        "relay": RelayAddress(relay_id=RELAY, url=url or relay.url),
        "title": "Giao ban công tác tháng 11",
        "begins_at": begins_at,
        "expires_at": begins_at + timedelta(seconds=30),
        "announce_s": announce_s,
        "duration_s": 10,
    }
    return Rehearsal(leader_epoch=1, generation=1, issued_at=now, **(usual | said))


def give(room: Room, document: Rehearsal) -> None:
    """Put it on a room's disk, as its health agent would."""
    atomic.write_bytes(room.folder / "desired/rehearsal.json", codec.encode(document))


def answers(room: Room) -> list[RehearsalBody]:
    """Return what it has reported; the outbox is made with the first report."""
    with sqlite3.connect(room.folder / "outbox.db") as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'report'").fetchall():
            return []
    return [r.body for r in room.reports() if isinstance(r.body, RehearsalBody)]


async def answer(room: Room, timeout_s: float = 40) -> RehearsalBody:
    """Return its answer, once it is there."""
    await until(lambda: bool(answers(room)), timeout_s, f"{room.point} answers")
    (found,) = answers(room)
    return found


def notice(room: Room) -> dict[str, Any]:
    """Return what its screen says of a rehearsal; empty: nothing."""
    return room.event()["screen"]["rehearsal"] or {}


def refused(room: Room, rehearsal_id: str) -> int:
    """Press the key at the screen; return the status."""
    url = f"http://127.0.0.1:{room.port}/api/rehearsal"
    return httpx.post(url, json={"rehearsal_id": rehearsal_id, "said": "refuse"}).status_code


async def test_two_rooms_try_themselves_and_one_is_refused_by_who_is_there(tmp_path):
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        await relay.centre.declare(echo())
        document = rehearsal(relay, begins_in_s=3, announce_s=3)
        for room in rooms.rooms:
            give(room, document)
        await until(lambda: notice(rooms.c), 10, "it is announced")
        said = notice(rooms.c)
        assert (said["rehearsal_id"], said["is_on"]) == (ID, False)
        assert "Giao ban công tác tháng 11" in said["text"] and "một tiếng thử" in said["text"]
        assert refused(rooms.c, "0" * 16) == 409
        assert refused(rooms.c, ID) == 204
        put_off = await answer(rooms.c)
        assert (put_off.outcome, put_off.began_at, put_off.checks) == ("refused", None, ())
        assert notice(rooms.c) == {}

        await until(lambda: notice(rooms.b).get("is_on"), 20, "it is on")
        state = rooms.b.state()
        assert state["meeting"] is None and rooms.b.event()["filled"] == []
        for room in (rooms.chair, rooms.b):
            body = await answer(room)
            found = {one.what: (one.found, one.cause) for one in body.checks}
            assert body.outcome == "done" and body.rehearsal_id == ID
            _, slow = found.pop("line")
            assert slow in ("", "round_trip", "jitter"), "as busy as this machine is"
            assert found == {
                "camera": ("passed", ""),
                "microphone": ("passed", ""),
                "loudspeaker": ("not_tried", "cannot_tell"),
            }, body
            assert body.began_at is not None and 10 <= body.lasted_s < 14
            line = body.line
            assert line.loss_ratio < 0.01 and line.rtt_ms is not None
            assert 0.8 < line.came_back_bps / line.sent_bps < 1.2
        await until(lambda: not notice(rooms.b), 5, "the screen says nothing of it any more")
        assert [r for r in rooms.c.reports() if not isinstance(r.body, RehearsalBody)] == []
        kept = [p for p in rooms.b.folder.rglob("*") if p.is_file() and p.stat().st_size > 100_000]
        assert not [p for p in kept if not p.name.startswith("outbox.db")], "nothing is kept"
        assert relay.centre.meeting_state(f"rehearsal-{ID}") is None

        # A process that is started anew makes none again.
        rooms.b.kill()
        rooms.b.start()
        await until(rooms.b.state, 30)
        await until(lambda: rooms.b.event()["screen"]["kind"] == "idle")
        assert len(answers(rooms.b)) == 1 and not notice(rooms.b)


async def test_a_cut_line_and_a_relay_that_is_not_there_are_told(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B)) as rooms,
    ):
        await relay.centre.declare(echo())
        away = rehearsal(relay, url="https://127.0.0.1:9")
        give(rooms.chair, rehearsal(relay))
        give(rooms.b, away)
        await until(lambda: notice(rooms.chair).get("is_on"), 20)
        await until(lambda: _flows(relay), 20, "its media flow")
        relay.kill()
        cut, unreached = await answer(rooms.chair), await answer(rooms.b)
        line = next(one for one in cut.checks if one.what == "line")
        assert (cut.outcome, line.found, line.cause) == ("done", "failed", "cut")
        assert (unreached.outcome, unreached.checks, unreached.began_at) == (
            "not_reached",
            (),
            None,
        )
        assert unreached.problem


async def _flows(relay: RelayProcess) -> bool:
    async with relay.client() as client:
        return 'direction="play",stream="stage"' in (await client.get("/metrics")).text


async def test_a_meeting_beats_it_at_once_also_when_it_begins_meanwhile(tmp_path):
    async with (
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B, C)) as rooms,
    ):
        await relay.centre.declare(echo())
        give(rooms.b, rehearsal(relay))
        await until(lambda: notice(rooms.b).get("is_on"), 20)
        await until(lambda: _flows(relay), 20, "its media flow")
        await rooms.declare(meeting(begins_in_s=-1))
        body = await answer(rooms.b, 10)
        assert (body.outcome, body.checks) == ("in_meeting", ())
        assert body.began_at is not None, "it had begun"
        await until(lambda: rooms.b.shown("stage") == 1, 20, "the room is in its meeting")
        give(rooms.c, rehearsal(relay))
        assert (await answer(rooms.c, 10)).outcome == "in_meeting"
        assert rooms.c.meeting()["meeting_id"] == "m1"


@pytest.mark.parametrize("sound", ["silent"])
async def test_a_silent_microphone_and_a_document_that_came_too_late_are_told(tmp_path, sound):
    async with start_relay(tmp_path) as relay:
        async with start_rooms(tmp_path, relay, points=(CHAIR, B), is_started=False) as rooms:
            config = rooms.chair.config.read_text()
            rooms.chair.config.write_text(
                config.replace('kind = "synthetic"', f'kind = "synthetic"\nsound = "{sound}"')
            )
            await rooms.start()
            await relay.centre.declare(echo())
            give(rooms.chair, rehearsal(relay, plays_sound=False))
            give(rooms.b, rehearsal(relay, begins_in_s=-300))
            assert (await answer(rooms.b, 10)).outcome == "too_late"
            found = {one.what: one for one in (await answer(rooms.chair)).checks}
            assert (found["microphone"].found, found["microphone"].cause) == ("failed", "silent")
            assert found["loudspeaker"].cause == "sound_not_allowed"
            assert found["camera"].found == "passed"


@pytest.mark.skipif(not (has_rtsp() and HAS_SOUND_SERVER), reason="no GStreamer or PulseAudio")
async def test_a_room_without_a_browser_hears_its_own_loudspeaker_or_is_left_quiet(tmp_path):
    """The chair's microphone stands beside its loudspeaker; B's loudspeaker is out of hearing."""
    async with (
        start_sound_server(tmp_path) as sound,
        start_relay(tmp_path) as relay,
        start_rooms(tmp_path, relay, points=(CHAIR, B, C), is_started=False) as rooms,
    ):
        sound.add_sink("far")
        for room in rooms.rooms:
            is_given(room, 'kind = "none"', 'kind = "pulse"\ndevice = "mic"')
            device = "far" if room is rooms.b else "tv"
            with room.config.open("a") as config:
                config.write(f'[speaker]\nkind = "pulse"\ndevice = "{device}"\n')
                if room is rooms.c:
                    config.write("[rehearsal]\nplays_sound = false\n")
            room.environment = dict(sound.environment)
        await rooms.start()
        await relay.centre.declare(echo())
        for room in (rooms.b, rooms.c):
            give(room, rehearsal(relay))
        assert await _loudspeaker(rooms.c) == ("not_tried", "sound_not_allowed")
        assert await _loudspeaker(rooms.b) == ("failed", "not_heard")
        give(rooms.chair, rehearsal(relay))
        assert await _loudspeaker(rooms.chair) == ("passed", "")


async def _loudspeaker(room: Room) -> tuple[str, str]:
    body = await answer(room)
    assert body.outcome == "done", body
    return next((one.found, one.cause) for one in body.checks if one.what == "loudspeaker")
