"""What a point offers the relay: a picture (two sizes) and a sound to send, or slots."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from media.errors import OfferRefused
from media.wire import audio_level
from media.wire.ice_credentials import Credentials
from media.wire.rtp import CLOCK_HZ, HEADER_SIZE, SOUND_CLOCK_HZ, VIDEO_CLOCK_HZ
from media.wire.sdp import (
    AUDIO_LEVEL,
    TRANSPORT_CC,
    Candidate,
    Codec,
    Fingerprint,
    Kind,
    Media,
    SessionDescription,
)
from media.wire.sdp import Ssrc as SsrcLine
from media.wire.sdp_answer import PAUSES
from media.wire.video_codec import (
    H264_PAYLOAD_TYPE,
    OPUS_PAYLOAD_TYPE,
    OWN_CODECS,
    VIDEO_CODECS,
    VP8_PAYLOAD_TYPE,
    CodecName,
)

VIDEO_SLOTS = 3
SOUND_SLOTS = 4
# Of what is sent and what is received: by these numbers it is known what a line carries.
TRANSPORT_CC_ID = 5
# They stand first in our headers, in each at the same place (RFC 8285, section 4.2).
NUMBER_AT = HEADER_SIZE + 4 + 1
# Of no line: what only shows what the uplink carries.
PADDING_PAYLOAD_TYPE = 127

_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc", PAUSES)
# What repairs a stream of each payload type (RFC 4588).
REPAIRS = {VP8_PAYLOAD_TYPE + 1: VP8_PAYLOAD_TYPE, H264_PAYLOAD_TYPE + 1: H264_PAYLOAD_TYPE}
_REPAIRS = tuple(
    Codec(number, "rtx", VIDEO_CLOCK_HZ, fmtp=f"apt={repaired}")
    for number, repaired in REPAIRS.items()
)
_CODECS: dict[CodecName, Codec] = {
    "VP8": Codec(VP8_PAYLOAD_TYPE, "VP8", VIDEO_CLOCK_HZ, feedback=_FEEDBACK),
    "H264": Codec(
        H264_PAYLOAD_TYPE,
        "H264",
        VIDEO_CLOCK_HZ,
        fmtp="level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        feedback=_FEEDBACK,
    ),
}
_OPUS = Codec(
    OPUS_PAYLOAD_TYPE,
    "opus",
    SOUND_CLOCK_HZ,
    2,
    fmtp="minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=24000",
    feedback=("transport-cc",),
)
# Sound with the one before in every packet (RFC 2198).
RED_PAYLOAD_TYPE = 63
_RED = Codec(
    RED_PAYLOAD_TYPE, "red", SOUND_CLOCK_HZ, 2, fmtp=f"{OPUS_PAYLOAD_TYPE}/{OPUS_PAYLOAD_TYPE}"
)
_NUMBERS = {TRANSPORT_CC_ID: TRANSPORT_CC}


@dataclass(frozen=True, slots=True)
class Own:
    """What is the same in every m-line of an offer."""

    ice: Credentials
    fingerprint: Fingerprint
    candidates: tuple[Candidate, ...]
    session_id: int


@dataclass(frozen=True, slots=True)
class Remote:
    """What an answer says about the way to the relay."""

    ice: Credentials
    fingerprints: tuple[Fingerprint, ...]
    addresses: tuple[tuple[str, int], ...]
    is_dtls_client: bool


@dataclass(frozen=True, slots=True)
class IncomingStream:
    """One slot of an answer: which stream fills it."""

    slot: str
    kind: Kind
    ssrc: int
    repair_ssrc: int | None = None


def publishing(
    own: Own,
    *,
    video_ssrc: int,
    small_ssrc: int,
    sound_ssrc: int,
    cname: str,
    video_codecs: Sequence[CodecName] = (VIDEO_CODECS[0],),
) -> SessionDescription:
    """Return the offer of a picture in both sizes and a sound; codecs in order of preference."""
    videos = tuple(_CODECS[name] for name in video_codecs)
    video = _section(own, "video", "0", videos, "sendonly", (SsrcLine(video_ssrc, cname),))
    sound = _section(own, "audio", "1", (_OPUS,), "sendonly", (SsrcLine(sound_ssrc, cname),))
    sound = replace(sound, extensions=_NUMBERS | {audio_level.EXTENSION_ID: AUDIO_LEVEL})
    small = _section(own, "video", "2", videos, "sendonly", (SsrcLine(small_ssrc, cname),))
    media = (video, sound, replace(small, msid="point small"))
    return SessionDescription(media, ("0", "1", "2"), session_id=own.session_id)


def playing(
    own: Own, *, down_bps: int | None = None, opens_red: bool = False
) -> SessionDescription:
    """Return the offer to receive every slot a point shows and plays.

    Args:
        down_bps: what the line is known to carry.
        opens_red: sound may have the one before in every packet.
    """
    videos = (*_CODECS.values(), *_REPAIRS)
    sounds = (_OPUS, _RED) if opens_red else (_OPUS,)
    kinds = ["video"] * VIDEO_SLOTS + ["audio"] * SOUND_SLOTS
    media = tuple(
        _section(own, kind, str(index), videos if kind == "video" else sounds, "recvonly", ())
        for index, kind in enumerate(kinds)
    )
    mids = tuple(m.mid for m in media)
    return SessionDescription(media, mids, session_id=own.session_id, bandwidth_bps=down_bps)


def takes_levels(answer: SessionDescription) -> bool:
    """Return whether sounds may say how loud they are."""
    return any(media.extension_id(AUDIO_LEVEL) for media in answer.media)


def takes_numbers(answer: SessionDescription) -> bool:
    """Return whether transport-wide numbers are reported on, under the id that was offered."""
    used = [media for media in answer.media if media.port != 0]
    return bool(used) and all(
        media.extension_id(TRANSPORT_CC) == TRANSPORT_CC_ID
        and any("transport-cc" in codec.feedback for codec in media.codecs)
        for media in used
    )


def _section(
    own: Own,
    kind: str,
    mid: str,
    codecs: tuple[Codec, ...],
    direction: str,
    ssrcs: tuple[SsrcLine, ...],
) -> Media:
    return Media(
        kind="video" if kind == "video" else "audio",
        mid=mid,
        direction="sendonly" if direction == "sendonly" else "recvonly",
        codecs=codecs,
        ice=own.ice,
        fingerprints=(own.fingerprint,),
        setup="actpass",
        candidates=own.candidates,
        has_all_candidates=True,
        msid=f"point {kind}" if ssrcs else "",
        ssrcs=ssrcs,
        has_rtcp_rsize=True,
        extensions=_NUMBERS,
    )


def remote_of(answer: SessionDescription) -> Remote:
    """Return the way to the relay.

    Raises:
        OfferRefused: the answer accepts nothing, or leaves out what is needed.
    """
    accepted = [media for media in answer.media if media.port != 0 and media.ice.ufrag]
    if not accepted:
        raise OfferRefused("The relay's answer accepts none of the streams.")
    first = accepted[0]
    if not first.fingerprints or not any(media.candidates for media in accepted):
        raise OfferRefused("The relay's answer names no address or no fingerprint.")
    found = [(c.host, c.port) for media in accepted for c in media.candidates]
    return Remote(
        first.ice,
        first.fingerprints,
        tuple(dict.fromkeys(found)),
        is_dtls_client=first.setup != "active",
    )


def agreed_video(answer: SessionDescription) -> CodecName | None:
    """Return the codec of the picture that the answer takes; None: it takes none."""
    return next(
        (
            OWN_CODECS.get(codec.payload_type)
            for media in answer.media
            if media.port != 0 and media.kind == "video"
            for codec in media.codecs[:1]
        ),
        None,
    )


def incoming_of(answer: SessionDescription) -> tuple[IncomingStream, ...]:
    """Return the slots the answer fills, by the stream ids of its m-lines."""
    return tuple(
        IncomingStream(
            media.msid.split()[0],
            media.kind,
            media.ssrcs[0].ssrc,
            dict(media.repairs).get(media.ssrcs[0].ssrc),
        )
        for media in answer.media
        if media.port != 0 and media.kind in CLOCK_HZ and media.msid.split() and media.ssrcs
    )
