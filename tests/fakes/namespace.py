"""A machine behind a line of its own: a network namespace at the end of a veth pair.

Needs root; tests that use it are marked `namespace`.
"""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """`host` is this side's address, `address` the other's, `interface` its name there."""

    name: str
    host: str
    address: str
    interface: str
    host_interface: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command line begins with, to run there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Take the cable out."""
        _run("ip", "link", "set", self.host_interface, "down")

    def mend(self) -> None:
        """Put it in again."""
        _run("ip", "link", "set", self.host_interface, "up")

    def bytes_total(self) -> int:
        """Return what has gone over the interface, both directions together."""
        found = 0
        for counter in ("rx_bytes", "tx_bytes"):
            path = f"/sys/class/net/{self.host_interface}/statistics/{counter}"
            with open(path) as file:
                found += int(file.read())
        return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


@contextmanager
def a_machine() -> Iterator[Machine]:
    """Make a namespace and its line; take both away afterwards."""
    tag = secrets.token_hex(3)
    net = f"10.{100 + secrets.randbelow(100)}.{secrets.randbelow(256)}"
    made = Machine(f"dct-{tag}", f"{net}.1", f"{net}.2", "uplink", f"dct{tag}")
    _run("ip", "netns", "add", made.name)
    try:
        _run(
            "ip", "link", "add", made.host_interface, "type", "veth",
            "peer", "name", made.interface, "netns", made.name,
        )  # fmt: skip
        _run("ip", "address", "add", f"{made.host}/24", "dev", made.host_interface)
        _run("ip", "link", "set", made.host_interface, "up")
        _run(*made.prefix, "ip", "link", "set", "lo", "up")
        inside = ("ip", "address", "add", f"{made.address}/24", "dev", made.interface)
        _run(*made.prefix, *inside)
        _run(*made.prefix, "ip", "link", "set", made.interface, "up")
        _run(*made.prefix, "ip", "route", "add", "default", "via", made.host)
        yield made
    finally:
        _run("ip", "netns", "delete", made.name)
        subprocess.run(
            ["ip", "link", "delete", made.host_interface], capture_output=True, check=False
        )
