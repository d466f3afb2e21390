"""`diemcau-room doctor`: whether this machine has what camera, microphone and screen need.

Looks at files only, each readable by everybody; changes nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from agent.point.room_state import StateFile
from agent.room.finding import Finding, installed
from agent.room.gstreamer import needs
from agent.room.settings import RoomSettings
from media.transport.interfaces import local_addresses
from runtime.os_fault import reasons

# A file of each package that the screen needs, as README.md lists them.
PACKAGES = (
    ("usr/bin/chromium", "chromium"),
    ("usr/bin/cage", "cage"),
    ("usr/bin/Xwayland", "xwayland"),
    ("usr/bin/pipewire-pulse", "pipewire-pulse"),
    ("usr/bin/wireplumber", "wireplumber"),
    ("usr/lib/*/security/pam_systemd.so", "libpam-systemd"),
    ("usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "fonts-noto-core"),
)
POLICY = "etc/chromium/policies/managed/diemcau-kiosk.json"
UNIT = "etc/systemd/system/diemcau-kiosk.service"
STATE = "media/state.json"
SOUND = "proc/asound/pcm"
BUFFER = "proc/sys/net/core/wmem_max"
# What the relay asks of the kernel (systemd/diemcau.sysctl.conf); less is capped silently.
BUFFER_BYTES = 8 * 1024 * 1024
_NEEDED = ("AudioCaptureAllowedUrls", "VideoCaptureAllowedUrls", "AutoplayAllowlist")
_INSTALL = "systemd/install.sh point --kiosk"


def examine(
    settings: RoomSettings,
    root: Path = Path("/"),
    addresses: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:
    """Return what was found, in the order of what has to be done.

    Args:
        addresses: of each interface; None: of this machine's.
    """
    return [
        *_room(settings, root, local_addresses() if addresses is None else addresses),
        _buffer(root / BUFFER),
        _udp(settings.data_dir / STATE),
    ]


def _room(
    settings: RoomSettings, root: Path, addresses: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    """Yield what the page needs where there is one, and what GStreamer needs where it is used."""
    uses_gstreamer = needs.is_used(settings)
    if uses_gstreamer:
        yield from needs.examine(settings, root)
    if settings.source.kind != "gstreamer":
        yield _source(settings)
    if uses_gstreamer and not (root / UNIT).exists():
        return
    yield from (installed(root, *package) for package in PACKAGES)
    origin = f"http://localhost:{settings.kiosk.port}"
    yield _policy(root / POLICY, origin)
    yield _unit(root / UNIT, origin)
    if settings.source.kind == "browser":
        yield from _devices(root)
    yield _interface(addresses)


def _devices(root: Path) -> Iterator[Finding]:
    """Yield whether the kernel knows of a camera, a microphone and a loudspeaker."""
    try:
        sound = (root / SOUND).read_text("utf-8", "replace")
    except OSError:
        sound = ""
    seen = {
        ("camera", "camera", "a camera"): any(root.glob("dev/video*")),
        ("microphone", "micro", "a microphone"): "capture" in sound,
        ("loudspeaker", "loa", "a loudspeaker"): "playback" in sound,
    }
    for (what, name_vi, name_en), is_there in seen.items():
        if is_there:
            yield Finding(what)
        else:
            yield Finding(
                what,
                f"máy này không thấy {name_vi}, cắm vào hoặc thử cổng USB khác",
                f"this machine does not see {name_en}, plug one in or try another USB port",
            )


def _policy(path: Path, origin: str) -> Finding:
    faults = list(_policy_faults(path, origin))
    if not faults:
        return Finding(str(path))
    told_vi = "; ".join(vi for vi, _ in faults)
    told_en = "; ".join(en for _, en in faults)
    return Finding(str(path), f"{told_vi}; chạy {_INSTALL}", f"{told_en}; run {_INSTALL}")


def _policy_faults(path: Path, origin: str) -> Iterator[tuple[str, str]]:
    try:
        policy: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        yield "chưa có", "is not there"
        return
    except OSError as exc:
        vi, en = reasons(exc)
        yield f"không đọc được ({vi})", f"cannot be read ({en})"
        return
    except msgspec.MsgspecError as exc:
        yield f"không đúng dạng ({exc})", f"is malformed ({exc})"
        return
    wanted: dict[str, object] = {name: [origin] for name in (*_NEEDED, "URLAllowlist")}
    wanted |= {name: False for name in ("AudioCaptureAllowed", "VideoCaptureAllowed")}
    wanted["URLBlocklist"] = ["*"]
    for name, value in wanted.items():
        told = msgspec.json.encode(value).decode()
        if msgspec.json.encode(policy.get(name)).decode() != told:
            yield f"{name} phải là {told}", f"{name} has to be {told}"


def _unit(path: Path, origin: str) -> Finding:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Finding(
            "diemcau-kiosk", f"chưa cài, chạy {_INSTALL}", f"not installed, run {_INSTALL}"
        )
    shown = set(re.findall(r"http://localhost:\d+", text))
    if shown != {origin}:
        told = ", ".join(sorted(shown))
        return Finding(
            "diemcau-kiosk",
            f"mở {told}, trang của phòng ở {origin}; chạy {_INSTALL}",
            f"opens {told}, the room's page is at {origin}; run {_INSTALL}",
        )
    return Finding("diemcau-kiosk")


def _source(settings: RoomSettings) -> Finding:
    what = "room.toml [source] kind"
    if settings.source.kind == "browser":
        return Finding(what)
    return Finding(
        what,
        f'là "{settings.source.kind}": camera và micro không được dùng; đặt "browser" (không có '
        'trình duyệt thì "gstreamer", docs/cameras.md), rồi chạy systemctl restart diemcau-room',
        f'is "{settings.source.kind}": camera and microphone are not used; set "browser" (without '
        'one "gstreamer", docs/cameras.md), then run systemctl restart diemcau-room',
    )


def _interface(addresses: Mapping[str, Sequence[str]]) -> Finding:
    if addresses.get("kiosk0"):
        return Finding("kiosk0")
    return Finding(
        "kiosk0",
        "không có, rút dây mạng thì màn hình mất hình; chạy systemctl restart kiosk0",
        "is not there, without a cable the screen loses its picture; run systemctl restart kiosk0",
    )


def _buffer(path: Path) -> Finding:
    what = "net.core.wmem_max"
    try:
        found = int(path.read_text("ascii"))
    except (OSError, ValueError):
        found = 0
    if found >= BUFFER_BYTES:
        return Finding(what)
    run = "sysctl --load /etc/sysctl.d/60-diemcau.conf"
    return Finding(
        what,
        f"{found}, cần {BUFFER_BYTES}; chạy {run}",
        f"{found}, {BUFFER_BYTES} are needed; run {run}",
    )


def _udp(path: Path) -> Finding:
    """Return what the meeting that the room is in has found of the line."""
    what = "UDP"
    try:
        state = msgspec.json.decode(path.read_bytes(), type=StateFile)
    except (OSError, msgspec.MsgspecError):
        return Finding(what)  # nothing is known
    if not state.is_tunnelled:
        return Finding(what)
    return Finding(
        what,
        "bị chặn, hình và tiếng đi qua TLS; mở cổng UDP của trung tâm (10000) ở tường lửa",
        "does not get through, media go over TLS; open the centre's UDP port (10000)",
    )
