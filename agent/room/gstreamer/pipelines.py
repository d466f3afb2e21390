"""The pipelines of cameras and microphones without a browser: what GStreamer is told.

Addresses, devices and passwords are properties of named elements, and never part of the
description. Every pipeline writes its packets to fd 1, each behind its length (RFC 4571).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.room.gstreamer.session_file import SessionUnusable, read_session
from agent.room.settings import (
    CameraSettings,
    MicrophoneSettings,
    ScreenSettings,
    SpeakerSettings,
)
from media.wire.video_codec import (
    BASE,
    H264_PAYLOAD_TYPE,
    OPUS_PAYLOAD_TYPE,
    VP8_PAYLOAD_TYPE,
    CodecName,
)

KEYFRAME_EVERY_S = 2
CONNECT_LIMIT_S = 5
MTU = 1200
_OUT = "funnel name=out ! rtpstreampay ! fdsink fd=1 sync=false async=false"
QUEUE = "queue leaky=downstream max-size-buffers=4 max-size-bytes=0 max-size-time=0"
_PAY_H264 = (
    "h264parse config-interval=-1 ! video/x-h264,alignment=au ! rtph264pay name=pay"
    f" pt={H264_PAYLOAD_TYPE} mtu={MTU} aggregate-mode=zero-latency ! out."
)
_OPUS = (
    f"audioconvert ! audioresample ! audio/x-raw,rate=48000 ! {QUEUE}"
    " ! opusenc bitrate=24000 inband-fec=true packet-loss-percentage=10 dtx=true frame-size=20"
    f" ! rtpopuspay pt={OPUS_PAYLOAD_TYPE} mtu={MTU} ! out."
)
_MICROPHONES = {
    "pulse": "pulsesrc name=microphone buffer-time=60000 latency-time=20000",
    "alsa": "alsasrc name=microphone buffer-time=60000 latency-time=20000",
    "test": "audiotestsrc is-live=true wave=ticks samplesperbuffer=960",
}
_PAYLOAD_TYPES: Mapping[CodecName, int] = {"VP8": VP8_PAYLOAD_TYPE, "H264": H264_PAYLOAD_TYPE}
Properties = Mapping[str, Mapping[str, str | int]]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A description, and the properties of its named elements, which may be secret."""

    description: str
    properties: Properties = field(default_factory=dict, repr=False)


def camera_pipeline(
    camera: CameraSettings,
    *,
    codec: CodecName,
    is_passed: bool,
    bitrate_bps: int,
    has_sound: bool,
    password: str = "",
) -> Pipeline:
    """Return what brings a camera's picture, and its own sound.

    Args:
        is_passed: its H.264 goes on as it is; else pictures are encoded anew.
        has_sound: the room's sound is the camera's own microphone.

    Raises:
        SessionUnusable: of an RTP stream, whose SDP file says nothing that can be received.
    """
    parts = [_OUT]
    properties = _properties(camera, password, has_sound)
    encoded = _encoded(camera, codec, bitrate_bps)
    if camera.kind in ("rtsp", "rtp"):
        parts.append(
            f"rtspsrc name=camera protocols={camera.transport} latency={camera.buffer_ms}"
            f" drop-on-latency=true tcp-timeout={CONNECT_LIMIT_S * 1_000_000}"
            f" timeout={CONNECT_LIMIT_S * 1_000_000}"
            if camera.kind == "rtsp"
            else "sdpsrc name=camera"
        )
        if is_passed:
            wanted = "application/x-rtp,media=video,encoding-name=H264"
            parts.append(f"camera. ! {wanted} ! rtph264depay ! {_PAY_H264}")
        else:
            parts.append(f"camera. ! application/x-rtp,media=video ! decodebin ! {encoded}")
        if has_sound:
            parts.append(f"camera. ! application/x-rtp,media=audio ! decodebin ! {_OPUS}")
    elif camera.kind == "v4l2":
        parts.append(f"v4l2src name=camera ! decodebin ! {encoded}")
    else:
        parts.append(f"videotestsrc is-live=true pattern=ball ! {encoded}")
    return Pipeline("  ".join(parts), properties)


def microphone_pipeline(microphone: MicrophoneSettings) -> Pipeline:
    """Return what brings the sound of a microphone of its own."""
    source = _MICROPHONES[microphone.kind]
    named = microphone.device and microphone.kind in ("pulse", "alsa")
    properties = {"microphone": {"device": microphone.device}} if named else {}
    return Pipeline(f"{_OUT}  {source} ! {_OPUS}", properties)


_SCREENS = {
    "kms": "kmssink name=screen sync=false",
    "wayland": "waylandsink name=screen sync=false fullscreen=true",
    "auto": "autovideosink name=screen sync=false",
    "test": "fakesink name=screen sync=false",
}
_SPEAKERS = {
    "pulse": "pulsesink name=speaker buffer-time=60000 latency-time=20000",
    "alsa": "alsasink name=speaker buffer-time=60000 latency-time=20000",
    "auto": "autoaudiosink name=speaker",
    "test": "fakesink name=speaker sync=true",
}
DECODERS: Mapping[CodecName, str] = {
    "VP8": "rtpvp8depay ! vp8dec",
    "H264": "rtph264depay ! h264parse ! avdec_h264",
}
_TONE_FRAMES = 60  # 1.2 s
APPSRC = "is-live=true do-timestamp=true format=time max-bytes=2000000 block=false"


def picture_caps(codec: CodecName) -> str:
    """Return what a picture's packets are that a pipeline is given."""
    return (
        f"application/x-rtp,media=video,clock-rate=90000,encoding-name={codec},"
        f"payload={_PAYLOAD_TYPES[codec]}"
    )


def sound_caps() -> str:
    """Return what a sound's packets are that a pipeline is given."""
    return (
        "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,"
        f"payload={OPUS_PAYLOAD_TYPE}"
    )


def screen_pipeline(screen: ScreenSettings, codec: CodecName) -> Pipeline:
    """Return what draws pictures of a codec, given at place 0."""
    return Pipeline(
        f"appsrc name=in-0 {APPSRC} caps={picture_caps(codec)} ! rtpjitterbuffer latency=80"
        f" ! {DECODERS[codec]} ! {QUEUE} ! videoconvert ! videoscale ! {_SCREENS[screen.kind]}"
    )


def tone_pipeline(speaker: SpeakerSettings, tone_hz: int) -> Pipeline:
    """Return what plays a short tone by the loudspeaker, and ends."""
    named = speaker.device and speaker.kind in ("pulse", "alsa")
    return Pipeline(
        f"audiotestsrc freq={tone_hz} volume=0.3 samplesperbuffer=960 num-buffers={_TONE_FRAMES}"
        " ! audio/x-raw,rate=48000,channels=2 ! audioconvert ! audioresample"
        f" ! {_SPEAKERS[speaker.kind]}",
        {"speaker": {"device": speaker.device}} if named else {},
    )


def speaker_pipeline(speaker: SpeakerSettings, sounds: int) -> Pipeline:
    """Return what mixes and plays so many sounds, given at the places from 0 on."""
    parts = [
        "audiomixer name=mix latency=40000000 ! audio/x-raw,rate=48000,channels=2"
        f" ! audioconvert ! {_SPEAKERS[speaker.kind]}"
    ]
    parts += [
        f"appsrc name=in-{place} {APPSRC} caps={sound_caps()} ! rtpjitterbuffer latency=60"
        " ! rtpopusdepay ! opusdec plc=true ! audioconvert ! audioresample"
        " ! audio/x-raw,rate=48000,channels=2 ! queue ! mix."
        for place in range(sounds)
    ]
    named = speaker.device and speaker.kind in ("pulse", "alsa")
    return Pipeline("  ".join(parts), {"speaker": {"device": speaker.device}} if named else {})


def _properties(camera: CameraSettings, password: str, has_sound: bool) -> Properties:
    if camera.kind == "rtp":
        if camera.session_file is None:
            raise SessionUnusable(
                "[camera] session_file", "còn trống", "is empty, name the SDP file"
            )
        return {"camera": {"sdp": read_session(camera.session_file, has_sound=has_sound)}}
    if camera.kind == "v4l2":
        return {"camera": {"device": camera.device}}
    if camera.kind != "rtsp":
        return {}
    own = {"location": camera.address}
    if camera.user:
        own |= {"user-id": camera.user, "user-pw": password}
    return {"camera": own}


def _encoded(camera: CameraSettings, codec: CodecName, bitrate_bps: int) -> str:
    raw = (
        f"videoconvert ! videoscale ! videorate ! {QUEUE} ! video/x-raw,format=I420,"
        f"width={camera.width},height={camera.height},framerate={camera.frames_per_s}/1,"
        "pixel-aspect-ratio=1/1"
    )
    distance = camera.frames_per_s * KEYFRAME_EVERY_S
    if codec == BASE:
        return (
            f"{raw} ! vp8enc name=encoder deadline=1 cpu-used=8 threads=2 end-usage=cbr"
            f" target-bitrate={bitrate_bps} keyframe-max-dist={distance}"
            f" ! rtpvp8pay name=pay picture-id-mode=15-bit pt={VP8_PAYLOAD_TYPE} mtu={MTU} ! out."
        )
    return (
        f"{raw} ! x264enc name=encoder tune=zerolatency speed-preset=ultrafast"
        f" bitrate={bitrate_bps // 1000} key-int-max={distance}"
        f" ! video/x-h264,profile=constrained-baseline ! {_PAY_H264}"
    )
