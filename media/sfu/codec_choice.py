"""In which codec a meeting's pictures go: one that everybody who watches can decode.

Nothing is encoded anew at the relay, so a picture goes to all as its publisher made it.

    who publishes      sends the first of his codecs that everybody plays; else the base, which
                       whoever cannot play it has to leave for; else he is refused
    who plays          is refused where somebody publishes what he cannot play and could not
                       send another; who could is asked to come again, once the player is
                       connected, and then sends that

Players who are not connected count for nothing: whoever asks to play may never come.

A codec that somebody could not play is not used again in the same meeting: it would be a
gap in everybody's picture each time that he comes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from media.errors import OfferRefused
from media.wire.video_codec import BASE, VIDEO_CODECS, CodecName

P = TypeVar("P")

Played = Collection[CodecName]


@dataclass(frozen=True, slots=True)
class Sent(Generic[P]):
    """A publisher's picture: what it is sent in, and what it could be sent in."""

    publisher: P
    codec: CodecName
    offered: Sequence[CodecName]


@dataclass(slots=True)
class CodecChoice:
    """The choice of one meeting; `left_out` is what somebody could not play."""

    left_out: set[CodecName] = field(default_factory=set)

    def for_publisher(
        self, offered: Sequence[CodecName], players: Iterable[Played]
    ) -> CodecName | None:
        """Return what a picture is to be sent in; None: it has no codec that is carried at all.

        Raises:
            OfferRefused: 406, not everybody can play what is offered.
        """
        usable = self._usable(players)
        fitting = [name for name in offered if name in usable]
        if fitting:
            return fitting[0]
        if not offered:
            return None
        if BASE in offered:
            return BASE
        raise OfferRefused(
            f"Not everybody in this meeting can play {' or '.join(offered)}; {BASE} is needed.",
            status=406,
            reason_vi=f"Có người không xem được {' hay '.join(offered)}; cần {BASE}.",
        )

    def for_player(
        self, played: Played | None, sent: Iterable[Sent[P]], players: Iterable[Played]
    ) -> list[Sent[P]]:
        """Return the pictures that have to come anew, for somebody who plays only so much.

        Args:
            played: None: he has no pictures.

        Raises:
            OfferRefused: 406, something that is shown cannot be sent otherwise.
        """
        if played is None:
            return []
        unplayable = [one for one in sent if one.codec not in played]
        usable = self._usable([*players, played])
        for one in unplayable:
            if not any(name in usable for name in one.offered):
                raise OfferRefused(
                    f"This meeting's pictures are {one.codec}; the offer plays "
                    f"{' or '.join(played) or 'none of them'} only.",
                    status=406,
                    reason_vi=f"Hình của cuộc họp này là {one.codec}, thiết bị này không xem được.",
                )
        return unplayable

    def leave_out(self, unplayable: Iterable[Sent[P]]) -> None:
        """Use no more what somebody who is there cannot play."""
        self.left_out |= {one.codec for one in unplayable} - {BASE}

    def _usable(self, players: Iterable[Played]) -> set[CodecName]:
        usable = set(VIDEO_CODECS) - self.left_out
        for played in players:
            usable &= set(played)
        return usable
