"""`diemcau-room doctor`: whether this machine has what camera, microphone and screen need.

Looks at files only, each readable by everybody; changes nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.point.room_state import StateFile
from agent.room.settings import RoomSettings
from media.transport.interfaces import local_addresses

PROGRAMS = ("usr/bin/chromium", "usr/bin/cage", "usr/bin/Xwayland")
POLICY = "etc/chromium/policies/managed/diemcau-kiosk.json"
UNIT = "etc/systemd/system/diemcau-kiosk.service"
STATE = "media/state.json"
BUFFER = "proc/sys/net/core/wmem_max"
# What the relay asks of the kernel (systemd/diemcau.sysctl.conf); less is capped silently.
BUFFER_BYTES = 8 * 1024 * 1024
_NEEDED = ("AudioCaptureAllowedUrls", "VideoCaptureAllowedUrls", "AutoplayAllowlist")
_INSTALL = "systemd/install.sh point --kiosk"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fault_vi` empty: it is well."""

    what: str
    fault_vi: str = ""
    fault_en: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.fault_vi

    def __str__(self) -> str:
        """Return one line for people, Vietnamese first."""
        if self.is_well:
            return f"tốt / ok     {self.what}"
        return f"SAI / WRONG  {self.what}: {self.fault_vi} / {self.fault_en}"


def examine(
    settings: RoomSettings,
    root: Path = Path("/"),
    addresses: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:
    """Return what was found, in the order of what has to be done.

    Args:
        addresses: of each interface; None: of this machine's.
    """
    origin = f"http://localhost:{settings.kiosk.port}"
    return [
        *(_program(root / name) for name in PROGRAMS),
        _policy(root / POLICY, origin),
        _unit(root / UNIT, origin),
        _source(settings),
        _interface(local_addresses() if addresses is None else addresses),
        _buffer(root / BUFFER),
        _udp(settings.data_dir / STATE),
    ]


def _program(path: Path) -> Finding:
    if path.exists():
        return Finding(path.name)
    package = path.name.lower()
    return Finding(
        path.name,
        f"chưa cài, chạy apt-get install --no-install-recommends {package}",
        f"not installed, run apt-get install --no-install-recommends {package}",
    )


def _policy(path: Path, origin: str) -> Finding:
    faults = list(_policy_faults(path, origin))
    if not faults:
        return Finding(str(path))
    told = "; ".join(faults)
    return Finding(str(path), f"{told}; chạy {_INSTALL}", f"{told}; run {_INSTALL}")


def _policy_faults(path: Path, origin: str) -> Iterator[str]:
    try:
        policy: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as exc:
        yield exc.strerror or str(exc)
        return
    except msgspec.MsgspecError as exc:
        yield str(exc)
        return
    for name in (*_NEEDED, "URLAllowlist"):
        if policy.get(name) != [origin]:
            yield f"{name} != {origin}"
    for name in ("AudioCaptureAllowed", "VideoCaptureAllowed"):
        if policy.get(name) is not False:
            yield f"{name} != false"
    if policy.get("URLBlocklist") != ["*"]:
        yield "URLBlocklist != *"


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
        f'là "{settings.source.kind}": camera và micro không được dùng; đặt "browser"',
        f'is "{settings.source.kind}": camera and microphone are not used; set "browser"',
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
