"""The point's name server, a real dnsmasq at an address of its own, that can go wrong."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from monitoring.collectors.dns_message import query, question
from tests.fakes.namespace import run
from tests.waiting import until_blocking

CENTRE_NAME = "trung-tam.test"


@dataclass(slots=True)
class Resolver:
    """It says where the centre is, which it knows as `CENTRE_NAME`."""

    address: str
    host: str
    process: "subprocess.Popen[bytes] | None" = None

    def become(self, how: str) -> None:
        """Be right, dead, or one that refuses, fails, knows no centre, or lies where it is."""
        self.kill()
        if how == "dead":
            return
        said = {
            "right": (f"--address=/{CENTRE_NAME}/{self.host}",),
            "unknown": (f"--address=/{CENTRE_NAME}/",),
            "refuses": (),
            # Where nobody is (RFC 5737), and where somebody is who is not the centre.
            "lies": (f"--address=/{CENTRE_NAME}/192.0.2.99",),
            "shows its own page": (f"--address=/{CENTRE_NAME}/{self.address}",),
            "fails": ("--server=127.0.0.1#9",),
        }[how]
        program = shutil.which("dnsmasq") or "/usr/sbin/dnsmasq"
        self.process = subprocess.Popen(
            [
                program, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                "--no-hosts", "--user=root", "--pid-file=", "--bind-interfaces",
                f"--listen-address={self.address}", *said,
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert until_blocking(lambda: how == "fails" or self._answers(), 10), "dnsmasq answers"

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.3)
            try:
                asking.connect((self.address, 53))
                asking.send(query(question(CENTRE_NAME), 7))
                return bool(asking.recv(512))
            except OSError:
                return False


@contextmanager
def a_resolver(host: str) -> Iterator[Resolver]:
    """Have one until the block ends."""
    address = f"10.97.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
    run("ip", "address", "add", f"{address}/32", "dev", "lo")
    resolver = Resolver(address, host)
    try:
        resolver.become("right")
        yield resolver
    finally:
        resolver.kill()
        run("ip", "address", "delete", f"{address}/32", "dev", "lo")
