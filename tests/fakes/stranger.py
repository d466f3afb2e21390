"""Another device on the same segment as a machine: it answers for itself, on the same line."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fakes.namespace import Machine, run

INTERFACE = "lan"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Where it is, and its hardware address."""

    name: str
    mac: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What a command line begins with, to run there."""
        return ("ip", "netns", "exec", self.name)


@contextmanager
def a_stranger(machine: Machine, address: str, *, width: int = 24) -> Iterator[Stranger]:
    """Plug one in that has an address; take it away afterwards."""
    tag = secrets.token_hex(3)
    made = Stranger(f"dcs-{tag}", f"02:00:00:{tag[:2]}:{tag[2:4]}:{tag[4:]}")
    run("ip", "netns", "add", made.name)
    try:
        run(
            "ip", "link", "add", f"dcs{tag}", "link", machine.host_interface,
            "address", made.mac, "type", "macvlan", "mode", "bridge",
        )  # fmt: skip
        run("ip", "link", "set", f"dcs{tag}", "netns", made.name, "name", INTERFACE)
        run(*made.prefix, "ip", "address", "add", f"{address}/{width}", "dev", INTERFACE)
        run(*made.prefix, "ip", "link", "set", INTERFACE, "up")
        yield made
    finally:
        run("ip", "netns", "delete", made.name)
