"""Whose stream a publisher's SSRC is: by mid, rid or payload type (RFC 8843, 9.2; RFC 8852).

An encoding has one SSRC at a time: a new one that names it takes the place of the last. A
stream that repairs another (repaired-rid) was not agreed on and takes nobody's place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from media.wire.rtp import RtpPacket

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class RouteIds:
    """The ids that the header extensions have in a publisher's packets."""

    mid: int | None = None
    rid: int | None = None
    repaired_rid: int | None = None


@dataclass(frozen=True, slots=True)
class SentLine(Generic[E]):
    """An m-line that is sent: its encodings by rid; one that is alone needs none."""

    payload_type: int
    encodings: Mapping[str, E]

    def find(self, rid: str) -> E | None:
        """Return the encoding of this rid."""
        if len(self.encodings) == 1:
            return next(iter(self.encodings.values()))
        return self.encodings.get(rid)


class StreamRoutes(Generic[E]):
    """The SSRCs of one publisher: at most as many as it has encodings."""

    def __init__(self, lines: Mapping[str, SentLine[E]], ids: RouteIds) -> None:
        self._lines = lines
        self._ids = ids
        self._known: dict[int, tuple[E, int]] = {}

    def learn(self, ssrc: int, encoding: E, payload_type: int) -> None:
        """Note the SSRC that an encoding has from now on."""
        self._known = {s: entry for s, entry in self._known.items() if entry[0] is not encoding}
        self._known[ssrc] = (encoding, payload_type)

    def find(self, packet: RtpPacket) -> E | None:
        """Return the encoding that a packet is of."""
        found = self._known.get(packet.ssrc)
        if found is None:
            return self._place(packet)
        return found[0] if found[1] == packet.payload_type else None

    def owner(self, ssrc: int) -> E | None:
        """Return the encoding that has an SSRC."""
        found = self._known.get(ssrc)
        return found[0] if found else None

    def _place(self, packet: RtpPacket) -> E | None:
        line = self._line(packet)
        if line is None or self._ids.repaired_rid in packet.extensions:
            return None
        encoding = line.find(_text(packet, self._ids.rid))
        if encoding is not None:
            self.learn(packet.ssrc, encoding, line.payload_type)
        return encoding

    def _line(self, packet: RtpPacket) -> SentLine[E] | None:
        fitting = [one for one in self._lines.values() if one.payload_type == packet.payload_type]
        named = self._lines.get(_text(packet, self._ids.mid))
        if named is not None:
            return named if named in fitting else None
        return fitting[0] if len(fitting) == 1 else None


def _text(packet: RtpPacket, extension_id: int | None) -> str:
    if extension_id is None:
        return ""
    return packet.extensions.get(extension_id, b"").decode("ascii", "replace")
