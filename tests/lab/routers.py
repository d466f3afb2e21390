"""A point and a centre with routers between, each a network namespace, each to be broken for real.

    point --0-- r1 --1-- r2 --2-- r3 --3-- centre

`net` begins the addresses: of link n `net.n.1` is nearer to the point, `net.n.2` further away (over
IPv6 `net:n::1` and `net:n::2`). Needs root; tests that use it are marked `namespace`.
"""

import itertools
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tests.fakes.namespace import Machine, run
from tests.waiting import until_blocking

T = TypeVar("T")
_nets = itertools.count(secrets.randbelow(60))


@dataclass(frozen=True, slots=True)
class Routers:
    """The row of machines: 0 is the point, the last one the centre."""

    tag: str
    is_v6: bool
    net: str
    count: int

    def name(self, place: int) -> str:
        """Return the namespace of a machine."""
        return f"dcw-{self.tag}-{place}"

    def near(self, link: int) -> str:
        """Return the address of a link's end towards the point."""
        return f"{self.net}:{1 + link:x}::1" if self.is_v6 else f"{self.net}.{link}.1"

    def far(self, link: int) -> str:
        """Return the address of a link's end towards the centre."""
        return f"{self.net}:{1 + link:x}::2" if self.is_v6 else f"{self.net}.{link}.2"

    def net_of(self, link: int) -> str:
        """Return the addresses of a link."""
        return f"{self.net}:{1 + link:x}::/64" if self.is_v6 else f"{self.net}.{link}.0/24"

    @property
    def centre(self) -> str:
        """The address that is traced to."""
        return self.far(self.count)

    @property
    def way(self) -> list[str]:
        """Who answers, hop after hop: each by the end that the packet came in by."""
        return [self.far(link) for link in range(self.count + 1)]

    def at(self, place: int, *command: str) -> None:
        """Run a command on one of the machines."""
        run("ip", "netns", "exec", self.name(place), *command)

    def inside(self, place: int, make: Callable[[], T]) -> T:
        """Return what `make` makes on one of the machines."""
        return Machine(self.name(place), "", "", "", "").inside(make)

    def block(self, place: int, *rules: str) -> None:
        """Have a machine treat packets by rules of nft, each its hook and what nft calls a rule."""
        family = "ip6" if self.is_v6 else "ip"
        lines = [f"table {family} lab {{"]
        for hook in sorted({rule.split(" ", 1)[0] for rule in rules}):
            lines += [f"chain {hook} {{", f"type filter hook {hook} priority 0; policy accept;"]
            lines += [rule.split(" ", 1)[1] for rule in rules if rule.startswith(f"{hook} ")]
            lines.append("}")
        self.at(place, "nft", "\n".join((*lines, "}", "")))

    def mute(self, place: int) -> None:
        """Have a router forward and answer nothing, as many do."""
        protocol = "icmpv6 type time-exceeded" if self.is_v6 else "icmp type time-exceeded"
        self.block(place, f"output {protocol} drop")

    def cut(self, link: int) -> None:
        """Cut a link; nobody is told: what goes over it is lost."""
        self.block(link, 'output oifname "far" drop', 'forward oifname "far" drop')

    def detour(self, place: int) -> str:
        """Have what a machine sends to the centre go round the next one; return by whom instead.

        What comes back takes the way of before.
        """
        name, net = f"dcw-{self.tag}-x", "10.250"
        _batch("", [f"netns add {name}"])
        for other, device, link in ((place, "in", 1), (place + 2, "out", 2)):
            _batch(
                name, [f"link add {device} type veth peer name x{link} netns {self.name(other)}"]
            )
            _batch(
                self.name(other),
                [f"address add {net}.{link}.1/24 dev x{link}", f"link set x{link} up"],
            )
            _batch(name, [f"address add {net}.{link}.2/24 dev {device}", f"link set {device} up"])
        back = f"route add {self.net_of(0)} via {net}.1.1"
        _batch(name, [f"route add default via {net}.2.1", back])
        run("ip", "netns", "exec", name, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        self.route(place, self.centre, f"{net}.1.2")
        return f"{net}.1.2"

    def route(self, place: int, to: str, via: str) -> None:
        """Have a machine send what goes to an address another way."""
        family = ("-6",) if self.is_v6 else ()
        width = "128" if self.is_v6 else "32"
        run("ip", *family, "-n", self.name(place), "route", "replace", f"{to}/{width}", "via", via)


@contextmanager
def a_way(*, is_v6: bool = False, count: int = 3) -> Iterator[Routers]:
    """Make the machines and the links; take all away afterwards."""
    number = next(_nets) % 200
    net = f"fd78:{1 + number:x}" if is_v6 else f"10.{number}"
    made = Routers(secrets.token_hex(2), is_v6, net, count)
    places = range(count + 2)
    try:
        _batch("", [f"netns add {made.name(place)}" for place in places])
        for place in places:
            forwards = ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
            # Linux answers one machine once a second: a carrier's router answers oftener.
            at_once = ("net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0")
            made.at(place, "sysctl", "-q", "-w", *(forwards if place else ()), *at_once)
        for place in places[:-1]:
            far = made.name(place + 1)
            peer = f"type veth peer name near netns {far}"
            _batch(made.name(place), ["link set lo up", f"link add far {peer}"])
        for place in places:
            _batch(made.name(place), [*_addresses(made, place), *_ways(made, place)])
        assert until_blocking(lambda: made.inside(0, lambda: _is_whole(made)), 10)
        yield made
    finally:
        there = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
        names = [one.split()[0] for one in there.splitlines() if f"dcw-{made.tag}-" in one]
        _batch("", [f"netns delete {name}" for name in names])


def _batch(name: str, commands: list[str]) -> None:
    """Run commands of ip on a machine; empty: on this one."""
    where = ("-n", name) if name else ()
    done = subprocess.run(
        ["ip", *where, "-batch", "-"],
        input="\n".join(commands),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _addresses(made: Routers, place: int) -> Iterator[str]:
    tail = "/64 nodad" if made.is_v6 else "/24"
    if place <= made.count:
        yield f"address add {made.near(place)}{tail} dev far"
        yield "link set far up"
    if place:
        yield f"address add {made.far(place - 1)}{tail} dev near"
        yield "link set near up"


def _ways(made: Routers, place: int) -> Iterator[str]:
    if place <= made.count:
        yield f"route add default via {made.far(place)}"
    for link in range(place - 1):  # what lies behind us, back by where it came from
        yield f"route add {made.net_of(link)} via {made.near(place - 1)}"


def _is_whole(made: Routers) -> bool:
    """Whether the centre answers the point: over IPv6 a link needs its time to come up."""
    family = socket.AF_INET6 if made.is_v6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.5)
        asker.connect((made.centre, 9))
        asker.send(b"?")
        try:
            asker.recv(1)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False
