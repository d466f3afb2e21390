"""Answers of the listening side to WHIP and WHEP offers (RFC 9725, RFC 8829).

VP8 or H.264, and Opus; one bundled transport; ICE-lite with host candidates. A player that
offers RTX gets by it what is sent again (RFC 4588); a publisher repeats the packet. A camera's
two sizes are two m-lines of one msid stream, the high one first; of simulcast within a line
one encoding is asked for (decision 170).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from media.errors import OfferRefused
from media.wire.codec_match import agreed_fmtp, carried, redundant, repairing
from media.wire.ice_credentials import Credentials
from media.wire.sdp import (
    AUDIO_LEVEL,
    MID,
    RID,
    TRANSPORT_CC,
    Candidate,
    Codec,
    Fingerprint,
    Kind,
    Media,
    SessionDescription,
    Setup,
    Ssrc,
    host_priority,
)
from media.wire.video_codec import VIDEO_CODECS, CodecName

MAX_MEDIA = 40  # three pictures, a grid of 25 and three sounds, with room to spare
MAX_CREDENTIAL_CHARS = 256  # RFC 8839, section 5.4: our checks carry the peer's
PAUSES = "ccm pause nowait"  # RFC 7728, section 9: a point's, no browser's
_FEEDBACK = {
    "video": ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"),
    "audio": ("transport-cc", "nack"),
}


@dataclass(frozen=True, slots=True)
class Transport:
    """This side's ICE and DTLS values for one session."""

    credentials: Credentials
    fingerprint: Fingerprint
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Bitrates a publisher is told, in bits per second."""

    video_start_bps: int = 1_500_000
    video_max_bps: int = 2_500_000
    small_max_bps: int = 100_000
    sound_max_bps: int = 24_000


@dataclass(frozen=True, slots=True)
class Line:
    """One accepted m-line: an incoming encoding of one codec, or the slot that an outgoing one
    carries, in whichever of its codecs comes.

    `is_small`: it is the second size of the camera whose high one another line has.
    """

    media: Media
    codecs: Mapping[CodecName, Codec]
    is_small: bool = False
    slot: str = ""
    ssrc: int = 0
    repairs: Mapping[CodecName, Codec] = field(default_factory=dict)
    repair_ssrc: int = 0
    redundant: Codec | None = None

    @property
    def codec(self) -> Codec:
        """The codec, or the first of them."""
        return next(iter(self.codecs.values()))

    @property
    def codec_name(self) -> CodecName:
        """Our name of `codec`."""
        return next(iter(self.codecs))

    @property
    def payload_types(self) -> dict[CodecName, int]:
        """The payload type of each codec."""
        return {name: codec.payload_type for name, codec in self.codecs.items()}

    @property
    def repair_types(self) -> dict[int, int]:
        """The payload type that repairs each of the codecs'."""
        pairs = ((self.codecs[name], repair) for name, repair in self.repairs.items())
        return {codec.payload_type: repair.payload_type for codec, repair in pairs}

    @property
    def transport_cc_id(self) -> int | None:
        """The extension of transport-wide numbers, where feedback on them was offered.

        One of 15 or above has no one-byte header.
        """
        number = self.media.extension_id(TRANSPORT_CC)
        is_fit = number is not None and 1 <= number <= 14
        return number if is_fit and "transport-cc" in self.codec.feedback else None


def check(offer: SessionDescription) -> Media:
    """Return the section that carries the bundle's transport.

    Raises:
        OfferRefused: the offer cannot be served over one transport of WebRTC.
    """
    if len(offer.media) > MAX_MEDIA:
        raise OfferRefused(f"The offer has {len(offer.media)} m= lines; at most {MAX_MEDIA} fit.")
    used = [m for m in offer.media if m.is_offered and m.kind != "other"]
    if len(used) > 1 and not set(offer.bundle) >= {m.mid for m in used}:
        raise OfferRefused("All m= lines of the offer must be in one a=group:BUNDLE.")
    first = _first_of_bundle(offer)
    if first is None or not first.ice.ufrag or not first.ice.password:
        raise OfferRefused("The offer has no a=ice-ufrag and a=ice-pwd.")
    if max(len(first.ice.ufrag), len(first.ice.password)) > MAX_CREDENTIAL_CHARS:
        raise OfferRefused(f"a=ice-ufrag or a=ice-pwd is longer than {MAX_CREDENTIAL_CHARS}.")
    if not first.fingerprints:
        raise OfferRefused("The offer has no a=fingerprint, so nobody could be trusted.")
    if any(not m.has_rtcp_mux for m in used if m.kind != "application"):
        raise OfferRefused("The offer needs a=rtcp-mux: the relay has one port.")
    return first


def _first_of_bundle(offer: SessionDescription) -> Media | None:
    """Return the first member that is there; some clients name members that are not."""
    by_mid = {media.mid: media for media in offer.media}
    members = [by_mid[mid] for mid in offer.bundle if mid in by_mid] or list(offer.media)
    return next((m for m in members if m.is_offered), members[0] if members else None)


def setup_for(offered: Setup) -> Setup:
    """Return the answer's DTLS role: passive wherever the offer allows (the client begins)."""
    return "active" if offered == "passive" else "passive"


def _sent(offer: SessionDescription, kind: Kind) -> list[Media]:
    return [
        media
        for media in offer.media
        if media.kind == kind and media.is_offered and media.direction in ("sendonly", "sendrecv")
    ]


def sent_video(offer: SessionDescription) -> tuple[CodecName, ...]:
    """Return the codecs that a publisher could send all its pictures in, in its own order."""
    found = [carried(media, is_sent=True) for media in _sent(offer, "video")]
    return tuple(name for name in (found or [{}])[0] if all(name in codecs for codecs in found))


def publish_lines(
    offer: SessionDescription, video_codec: CodecName | None = None
) -> dict[str, Line]:
    """Return the lines that are taken of a WHIP offer, by mid: one sound, one camera.

    Args:
        video_codec: what the picture is to be sent in; None: the offer's first.

    An offer is taken as a whole (RFC 9725, section 4.4): half of it would look like a
    publication and be a black picture, or a silent one.

    Raises:
        OfferRefused: something of it cannot be forwarded, or there is nothing.
    """
    lines: dict[str, Line] = {}
    kinds: tuple[Kind, ...] = ("audio", "video")
    for kind in kinds:
        sent = _sent(offer, kind)
        if len(sent) > 1 and not _is_one_camera(sent):
            raise OfferRefused(
                f"The offer sends {len(sent)} m= lines of {kind}; this relay takes one.", status=406
            )
        for place, media in enumerate(sent):
            codecs = carried(media, is_sent=True)
            name = video_codec if video_codec in codecs else next(iter(codecs), None)
            if name is None:
                raise _not_taken(media)
            lines[media.mid] = Line(media, {name: codecs[name]}, is_small=place > 0)
    if not lines:
        raise OfferRefused("The offer sends neither VP8 or H264 video nor Opus sound.")
    ssrcs = [line.media.ssrcs[0].ssrc for line in lines.values() if line.media.ssrcs]
    if len(set(ssrcs)) < len(ssrcs):
        raise OfferRefused("Two m= lines of the offer name the same a=ssrc: whose would it be?")
    return lines


def _is_one_camera(sent: Sequence[Media]) -> bool:
    """Whether two m-lines are two tracks of one stream (RFC 8830): its sizes."""
    names = [tuple(media.msid.split()) for media in sent]
    if len(sent) != 2 or any(len(name) != 2 or name[0] == "-" for name in names):
        return False
    return sent[0].kind == "video" and names[0][0] == names[1][0] and names[0] != names[1]


def _not_taken(media: Media) -> OfferRefused:
    names = ", ".join(dict.fromkeys(codec.name for codec in media.codecs)) or "no codec"
    wanted, needed = "Opus sound", "âm thanh Opus"
    if media.kind == "video":
        wanted, needed = "VP8 or baseline H264 video", "hình VP8 hoặc H264 baseline"
    return OfferRefused(
        f"This relay carries {wanted}; the offer has {names[:120]} only.",
        status=406,
        reason_vi=f"Thiết bị chỉ có {names[:120]}; ở đây cần {needed}.",
    )


def play_lines(
    offer: SessionDescription, slots: Mapping[Kind, Sequence[str]], ssrcs: Iterable[int]
) -> dict[str, Line]:
    """Return the m-lines of a WHEP offer that get a slot, by mid, in the slots' order.

    Raises:
        OfferRefused: there is none that can be filled.
    """
    free = {kind: list(names) for kind, names in slots.items()}
    numbers = iter(ssrcs)
    lines: dict[str, Line] = {}
    unplayable: dict[Kind, Media] = {}
    for media in offer.media:
        names = free.get(media.kind, [])
        if not media.is_offered or not names or media.direction not in ("recvonly", "sendrecv"):
            continue
        codecs = carried(media, is_sent=False)
        if not codecs:
            unplayable[media.kind] = media
            continue
        repairs = repairing(media, codecs)
        lines[media.mid] = Line(
            media,
            codecs,
            slot=names.pop(0),
            ssrc=next(numbers),
            repairs=repairs,
            redundant=redundant(media, codecs),
        )
    for kind, media in unplayable.items():
        # Half of it would look like a session and be a black screen, or a silent one.
        if not any(line.media.kind == kind for line in lines.values()):
            raise _not_taken(media)
    if not lines:
        raise OfferRefused("The offer receives neither VP8 or baseline H264 video nor Opus sound.")
    return {
        mid: replace(line, repair_ssrc=next(numbers)) if line.repairs else line
        for mid, line in lines.items()
    }


def played_video(lines: Mapping[str, Line]) -> tuple[CodecName, ...] | None:
    """Return the codecs that a player can show in all of its slots; None: it has no picture."""
    videos = [line.codecs for line in lines.values() if line.media.kind == "video"]
    if not videos:
        return None
    return tuple(name for name in VIDEO_CODECS if all(name in codecs for codecs in videos))


def publish_answer(
    offer: SessionDescription, lines: dict[str, Line], transport: Transport, rates: Rates
) -> SessionDescription:
    """Return the answer to a publisher."""
    # Chromium takes them of the whole transport, whichever line it reads them in.
    small_bps = rates.small_max_bps if any(line.is_small for line in lines.values()) else 0
    start_kbps = rates.video_start_bps // 1000
    max_kbps = (rates.video_max_bps + small_bps) // 1000
    fmtp = {
        "video": f"x-google-start-bitrate={start_kbps};x-google-max-bitrate={max_kbps}",
        "audio": f"minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate={rates.sound_max_bps}",
    }

    def answered(line: Line) -> Media:
        media = line.media
        wanted = (MID, RID, TRANSPORT_CC, AUDIO_LEVEL)
        # Feedback on arrival needs the numbers that its extension carries.
        has_numbers = media.extension_id(TRANSPORT_CC) is not None
        kinds = [k for k in _FEEDBACK[media.kind] if k != "transport-cc" or has_numbers]
        kinds += [PAUSES] if media.kind == "video" else []
        return replace(
            _common(line, transport),
            direction="recvonly",
            extensions={n: uri for n, uri in media.extensions.items() if uri in wanted},
            codecs=_agreed(line, kinds, fmtp[media.kind]),
        )

    return _answer(offer, {mid: answered(line) for mid, line in lines.items()}, transport)


def play_answer(
    offer: SessionDescription, lines: dict[str, Line], transport: Transport, cname: str
) -> SessionDescription:
    """Return the answer to a player: slots are named by msid."""

    def answered(line: Line) -> Media:
        kind = line.media.kind
        number = line.transport_cc_id
        kinds = [k for k in _FEEDBACK[kind] if k != "transport-cc" or number is not None]
        return replace(
            _common(line, transport),
            direction="sendonly",
            extensions={} if number is None else {number: TRANSPORT_CC},
            codecs=(
                *_agreed(line, kinds, line.codec.fmtp if kind == "audio" else ""),
                *(replace(repair, feedback=()) for repair in line.repairs.values()),
                *([replace(line.redundant, feedback=())] if line.redundant else ()),
            ),
            msid=f"{line.slot} {line.slot}-{kind}",
            ssrcs=tuple(Ssrc(ssrc, cname) for ssrc in (line.ssrc, line.repair_ssrc) if ssrc),
            repairs=((line.ssrc, line.repair_ssrc),) if line.repairs else (),
        )

    return _answer(offer, {mid: answered(line) for mid, line in lines.items()}, transport)


def _agreed(line: Line, kinds: Sequence[str], fmtp: str) -> tuple[Codec, ...]:
    """Return the codecs of a line, with what of their feedback is served, and with `fmtp`."""
    return tuple(
        replace(
            codec,
            feedback=tuple(kind for kind in kinds if kind in codec.feedback),
            fmtp=";".join(filter(None, (fmtp, agreed_fmtp(codec) if name == "H264" else ""))),
        )
        for name, codec in line.codecs.items()
    )


def _common(line: Line, transport: Transport) -> Media:
    return Media(
        kind=line.media.kind,
        mid=line.media.mid,
        protocol=line.media.protocol,
        ice=transport.credentials,
        fingerprints=(transport.fingerprint,),
        setup=setup_for(line.media.setup),
        candidates=transport.candidates,
        has_all_candidates=True,
        has_rtcp_mux=True,
        has_rtcp_rsize=line.media.has_rtcp_rsize,
    )


def _answer(
    offer: SessionDescription, answered: dict[str, Media], transport: Transport
) -> SessionDescription:
    media = tuple(answered.get(m.mid, _refused(m, transport)) for m in offer.media)
    bundle = tuple(m.mid for m in media if m.port) if offer.bundle else ()
    return SessionDescription(
        media=media, bundle=bundle, is_ice_lite=True, session_id=offer.session_id + 1
    )


def _refused(media: Media, transport: Transport) -> Media:
    # GStreamer looks for a fingerprint in every section, a refused one included.
    return Media(
        kind=media.kind,
        mid=media.mid,
        word=media.word,
        direction="inactive",
        port=0,
        protocol=media.protocol,
        formats=media.formats,
        fingerprints=(transport.fingerprint,),
        setup=setup_for(media.setup),
        has_rtcp_mux=False,
    )


def host_candidates(addresses: Sequence[str], port: int) -> tuple[Candidate, ...]:
    """Return host candidates in order of preference (RFC 8445, section 5.1.2)."""
    return tuple(
        Candidate(host, port, host_priority(index), str(index + 1))
        for index, host in enumerate(addresses)
    )
