"""The settings of the room's process: configs/room.toml."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from runtime.logging import LogSettings
from runtime.settings import Address, Settings

Port = Annotated[int, Meta(ge=0, le=65535)]
CodecWish = Literal["auto", "vp8", "h264"]
Seconds = Annotated[float, Meta(ge=0.05, le=600)]


class KioskSettings(Settings, frozen=True, kw_only=True):
    """Where the room's page is served, only for this machine; and in which language it speaks."""

    host: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    port: Port = 8090
    language: Literal["vi", "en"] = "vi"


class LocalRelaySettings(Settings, frozen=True, kw_only=True):
    """The UDP side of the room's page.

    `addresses` are told to the browser; empty: those of the interface `kiosk0`, else of
    every interface that is not the loopback (browsers do not play from that).
    """

    host: Address = "0.0.0.0"  # noqa: S104 - the browser comes by whichever interface is up
    port: Port = 0
    addresses: tuple[Address, ...] = ()


class SourceSettings(Settings, frozen=True, kw_only=True):
    """What the room sends: its browser's camera and microphone, GStreamer's, a drawing, nothing."""

    kind: Literal["browser", "synthetic", "gstreamer", "off"] = "synthetic"
    sound: Literal["rhythm", "silent"] = "rhythm"
    codec: CodecWish = "auto"
    bitrate_bps: Annotated[int, Meta(ge=50_000, le=4_000_000)] = 600_000
    font_file: Path = Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf")


class CameraSettings(Settings, frozen=True, kw_only=True):
    """The camera of a room without a browser; `password_file` holds the password alone.

    A foreign conference is one too: "rtp", as the SDP of `session_file` says, or "rtsp".
    """

    kind: Literal["rtsp", "rtp", "v4l2", "test", "none"] = "none"
    address: Annotated[str, Meta(max_length=500, pattern=r"^(rtsps?://[^@\s]+)?$")] = ""
    user: Annotated[str, Meta(max_length=100)] = ""
    password_file: Path | None = None
    session_file: Path | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    buffer_ms: Annotated[int, Meta(ge=0, le=2000)] = 100
    is_always_encoded: bool = False
    device: Annotated[str, Meta(max_length=200)] = "/dev/video0"
    width: Annotated[int, Meta(ge=160, le=1920)] = 1280
    height: Annotated[int, Meta(ge=90, le=1080)] = 720
    frames_per_s: Annotated[int, Meta(ge=5, le=30)] = 25

    @property
    def may_pass(self) -> bool:
        """Whether its H.264 goes on as it is where that does."""
        return self.kind in ("rtsp", "rtp") and not self.is_always_encoded


class MicrophoneSettings(Settings, frozen=True, kw_only=True):
    """The microphone of a room without a browser; `device` empty: the server's or card's own."""

    kind: Literal["camera", "pulse", "alsa", "test", "none"] = "none"
    device: Annotated[str, Meta(max_length=200)] = ""


class ScreenSettings(Settings, frozen=True, kw_only=True):
    """The screen of a room without a browser: who is shown in a meeting, drawn by GStreamer."""

    kind: Literal["kms", "wayland", "auto", "test", "none"] = "none"


class SpeakerSettings(Settings, frozen=True, kw_only=True):
    """The loudspeaker of a room without a browser; `device` empty: the server's or card's own."""

    kind: Literal["pulse", "alsa", "auto", "test", "none"] = "none"
    device: Annotated[str, Meta(max_length=200)] = ""


class StageOutSettings(Settings, frozen=True, kw_only=True):
    """Where a meeting's stage is sent to a foreign conference: by RTP, or pushed to an RTSP server.

    Of "rtp" the picture goes to the address' port and the sound to the next but one, RTCP between
    and behind. `password_file` holds the password alone.
    """

    kind: Literal["rtp", "rtsp", "none"] = "none"
    address: Annotated[
        str, Meta(max_length=200, pattern=r"^(rtp://[^@/\s?]+:\d{1,5}|rtsps?://[^@\s]+)?$")
    ] = ""
    user: Annotated[str, Meta(max_length=100)] = ""
    password_file: Path | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    sound: Literal["aac", "opus", "pcma"] = "aac"
    bitrate_bps: Annotated[int, Meta(ge=100_000, le=8_000_000)] = 1_500_000
    width: Annotated[int, Meta(ge=160, le=1920)] = 1280
    height: Annotated[int, Meta(ge=90, le=1080)] = 720
    frames_per_s: Annotated[int, Meta(ge=5, le=30)] = 25

    def __post_init__(self) -> None:
        """Refuse an address of the other kind, and ports that do not exist."""
        scheme, _, rest = self.address.partition("://")
        if self.kind != "none" and not scheme.startswith(self.kind):
            raise ValueError(f'address must begin with {self.kind}:// with kind = "{self.kind}"')
        if self.kind == "rtp" and not 1024 <= int(rest.rpartition(":")[2]) <= 65_532:
            raise ValueError("the address' port must be 1024 to 65532: three more are used")


class OwnRehearsalSettings(Settings, frozen=True, kw_only=True):
    """What a rehearsal may do in this room; the centre may allow less, never more."""

    plays_sound: bool = True


class UplinkSettings(Settings, frozen=True, kw_only=True):
    """The way to the centre: a socket for each address, the best first.

    Where the kernel chooses, `has_other_ways` keeps each further interface with a default
    route ready (4G beside fibre): it is taken within a moment of the first one's silence.
    """

    bind_hosts: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=4)] = (
        "0.0.0.0",  # noqa: S104 - the kernel chooses the way
        "::",
    )
    has_other_ways: bool = True
    request_limit_s: Seconds = 2.5
    retry_first_s: Seconds = 0.25
    retry_cap_s: Seconds = 2.0


class RoomSettings(Settings, frozen=True, kw_only=True):
    """Everything `diemcau-room run` is told; who it is stands in the data folder."""

    data_dir: Path
    report_interval_s: Annotated[int, Meta(ge=1, le=300)] = 10
    kiosk: KioskSettings = KioskSettings()
    local_relay: LocalRelaySettings = LocalRelaySettings()
    source: SourceSettings = SourceSettings()
    camera: CameraSettings = CameraSettings()
    microphone: MicrophoneSettings = MicrophoneSettings()
    screen: ScreenSettings = ScreenSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    stage_out: StageOutSettings = StageOutSettings()
    rehearsal: OwnRehearsalSettings = OwnRehearsalSettings()
    uplink: UplinkSettings = UplinkSettings()
    log: LogSettings = LogSettings()
