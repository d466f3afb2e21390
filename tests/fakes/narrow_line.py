"""A line that swallows large packets and says nothing: a tunnel somewhere, and no ICMP.

Two TUN devices, one of them in a namespace, and a thread that carries packets between
them. Needs root; tests that use it are marked `namespace`.
"""

import fcntl
import os
import secrets
import selectors
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fakes.namespace import Machine, run

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h


@dataclass(slots=True)
class NarrowLine:
    """The machine behind the line, and what the line has swallowed."""

    machine: Machine
    swallowed: int = 0


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


@contextmanager
def a_narrow_line(limit_bytes: int) -> Iterator[NarrowLine]:
    """Make a machine whose line carries no packet above the limit; take it away afterwards."""
    tag = secrets.token_hex(3)
    net = f"10.{100 + secrets.randbelow(100)}.{secrets.randbelow(256)}."
    machine = Machine(f"dct-{tag}", f"{net}1", f"{net}2", f"dcu{tag}", f"dct{tag}")
    line = NarrowLine(machine)
    run("ip", "netns", "add", machine.name)
    near, far = _tun(machine.host_interface), _tun(machine.interface)
    ends, ended = os.pipe()
    carrying = threading.Thread(target=_carry, args=(line, near, far, ends, limit_bytes))
    try:
        run("ip", "link", "set", machine.interface, "netns", machine.name)
        _up(machine.host, machine.host_interface)
        _up(machine.address, machine.interface, *machine.prefix)
        carrying.start()
        yield line
    finally:
        os.write(ended, b"x")
        if carrying.is_alive():
            carrying.join()
        for descriptor in (near, far, ends, ended):
            os.close(descriptor)
        run("ip", "netns", "delete", machine.name)


def _up(address: str, interface: str, *prefix: str) -> None:
    run(*prefix, "ip", "address", "add", f"{address}/24", "dev", interface)
    run(*prefix, "ip", "link", "set", interface, "up")


def _carry(line: NarrowLine, near: int, far: int, ends: int, limit_bytes: int) -> None:
    other = {near: far, far: near}
    with selectors.DefaultSelector() as selector:
        for descriptor in (near, far, ends):
            selector.register(descriptor, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == ends:
                    return
                packet = os.read(key.fd, 65_535)
                if len(packet) > limit_bytes:
                    line.swallowed += 1
                else:
                    os.write(other[key.fd], packet)
