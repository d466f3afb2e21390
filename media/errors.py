"""Errors of the media package.

MediaError
├── MalformedPacket          bytes that are no STUN, RTP, RTCP or VP8 of the expected form
├── MalformedSdp             text that is no session description
├── OfferRefused             a session description that cannot be served, with the reason
├── HandshakeFailed          DTLS did not come up
├── PacketNotProtected       libsrtp would not encrypt a packet
├── AccessRefused            a request at the relay's HTTPS door that is not allowed
├── RelayRefused             the same, as the client sees it
├── RelayUnreachable         a relay that did not answer in time
├── BrokenRecording          a file that is no recording of ours, or ends before it begins
├── DiskBusy                 more waits for a disk than may
└── MeetingOver              the relay says that the meeting has ended
"""


class MediaError(Exception):
    """Base of every error raised in media."""


class MalformedPacket(MediaError):
    """Bytes that do not decode."""

    def __init__(self, protocol: str, reason: str) -> None:
        self.protocol = protocol
        self.reason = reason
        super().__init__(f"not a valid {protocol} packet: {reason}")


class MalformedSdp(MediaError):
    """Text that is no session description; `reason` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OfferRefused(MediaError):
    """An offer that is well-formed and cannot be served; `reason` says why, `status` is HTTP's.

    `reason_vi`: the same in Vietnamese where a person may be told; empty: nobody but clients.
    """

    def __init__(self, reason: str, *, status: int = 422, reason_vi: str = "") -> None:
        self.status = status
        self.reason = reason
        self.reason_vi = reason_vi
        super().__init__(reason)


class HandshakeFailed(MediaError):
    """DTLS with a peer did not come up."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"DTLS handshake failed: {reason}")


class PacketNotProtected(MediaError):
    """A packet that libsrtp would not encrypt, e.g. older than its window."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"libsrtp answered {status}")


class AccessRefused(MediaError):
    """A request that is not allowed, in both languages; `status` is HTTP's."""

    def __init__(self, status: int, code: str, message_vi: str, message_en: str) -> None:
        self.status = status
        self.code = code
        self.message_vi = message_vi
        self.message_en = message_en
        super().__init__(message_en)


class RelayRefused(MediaError):
    """What a relay answered instead of what was asked; `status` is HTTP's."""

    def __init__(self, status: int, code: str, message: str, message_vi: str = "") -> None:
        self.status = status
        self.code = code
        self.message = message
        self.message_vi = message_vi
        super().__init__(f"the relay answered {status} {code}: {message}")


class RelayUnreachable(MediaError):
    """A relay that did not answer in time, or not in a way that can be trusted.

    `is_silent`: nothing answered in all the time that was given; `has_no_way`: nothing could be
    asked. Both as where a line is away.
    """

    def __init__(
        self,
        host: str,
        port: int,
        reason: str,
        *,
        is_silent: bool = False,
        has_no_way: bool = False,
    ) -> None:
        self.host = host
        self.port = port
        self.reason = reason
        self.is_silent = is_silent
        self.has_no_way = has_no_way
        super().__init__(f"no answer from the relay at {host}:{port}: {reason}")


class MeetingOver(MediaError):
    """The relay says that the meeting has ended; nothing is tried again."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the meeting is over: {reason}")


class BrokenRecording(MediaError):
    """A file that is no recording of ours, or ends before it begins."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a recording that can be read: {reason}")


class DiskBusy(MediaError):
    """So many acts wait for a disk already that no further one may."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"{most} acts wait for the disk already")
