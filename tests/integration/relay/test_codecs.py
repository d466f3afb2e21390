"""Somebody who plays little counts once he is there, and for nobody before."""

import secrets

from contracts.ids import RelayId
from media.relay.announcer import Announcer
from media.relay.meetings import MeetingRegistry
from media.relay.store import MeetingStore
from media.sfu.slots import Viewer
from media.transport.dtls import DtlsCertificate
from media.wire import sdp
from media.wire.ice_credentials import fresh_credentials
from media.wire.sdp_offer import Own, publishing
from runtime.clock import Clock
from tests.fakes.raw_peer import RawPeer
from tests.fakes.relay import meeting
from tests.integration.relay.test_same_address import HOST, an_engine
from tests.waiting import until


def published(engine, router, name):
    own = Own(fresh_credentials(secrets.token_bytes), DtlsCertificate().fingerprint, (), 1)
    offer = publishing(
        own,
        video_ssrc=1,
        small_ssrc=2,
        sound_ssrc=3,
        cname=name,
        video_codecs=("H264", "VP8"),
    )
    return engine.publish(router, Viewer(name), sdp.render(offer))[0]


async def test_a_player_of_vp8_alone_ends_no_picture_before_it_is_connected():
    async with an_engine() as (engine, router):
        camera = published(engine, router, "a")
        assert camera.video_codec == "H264"
        peer = RawPeer(HOST)  # plays VP8 alone
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        assert not camera.peer.is_closed
        assert published(engine, router, "b").video_codec == "H264"
        await peer.connect(answer)
        await until(lambda: session.is_connected)
        assert camera.peer.is_closed
        assert published(engine, router, "a").video_codec == "VP8"
        await peer.close()


class Told(Announcer):
    """Keeps what of whom the centre is told."""

    def __init__(self, clock):
        super().__init__(RelayId("relay-1"), clock)
        self.kinds = []

    def tell(self, meeting_id, kind, *, viewer=None, **facts):
        """Take an event down, and send it."""
        self.kinds.append((viewer and viewer.subject, kind))
        super().tell(meeting_id, kind, viewer=viewer, **facts)


async def test_who_asked_before_a_picture_came_that_it_cannot_play_is_told_so(tmp_path):
    async with an_engine() as (engine, _):
        clock = Clock()
        told = Told(clock)
        registry = MeetingRegistry(engine, clock, MeetingStore(tmp_path), told)
        registry.adopt(meeting())
        router = registry.meetings[0].router
        peer = RawPeer(HOST)
        session, answer = engine.play(router, Viewer("p"), peer.offer())
        camera = published(engine, router, "a")
        camera.offered_video = ("H264",)  # as of one that has no other
        await peer.connect(answer)
        await until(lambda: session.peer.is_closed)
        assert not camera.peer.is_closed
        assert [kind for subject, kind in told.kinds if subject == "p"] == [], "it never was there"
        await peer.close()
