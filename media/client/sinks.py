"""What takes media: a track can feed a screen, an uplink, a decoder or a recorder."""

from typing import Protocol

from media.client.codecs import Plane, Samples


class PacketSink(Protocol):
    """Takes every RTP packet of one track, decrypted, in the order in which they are made."""

    def __call__(self, packet: bytes) -> None:
        """Take a packet."""


class SlotSink(Protocol):
    """Takes every RTP packet that is received, by slot, as it came."""

    def __call__(self, slot: str, packet: bytes) -> None:
        """Take a packet."""


class Observer(Protocol):
    """Looks at what was decoded. What is shown or reported never waits for its judgement."""

    def picture(self, slot: str, luma: Plane, now_ms: int) -> None:
        """A picture was decoded."""

    def sound(self, slot: str, samples: Samples | None, now_ms: float) -> None:
        """A frame of sound was decoded; None: one is missing."""

    def emptied(self, slot: str, now_ms: int) -> None:
        """Nothing is forwarded into a slot any more, since a time."""


class Unobserved:
    """Looks at nothing."""

    def picture(self, slot: str, luma: Plane, now_ms: int) -> None:
        """Pass over it."""

    def sound(self, slot: str, samples: Samples | None, now_ms: float) -> None:
        """Pass over it."""

    def emptied(self, slot: str, now_ms: int) -> None:
        """Pass over it."""
