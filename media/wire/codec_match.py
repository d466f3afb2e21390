"""Which payload types of an offer are of a codec that is carried (RFC 6184, section 8.2.2).

H.264 is carried as WebRTC's baseline: profile 42, of any level, in packetization mode 1,
which is what cameras and browsers agree on. Who sends in mode 0 only can be carried; who
receives in mode 0 only cannot, since nobody makes his packets smaller.
"""

from collections.abc import Iterator, Mapping

from media.wire.sdp import Codec, Media
from media.wire.video_codec import CODECS, CodecName

_BASELINE = "42"
_CONSTRAINED = 0x40  # constraint_set1_flag


def carried(media: Media, *, is_sent: bool) -> dict[CodecName, Codec]:
    """Return the codecs of an m-line that are carried, in the offer's order.

    Args:
        is_sent: whether the other side sends them, rather than receives.
    """
    found: dict[CodecName, Codec] = {}
    for name, codec in _known(media):
        if name == "H264" and not _is_fitting(codec, is_sent=is_sent):
            continue
        if name not in found or (name == "H264" and _rank(codec) > _rank(found[name])):
            found[name] = codec
    return found


def _known(media: Media) -> Iterator[tuple[CodecName, Codec]]:
    wanted = CODECS[:-1] if media.kind == "video" else CODECS[-1:]
    for codec in media.codecs:
        for name in wanted:
            if codec.name.upper() == name:
                yield name, codec


def repairing(media: Media, codecs: Mapping[CodecName, Codec]) -> dict[CodecName, Codec]:
    """Return what an m-line offers for sending each of these codecs again (RFC 4588)."""
    by_type = {
        parameters(codec.fmtp).get("apt", ""): codec
        for codec in media.codecs
        if codec.name.lower() == "rtx"
    }
    found = {name: by_type.get(str(codec.payload_type)) for name, codec in codecs.items()}
    return {name: repair for name, repair in found.items() if repair is not None}


def redundant(media: Media, codecs: Mapping[CodecName, Codec]) -> Codec | None:
    """Return what an m-line of sound offers for sending its codec twice (RFC 2198)."""
    types = {str(codec.payload_type) for name, codec in codecs.items() if name == "OPUS"}
    for codec in media.codecs:
        if codec.name.lower() == "red" and types & set(codec.fmtp.split("/")):
            return codec
    return None


def parameters(fmtp: str) -> dict[str, str]:
    """Return the parameters of an a=fmtp, names in lower case."""
    pairs = (part.partition("=") for part in fmtp.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _profile(codec: Codec) -> str:
    """Return profile-level-id; RFC 6184, section 8.1: without it, baseline of the lowest level."""
    return parameters(codec.fmtp).get("profile-level-id", "42000a").lower()


def _mode(codec: Codec) -> str:
    return parameters(codec.fmtp).get("packetization-mode", "0")


def _is_fitting(codec: Codec, *, is_sent: bool) -> bool:
    modes = ("0", "1") if is_sent else ("1",)
    return _profile(codec).startswith(_BASELINE) and _mode(codec) in modes


def _rank(codec: Codec) -> tuple[bool, bool]:
    constraints = _profile(codec)[2:4]
    try:
        is_constrained = bool(int(constraints, 16) & _CONSTRAINED)
    except ValueError:
        is_constrained = False
    return _mode(codec) == "1", is_constrained


def agreed_fmtp(codec: Codec) -> str:
    """Return what an answer says of an offered H.264, whose level is nobody's limit here."""
    return (
        f"level-asymmetry-allowed=1;packetization-mode={_mode(codec)};"
        f"profile-level-id={_profile(codec)[:6]}"
    )
