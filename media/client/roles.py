"""The two ways a point uses an uplink: it sends its source, and it receives the slots."""

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.steering import FloorWord
from media.client.media_source import MediaSource
from media.client.playback import Playback
from media.errors import MalformedPacket
from media.transport.leg import Leg
from media.wire import floor_told, rtcp
from media.wire.sdp import SessionDescription
from media.wire.sdp_offer import (
    Own,
    agreed_video,
    incoming_of,
    playing,
    publishing,
    takes_levels,
    takes_numbers,
)


class Publishing:
    """Sends a source through whatever leg is up."""

    def __init__(self, source: MediaSource, cname: str) -> None:
        self._source = source
        self._cname = cname

    def offer(self, own: Own) -> SessionDescription:
        """Return the offer of the source's picture and sound."""
        return publishing(
            own,
            video_ssrc=self._source.video_ssrc,
            small_ssrc=self._source.small_ssrc,
            sound_ssrc=self._source.sound_ssrc,
            cname=self._cname,
            video_codecs=self._source.video_codecs,
        )

    def opened(self, leg: Leg, answer: SessionDescription) -> None:
        """Send nothing before keys are up, and then what was agreed on."""
        codec = agreed_video(answer)
        if codec is not None:
            self._source.agree(codec)
        self._source.attach(None)
        self._source.says_levels = takes_levels(answer)
        self._source.is_numbered = takes_numbers(answer)

    def up(self, leg: Leg) -> None:
        """Send into this leg."""
        self._source.attach(leg)

    def lost(self, leg: Leg) -> None:
        """Stop sending, unless another leg has taken over."""
        if self._source.leg is leg:
            self._source.attach(None)

    def moved(self, is_sure: bool) -> None:
        """Send as before: it comes from there already."""
        if is_sure:
            self._source.rate.estimate.moved()

    def take_rtp(self, packet: bytes) -> None:
        """Drop it: who publishes was promised no media."""
        del packet

    def take_rtcp_bytes(self, compound: bytes) -> None:
        """Answer keyframe requests and NACKs."""
        try:
            self._source.take_rtcp(rtcp.parse(compound))
        except MalformedPacket:
            return  # one bad report costs nothing but itself


class Playing:
    """Receives the slots through whatever leg is up.

    Args:
        down_bps: what its line was measured to carry; None: nobody knows.
    """

    def __init__(self, playback: Playback, *, down_bps: int | None = None) -> None:
        self.floor_word: FloorWord | None = None  # the relay's newest
        self._playback = playback
        self._down_bps = down_bps

    def offer(self, own: Own) -> SessionDescription:
        """Return the offer to receive every slot."""
        return playing(own, down_bps=self._down_bps, opens_red=True)

    def opened(self, leg: Leg, answer: SessionDescription) -> None:
        """Expect the streams of this session."""
        self._playback.renew(incoming_of(answer))

    def up(self, leg: Leg) -> None:
        """Ask through this leg."""
        self._playback.send_rtcp = leg.send_rtcp

    def lost(self, leg: Leg) -> None:
        """Ask nothing."""
        self._playback.send_rtcp = None

    def moved(self, is_sure: bool) -> None:
        """Report what arrived."""
        self._playback.report()

    def take_rtp(self, packet: bytes) -> None:
        """Take a packet of a slot."""
        self._playback.take_rtp(packet)

    def take_rtcp_bytes(self, compound: bytes) -> None:
        """Take the relay's reports, and its word on the floor."""
        try:
            self._playback.take_rtcp(rtcp.parse(compound))
            word = floor_told.read(compound)
            if word is not None:
                self._told(codec.decode(FloorWord, word))
        except (MalformedPacket, MalformedPayload):
            return  # one bad report costs nothing but itself

    def _told(self, word: FloorWord) -> None:
        """Keep the newest word, also when its session is lost."""
        if self.floor_word is None or word.floor_epoch >= self.floor_word.floor_epoch:
            self.floor_word = word
