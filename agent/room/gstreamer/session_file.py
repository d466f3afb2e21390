"""What a foreign conference sends by RTP, as the SDP file says that its people handed over.

Only what can be told before anything comes is judged here: what the pipeline would say of it
("missing plug-in") helps nobody. RFC 8866 (SDP), RFC 3551 (payload types without a name).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runtime.os_fault import reasons

MAX_BYTES = 16_384
KNOWN = {
    "video": frozenset(
        "H264 H265 VP8 VP9 MP4V-ES H263 H263-1998 H263-2000 JPEG MPV".upper().split()
    ),
    "audio": frozenset(
        "OPUS MPEG4-GENERIC MP4A-LATM PCMA PCMU G722 L16 MPA SPEEX VORBIS GSM AC3".split()
    ),
}
_STATIC = {0: "PCMU", 3: "GSM", 8: "PCMA", 9: "G722", 10: "L16", 11: "L16", 14: "MPA",
           26: "JPEG", 31: "H261", 32: "MPV", 33: "MP2T", 34: "H263"}  # fmt: skip
_PLAIN = frozenset({"RTP/AVP", "RTP/AVPF"})
_MEDIA = re.compile(r"m=(audio|video) (\d{1,5})(?:/\d+)? (\S+) (\d{1,3})(?: .*)?")
_NAMED = re.compile(r"a=rtpmap:(\d{1,3}) ([^/\s]{1,40})/.*")


class SessionUnusable(Exception):
    """The file is missing or says nothing that can be received. Its text is for people."""

    def __init__(self, path: Path | str, fault_vi: str, fault_en: str) -> None:
        self.path, self.fault_vi, self.fault_en = path, fault_vi, fault_en
        super().__init__(f"{path}: {fault_vi} / {fault_en}")


@dataclass(slots=True)
class _DescribedMedia:
    kind: str
    port: int
    profile: str
    payload_type: int
    names: dict[int, str] = field(default_factory=dict)

    @property
    def codec(self) -> str:
        return self.names.get(self.payload_type) or _STATIC.get(self.payload_type, "?")


def read_session(path: Path, *, has_sound: bool) -> str:
    """Return the file's text, which can be received.

    Args:
        has_sound: the room's sound comes by it too.

    Raises:
        SessionUnusable: it cannot be read, has no picture, or none that is decoded here.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as exc:
        vi, en = reasons(exc)
        raise SessionUnusable(path, f"không đọc được ({vi})", f"cannot be read ({en})") from exc
    if len(data) > MAX_BYTES:
        raise SessionUnusable(
            path,
            f"dài hơn {MAX_BYTES} byte, không phải SDP",
            f"more than {MAX_BYTES} bytes, no SDP",
        )
    judge(path, text, has_sound=has_sound)
    return text


def judge(path: Path, text: str, *, has_sound: bool) -> None:
    """Return where a session can be received.

    Raises:
        SessionUnusable: it cannot, and why.
    """
    lines = text.split("\n")
    if not lines[0].startswith("v=0"):
        raise SessionUnusable(path, "không phải SDP, dòng đầu phải là v=0",
                              "is no SDP, its first line has to be v=0")  # fmt: skip
    if any(line.startswith("a=control:") and "://" in line for line in lines):
        raise SessionUnusable(
            path,
            'trỏ tới một máy chủ RTSP; dùng kind = "rtsp" và address',
            'names an RTSP server; use kind = "rtsp" and its address',
        )
    streams = {stream.kind: stream for stream in reversed(list(_streams(lines)))}
    wanted = ("video", "audio") if has_sound else ("video",)
    for kind in wanted:
        _judge_stream(path, kind, streams.get(kind))


def _judge_stream(path: Path, kind: str, stream: _DescribedMedia | None) -> None:
    vi = {"video": "hình", "audio": "tiếng"}[kind]
    en = {"video": "picture", "audio": "sound"}[kind]
    if stream is None or stream.port == 0:
        raise SessionUnusable(path, f"không có {vi} (m={kind})", f"describes no {en} (m={kind})")
    if stream.profile not in _PLAIN:
        raise SessionUnusable(
            path,
            f"{vi} là {stream.profile}, chỉ nhận RTP/AVP không mã hóa",
            f"its {en} is {stream.profile}, only plain RTP/AVP is received",
        )
    if stream.codec not in KNOWN[kind]:
        raise SessionUnusable(
            path,
            f"{vi} mã hóa bằng {stream.codec}, ở đây không giải mã được",
            f"its {en} is {stream.codec}, which is not decoded here",
        )


def _streams(lines: list[str]) -> Iterator[_DescribedMedia]:
    """Yield what it describes; of several payload types the first is what will come."""
    stream: _DescribedMedia | None = None
    for line in lines:
        if line.startswith("m="):
            if stream is not None:
                yield stream
            media = _MEDIA.fullmatch(line.strip())
            stream = None
            if media is not None:
                kind, port, profile, number = media.groups()
                stream = _DescribedMedia(kind, int(port), profile, int(number))
        elif stream is not None and (named := _NAMED.fullmatch(line.strip())):
            stream.names[int(named[1])] = named[2].upper()
    if stream is not None:
        yield stream
