"""What the systemd units say about a process, so that the demo does the same without systemd."""

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "systemd"
FOR_ALL = FOLDER / "diemcau-.service.d" / "10-all.conf"
UNIT_OF = {
    "broker": "diemcau-broker",
    "web": "diemcau-controller-web",
    "enrolment": "diemcau-controller-enrolment",
    "ingest": "diemcau-controller-ingest",
    "reflector": "diemcau-reflector",
    "relay": "diemcau-relay",
    "recorder": "diemcau-recorder",
    "agent": "diemcau-agent",
    "media": "diemcau-room",
    "traps": "diemcau-traps",
}


def restart_delay_s(name: str) -> float:
    """Return the unit's RestartSec for a process of ours ("agent:pt-…" is an "agent")."""
    return float((_setting(name, "RestartSec") or "1").removesuffix("s"))


def nice(name: str) -> int:
    """Return the unit's Nice; what only root may give is left out where we are not."""
    wanted = int(_setting(name, "Nice") or "0")
    return wanted if os.geteuid() == 0 else max(0, wanted)


def _setting(name: str, key: str) -> str | None:
    unit = UNIT_OF.get(name.partition(":")[0])
    files = [FOLDER / f"{unit}.service", FOR_ALL] if unit else [FOR_ALL]
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            found, _, value = line.partition("=")
            if found.strip() == key:
                return value.strip()
    return None
