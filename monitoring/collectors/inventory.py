"""What the point is made of: facts that change rarely."""

import fcntl
import socket
import struct
import time
from pathlib import Path
from typing import Literal

from contracts.machine import BootFacts
from contracts.reports import InterfaceFacts, InventoryBody
from monitoring.collectors.hardware import machine_facts
from monitoring.collectors.host import memory_bytes, read_text
from monitoring.collectors.interfaces import Listed, attribute, listed, speed_bps
from monitoring.collectors.roots import Roots

_SIOCGIFADDR = 0x8915
_MAX_ADDRESSES = 16


def take_inventory(
    roots: Roots,
    *,
    os_release: Path,
    agent_version: str,
    disk_bytes: int,
    boot: BootFacts | None = None,
) -> InventoryBody:
    """Return the facts.

    Args:
        boot: how the time before this one ended.

    Raises:
        CollectorError: a file of the kernel cannot be read.
    """
    proc, sys = roots.proc, roots.sys
    processor, count = _processor(proc)
    found = listed(proc, sys)
    return InventoryBody(
        hostname=_first_line(proc / "sys/kernel/hostname"),
        system=_system(proc, os_release),
        agent_version=agent_version,
        processor=processor,
        processor_count=count,
        memory_bytes=memory_bytes(proc)[1],
        disk_bytes=disk_bytes,
        interfaces=_interfaces(proc, sys, found),
        virtual_interfaces=len(found.virtual),
        machine=machine_facts(sys, roots.asked, now_s=time.time()),
        boot=boot,
    )


def _first_line(path: Path) -> str:
    return read_text(path).split("\n", 1)[0].strip()[:120]


def _system(proc: Path, os_release: Path) -> str:
    name = "Linux"
    for line in read_text(os_release).splitlines() if os_release.exists() else ():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME":
            name = value.strip().strip('"')
    return f"{name}, kernel {_first_line(proc / 'sys/kernel/osrelease')}"[:120]


def _processor(proc: Path) -> tuple[str, int]:
    model, count = "", 0
    for line in read_text(proc / "cpuinfo").splitlines():
        key, _, value = line.partition(":")
        match key.strip():
            case "processor":
                count += 1
            case "model name" | "Model" | "Hardware" if not model:
                model = " ".join(value.split())
    return (model or "unknown")[:120], count


def _interfaces(proc: Path, sys: Path, found: Listed) -> tuple[InterfaceFacts, ...]:
    v6 = _v6_addresses(proc)
    return tuple(
        _facts(sys, counters.name, v6.get(counters.name, []), found.uplink)
        for counters in found.own
    )


def _facts(sys: Path, name: str, v6: list[str], uplink: str) -> InterfaceFacts:
    mtu = attribute(sys, name, "mtu") or ""
    return InterfaceFacts(
        name=name,
        mac=(attribute(sys, name, "address") or "")[:32],
        mtu=int(mtu) if mtu.isdigit() else 0,
        speed_bps=speed_bps(sys, name),
        duplex=_duplex(attribute(sys, name, "duplex")),
        addresses=tuple([*_v4_addresses(name), *v6][:_MAX_ADDRESSES]),
        is_uplink=name == uplink,
    )


def _duplex(text: str | None) -> Literal["full", "half", "unknown"]:
    match text:
        case "full" | "half":
            return text
        case _:
            return "unknown"


def _v4_addresses(name: str) -> list[str]:
    """Return the interface's first IPv4 address: all that netdevice(7) tells."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        try:
            answer = fcntl.ioctl(
                channel.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15])
            )
        except OSError:
            return []  # it has none, or is gone
    return [socket.inet_ntoa(answer[20:24])]


def _v6_addresses(proc: Path) -> dict[str, list[str]]:
    path = proc / "net/if_inet6"
    found: dict[str, list[str]] = {}
    for line in read_text(path).splitlines() if path.exists() else ():
        words = line.split()
        if len(words) == 6 and len(words[0]) == 32:
            address = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(words[0]))
            found.setdefault(words[5], []).append(address)
    return found
