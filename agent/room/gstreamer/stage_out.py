"""The pipeline that sends a room's stage to a foreign conference, and the SDP that describes it.

The picture is composed on black, of one size and rate for as long as the meeting lasts, so that
the other side sees no change of codec, size or stream, whoever speaks. The sounds are mixed onto
silence. Given are VP8 at place 0, H.264 at place 1, and the sounds from place 2 on.

RFC 3550, section 5.1; RFC 6184; RFC 3640 (AAC); RFC 7587 (Opus).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from agent.room.gstreamer.pipelines import (
    APPSRC,
    DECODERS,
    KEYFRAME_EVERY_S,
    MTU,
    QUEUE,
    Pipeline,
    Properties,
    picture_caps,
    sound_caps,
)
from agent.room.settings import StageOutSettings
from media.wire.video_codec import CodecName

PLACES: Mapping[CodecName, int] = {"VP8": 0, "H264": 1}
FIRST_SOUND = 2
PICTURE_TYPE, SOUND_TYPE = 96, 97
REPEATED_MS = 1_000
"""How long a picture stays when no more of its codec come: then what is behind it is seen."""
LATENCY_MS = 100
_AUDIO = "audio/x-raw,rate=48000,channels=2"
_SOUNDS = {
    "aac": ("avenc_aac bitrate=64000 ! aacparse", f"rtpmp4gpay pt={SOUND_TYPE} mtu={MTU}"),
    "opus": ("opusenc bitrate=48000", f"rtpopuspay pt={SOUND_TYPE} mtu={MTU}"),
    "pcma": ("audio/x-raw,rate=8000,channels=1 ! alawenc", f"rtppcmapay pt=8 mtu={MTU}"),
}
_SESSIONS = {
    "aac": (
        f"RTP/AVP {SOUND_TYPE}",
        f"a=rtpmap:{SOUND_TYPE} MPEG4-GENERIC/48000/2",
        f"a=fmtp:{SOUND_TYPE} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;"
        "indexlength=3;indexdeltalength=3;config=1190",
    ),
    "opus": (f"RTP/AVP {SOUND_TYPE}", f"a=rtpmap:{SOUND_TYPE} opus/48000/2"),
    "pcma": ("RTP/AVP 8", "a=rtpmap:8 PCMA/8000"),
}


def stage_pipeline(out: StageOutSettings, sounds: int, password: str = "") -> Pipeline:
    """Return what sends the picture and so many sounds to where `out` says."""
    picture = (
        f"compositor name=picture background=black latency={LATENCY_MS * 1_000_000}"
        f" sink_1::max-last-buffer-repeat={REPEATED_MS * 1_000_000}"
        f" sink_2::max-last-buffer-repeat={REPEATED_MS * 1_000_000}"
        f" ! {_raw(out)},framerate={out.frames_per_s}/1 ! {QUEUE}"
        f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={out.bitrate_bps // 1000}"
        f" key-int-max={out.frames_per_s * KEYFRAME_EVERY_S}"
        " ! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1"
    )
    encoder, payloader = _SOUNDS[out.sound]
    sound = (
        f"audiomixer name=mix latency={LATENCY_MS * 1_000_000} ! {_AUDIO} ! {QUEUE}"
        f" ! audioconvert ! audioresample ! {encoder}"
    )
    parts = [
        *_sinks(out, picture, sound, payloader),
        f"videotestsrc is-live=true pattern=black ! {_raw(out)},framerate={out.frames_per_s}/1"
        " ! picture.sink_0",
        *(
            f"appsrc name=in-{place} {APPSRC} caps={picture_caps(codec)}"
            f" ! rtpjitterbuffer latency=80 ! {DECODERS[codec]} ! {QUEUE} ! videoconvert"
            f" ! videoscale add-borders=true ! {_raw(out)},pixel-aspect-ratio=1/1"
            f" ! picture.sink_{place + 1}"
            for codec, place in PLACES.items()
        ),
        f"audiotestsrc is-live=true wave=silence ! {_AUDIO} ! mix.",
        *(
            f"appsrc name=in-{FIRST_SOUND + number} {APPSRC} caps={sound_caps()}"
            " ! rtpjitterbuffer latency=60 ! rtpopusdepay ! opusdec plc=true ! audioconvert"
            f" ! audioresample ! {_AUDIO} ! queue ! mix."
            for number in range(sounds)
        ),
    ]
    return Pipeline("  ".join(parts), _properties(out, password))


def stage_session(out: StageOutSettings) -> str:
    """Return the SDP file that the other side needs to take the RTP that is sent."""
    host, port = _place(out)
    family = "IP6" if ":" in host else "IP4"
    sound, *attributes = _SESSIONS[out.sound]
    lines = (
        "v=0",
        f"o=- 0 0 IN {family} {host}",
        "s=Diem Cau",
        f"c=IN {family} {host}",
        "t=0 0",
        f"m=video {port} RTP/AVP {PICTURE_TYPE}",
        f"a=rtpmap:{PICTURE_TYPE} H264/90000",
        f"a=fmtp:{PICTURE_TYPE} packetization-mode=1;profile-level-id=42e01f",
        f"m=audio {port + 2} {sound}",
        *attributes,
    )
    return "".join(f"{line}\r\n" for line in lines)


def _sinks(out: StageOutSettings, picture: str, sound: str, payloader: str) -> tuple[str, ...]:
    if out.kind == "rtsp":
        return (
            f"rtspclientsink name=outlet protocols={out.transport} latency=0",
            f"{picture} ! outlet.sink_0",
            f"{sound} ! outlet.sink_1",
        )
    pay = f"rtph264pay pt={PICTURE_TYPE} mtu={MTU} aggregate-mode=zero-latency"
    quiet = "sync=false async=false"
    return (
        "rtpbin name=rtp",
        f"{picture} ! {pay} ! rtp.send_rtp_sink_0",
        f"{sound} ! {payloader} ! rtp.send_rtp_sink_1",
        f"rtp.send_rtp_src_0 ! udpsink name=outlet {quiet}",
        f"rtp.send_rtcp_src_0 ! udpsink name=outlet-reports {quiet}",
        f"rtp.send_rtp_src_1 ! udpsink name=outlet-sound {quiet}",
        f"rtp.send_rtcp_src_1 ! udpsink name=outlet-sound-reports {quiet}",
    )


def _properties(out: StageOutSettings, password: str) -> Properties:
    if out.kind == "rtsp":
        own: dict[str, str | int] = {"location": out.address}
        if out.user:
            own |= {"user-id": out.user, "user-pw": password}
        return {"outlet": own}
    host, port = _place(out)
    names = ("outlet", "outlet-reports", "outlet-sound", "outlet-sound-reports")
    return {name: {"host": host, "port": port + number} for number, name in enumerate(names)}


def _place(out: StageOutSettings) -> tuple[str, int]:
    parts = urlsplit(out.address)
    return parts.hostname or "", parts.port or 0


def _raw(out: StageOutSettings) -> str:
    return f"video/x-raw,format=I420,width={out.width},height={out.height}"
