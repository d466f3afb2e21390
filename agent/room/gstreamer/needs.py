"""What a room without a browser needs of its machine, for `diemcau-room doctor`."""

from collections.abc import Iterator
from pathlib import Path

from agent.room.finding import Finding, installed
from agent.room.gstreamer.secret import SecretUnusable, read_secret
from agent.room.gstreamer.session_file import SessionUnusable, read_session
from agent.room.settings import RoomSettings

DEVICES = "etc/systemd/system/diemcau-room.service.d/20-devices.conf"
_PLUGINS = "usr/lib/*/gstreamer-1.0/libgst{}.so"
_BASE, _GOOD = "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"
_BAD, _UGLY = "gstreamer1.0-plugins-bad", "gstreamer1.0-plugins-ugly"
_LIBAV = "gstreamer1.0-libav"
# A file of a package, for what it is there.
_ALWAYS = (
    ("usr/lib/python3/dist-packages/gi/__init__.py", "python3-gi"),
    ("usr/lib/*/girepository-1.0/Gst-1.0.typelib", "gir1.2-gstreamer-1.0"),
    (_PLUGINS.format("app"), _BASE),
    (_PLUGINS.format("rtp"), _GOOD),
    (_PLUGINS.format("videoparsersbad"), _BAD),
)
_OF_LIBAV = (_PLUGINS.format("libav"), _LIBAV)
_OF_UGLY = (_PLUGINS.format("x264"), _UGLY)
_OF_PUSH = (_PLUGINS.format("rtspclientsink"), "gstreamer1.0-rtsp")
_OF_SOUND = {
    "pulse": (_PLUGINS.format("pulseaudio"), "gstreamer1.0-pulseaudio"),
    "alsa": (_PLUGINS.format("alsa"), "gstreamer1.0-alsa"),
}

PACKAGES = (*_ALWAYS, _OF_LIBAV, _OF_UGLY, _OF_PUSH, *_OF_SOUND.values())


def is_used(settings: RoomSettings) -> bool:
    """Return whether the room sends, shows or plays anything by GStreamer."""
    kinds = {settings.screen.kind, settings.speaker.kind, settings.stage_out.kind}
    plays = kinds != {"none"}
    return plays or settings.source.kind == "gstreamer"


def examine(settings: RoomSettings, root: Path) -> Iterator[Finding]:
    """Yield what was found, packages first."""
    for pattern, package in dict.fromkeys((*_ALWAYS, *_by_recipe(settings))):
        yield installed(root, pattern, package)
    yield _source(settings)
    yield from _camera(settings, root)
    if settings.stage_out.kind == "rtsp" and settings.stage_out.password_file is not None:
        yield _secret(settings.stage_out.password_file)
    if _is_local(settings):
        yield _reach(root)


def _by_recipe(settings: RoomSettings) -> Iterator[tuple[str, str]]:
    is_far = settings.camera.kind in ("rtsp", "rtp") or settings.stage_out.kind != "none"
    if is_far or settings.screen.kind != "none":
        yield _OF_LIBAV
    if is_far or settings.source.codec == "h264":
        yield _OF_UGLY
    if settings.stage_out.kind == "rtsp":
        yield _OF_PUSH
    for kind in (settings.microphone.kind, settings.speaker.kind):
        if kind in _OF_SOUND:
            yield _OF_SOUND[kind]


def _source(settings: RoomSettings) -> Finding:
    what = "room.toml [camera] kind, [microphone] kind"
    sends = settings.source.kind == "gstreamer"
    if not sends or {settings.camera.kind, settings.microphone.kind} != {"none"}:
        return Finding(what)
    return Finding(
        what,
        'đều là "none": phòng này không gửi hình và tiếng; xem docs/cameras.md, sửa xong chạy '
        "systemctl restart diemcau-room",
        'both are "none": this room sends nothing; see docs/cameras.md, and then run '
        "systemctl restart diemcau-room",
    )


def _camera(settings: RoomSettings, root: Path) -> Iterator[Finding]:
    camera = settings.camera
    if settings.source.kind != "gstreamer":
        return
    if camera.kind == "rtsp":
        what = "room.toml [camera] address"
        if camera.address:
            yield Finding(what)
        else:
            yield Finding(what, "còn trống, ghi rtsp://…", "is empty, write rtsp://…")
        if camera.password_file is not None:
            yield _secret(camera.password_file)
    elif camera.kind == "rtp":
        yield _session(settings)
    elif camera.kind == "v4l2":
        if (root / camera.device.lstrip("/")).exists():
            yield Finding(camera.device)
        else:
            yield Finding(
                camera.device,
                "không có, cắm camera hoặc sửa [camera] device (ls /dev/v4l/by-id)",
                "is not there, plug the camera in or mend [camera] device (ls /dev/v4l/by-id)",
            )


def _session(settings: RoomSettings) -> Finding:
    what = "room.toml [camera] session_file"
    path = settings.camera.session_file
    if path is None:
        return Finding(what, "còn trống, ghi tên tệp SDP", "is empty, name the SDP file")
    try:
        read_session(path, has_sound=settings.microphone.kind == "camera")
    except SessionUnusable as exc:
        return Finding(str(path), exc.fault_vi, exc.fault_en)
    return Finding(str(path))


def _secret(path: Path) -> Finding:
    try:
        read_secret(path)
    except SecretUnusable as exc:
        return Finding(str(path), exc.fault_vi, exc.fault_en)
    return Finding(str(path))


def _is_local(settings: RoomSettings) -> bool:
    """Whether anything of this machine is used: camera, sound, screen."""
    kinds: set[str] = {settings.screen.kind, settings.speaker.kind}
    if settings.source.kind == "gstreamer":
        kinds |= {settings.camera.kind, settings.microphone.kind}
    return bool(kinds & {"v4l2", "pulse", "alsa", "kms", "wayland", "auto"})


def _reach(root: Path) -> Finding:
    what = "diemcau-room --devices"
    if (root / DEVICES).exists():
        return Finding(what)
    run = "systemd/install.sh point --devices"
    return Finding(
        what,
        f"phòng này chưa được dùng camera, âm thanh, màn hình của máy này; chạy {run}",
        f"the room may not use this machine's camera, sound and screen; run {run}",
    )
