"""The two ways of a rehearsal: sending and receiving as in a meeting, with what is lost counted.

By the numbers that every packet of a transport has, so that what was sent again counts as lost.
"""

from agent.room.rehearsal.own_media import NumberedPackets
from media.client.media_source import MediaSource
from media.client.playback import Playback
from media.client.roles import Playing, Publishing
from media.errors import MalformedPacket
from media.transport.leg import Leg
from media.wire import rtcp, rtp, twcc
from media.wire.sdp import SessionDescription
from media.wire.sdp_offer import TRANSPORT_CC_ID


class CountedPublishing(Publishing):
    """Sends, and reads from the relay's feedback what has come there."""

    def __init__(self, source: MediaSource, cname: str) -> None:
        super().__init__(source, cname)
        self.packets = NumberedPackets()

    def take_rtcp_bytes(self, compound: bytes) -> None:
        """Answer the relay, and count."""
        super().take_rtcp_bytes(compound)
        try:
            for packet in rtcp.parse(compound):
                if isinstance(packet, rtcp.Feedback) and packet.fmt == rtcp.FMT_TRANSPORT_CC:
                    self._count(twcc.read(packet.fci))
        except MalformedPacket:
            return  # one bad report costs nothing but itself

    def _count(self, said: twcc.Arrivals) -> None:
        for step, arrived_ms in enumerate(said.arrivals_ms):
            self.packets.told((said.first + step) & 0xFFFF, has_come=arrived_ms is not None)


class CountedPlaying(Playing):
    """Receives, and counts by the numbers what has not come."""

    def __init__(self, playback: Playback, *, down_bps: int | None) -> None:
        super().__init__(playback, down_bps=down_bps)
        self.packets = NumberedPackets()

    def opened(self, leg: Leg, answer: SessionDescription) -> None:
        """Expect the streams of this session, which is numbered from anywhere."""
        super().opened(leg, answer)
        self.packets.renew()

    def take_rtp(self, packet: bytes) -> None:
        """Take a packet of a slot, and count it."""
        super().take_rtp(packet)
        try:
            number = rtp.parse(packet).extensions.get(TRANSPORT_CC_ID)
        except MalformedPacket:
            return
        if number is not None and len(number) == 2:
            self.packets.came(int.from_bytes(number))
