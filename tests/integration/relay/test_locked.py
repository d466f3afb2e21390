"""A locked meeting at a real relay: latecomers wait outside, who was in comes back unasked."""

import msgspec
import pytest

from contracts.relay import LOCKED
from media.client.uplink import LOCKED_PAUSE_S
from tests.fakes.relay import CHAIR, B, C, machine_address, meeting, start_relay
from tests.fakes.webrtc import Player
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    machine_address() is None, reason="not checked: no address that a browser would use"
)


async def test_latecomers_wait_are_told_of_and_come_in_when_admitted(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        early = Player()
        await early.join(relay, B)
        await centre.hears(lambda: "joined" in centre.kinds())

        locked = msgspec.structs.replace(meeting(generation=2), admitted=(CHAIR,))
        await centre.declare(locked)

        async def answer(point):
            return await relay.offer("play", "", point=point)

        async def is_locked_for(point):
            return LOCKED in (await answer(point)).text

        await until(lambda: is_locked_for(C), 10)
        refused = await answer(C)
        assert refused.status_code == 403
        assert "đang chờ chủ trì cho vào" in refused.json()["error"]["message_vi"]
        # An empty offer is malformed: whoever hears that was not kept outside.
        for point in (CHAIR, B):
            assert (await answer(point)).json()["error"]["code"] == "offer_malformed"
        await until(
            lambda: (
                centre.meeting_state()
                and [one.subject for one in centre.meeting_state().outside] == [C]
            )
        )
        assert len(centre.meeting_state().attendees) == 1  # nobody had to go

        admitted = msgspec.structs.replace(meeting(generation=3), admitted=(CHAIR, C))
        await centre.declare(admitted)
        late = Player()

        async def comes_in():
            return not await is_locked_for(C)

        await until(comes_in, LOCKED_PAUSE_S[1])
        await late.join(relay, C)
        await until(
            lambda: (
                {one.subject for one in centre.meeting_state().attendees} == {B, C}
                and not centre.meeting_state().outside
            )
        )
        await early.close()
        await late.close()
