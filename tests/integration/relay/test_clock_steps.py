"""The wall clock of a running relay is set ahead, and back: no meeting ends by that."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from media.relay.announcer import Announcer
from media.relay.meetings import MeetingRegistry
from media.relay.store import MeetingStore
from media.sfu.engine import EngineSettings, RelayEngine
from runtime.clock import Clock
from runtime.kernel_clock import KernelTime
from tests.fakes.raw_peer import RawPeer
from tests.fakes.relay import RELAY, SDP, meeting, start_relay
from tests.fakes.wrong_clock import needs_faketime, stepping_clock
from tests.waiting import until

HOUR = timedelta(hours=1)


def off(state, before):
    is_new = state.reported_at != before
    return abs(state.reported_at - datetime.now(UTC)) if is_new else timedelta()


async def join(relay, peer: RawPeer, subject: str) -> int:
    token = relay.token(subject, "play", valid_s=86_400)
    headers = {"Authorization": token, "Content-Type": SDP}
    async with relay.client() as client:
        answer = await client.post("/whep/m1", content=peer.offer().encode(), headers=headers)
    if answer.status_code == 201:
        await peer.connect(answer.text)
    return int(answer.status_code)


@needs_faketime
@pytest.mark.parametrize(("step", "status"), [("+7h", 201), ("+4200d", 401), ("-7h", 201)])
async def test_a_step_of_the_clock_ends_and_forgets_no_meeting(tmp_path, step, status):
    offset = tmp_path / "offset"
    offset.write_text("+0")
    async with start_relay(tmp_path, is_started=False) as relay:
        relay.environment = stepping_clock(offset)
        await relay.start()
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: centre.meeting_state() is not None)
        viewer, later, last = (RawPeer(relay.address) for _ in range(3))
        assert await join(relay, viewer, "viewer") == 201
        offset.write_text(step)
        for _ in range(2):  # by then it has looked at its meetings, too
            before = centre.state.reported_at
            await centre.hears(lambda before=before: off(centre.state, before) > HOUR)
        # A token of yesterday is none in eleven years; the meeting is not what is over.
        assert await join(relay, later, "later") == status
        offset.write_text("+0")
        assert await join(relay, last, "last") == 201
        assert (tmp_path / "data" / "meetings" / "m1.json").exists()
        answered = viewer.answered
        viewer.check()
        await until(lambda: viewer.answered > answered, 10, "the session is still there")
        assert "ended" not in centre.kinds() and centre.meeting_state().is_forwarding
        await centre.declare(meeting(generation=2, has_ended=True))
        await centre.hears(lambda: "ended" in centre.kinds())
        for peer in (viewer, later, last):
            await peer.close()


@pytest.mark.parametrize("back", [HOUR, timedelta(days=365)])
async def test_set_back_for_long_a_meeting_that_is_on_goes_on(tmp_path, back):
    now, passed, off = datetime.now(UTC), timedelta(), timedelta()
    clock = Clock(
        wall=lambda: (now + passed - off).timestamp(),
        boottime=lambda: passed.total_seconds(),
        kernel=lambda: KernelTime(True, timedelta()),
    )
    engine = RelayEngine(EngineSettings(host="127.0.0.1", port=0, candidates=("127.0.0.1",)))
    engine.open()
    book = MeetingRegistry(engine, clock, MeetingStore(tmp_path), Announcer(RELAY, clock))
    # The centre has written nothing since the day before yesterday: nobody is given the floor.
    written = {"issued_at": now - 48 * HOUR}
    book.adopt(msgspec.structs.replace(meeting(begins_at=now - HOUR / 2), **written))
    (found,) = book.meetings
    off = back
    for _ in range(60):
        passed += timedelta(minutes=1)
        await book._follow(found)
        assert found.is_forwarding and not found.is_over, passed
    await engine.close()
