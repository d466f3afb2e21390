"""Whether each configured name server answers, how fast, and whether it knows the centre.

Each is asked apart from the others: the machine's own resolver would ask the first and hide the
rest, until the first is gone and every name takes seconds.
"""

import asyncio
import ipaddress
import secrets
import socket
import time
from collections.abc import Callable, Collection
from pathlib import Path

from contracts.lan import DnsAnswer, DnsSection, Resolver
from monitoring import udp
from monitoring.collectors.dns_message import addresses, meaning, query, question
from monitoring.collectors.host import read_text
from monitoring.errors import CollectorError

PORT = 53
ANSWER_TIMEOUT_S = 1.3
TRIES = 3
INTERVAL_S, AGAIN_S = 120.0, 20.0
MAX_ASKED = 3
"""As many as the C library asks: MAXNS of resolv.conf(5)."""
_MAX_ANSWER = 4096
# Where a server of this machine's own stands in resolv.conf, whom it asks stands here.
_BEHIND_A_STUB = ("run/systemd/resolve/resolv.conf", "run/NetworkManager/no-stub-resolv.conf")


class DnsCollector:
    """One question per collection and server, up to two more where it is lost.

    `centre_at`: the IPv4 addresses at which the centre proved who it is; none where it did so at
    others, or not yet. One that is given and not among them is a lie, or the centre has moved.
    """

    name = "dns"
    timeout_s = 5.0

    def __init__(
        self,
        files: Path,
        centre_host: str,
        *,
        port: int = PORT,
        centre_at: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._is_any_wrong = False
        self._centre_at = centre_at
        self._files = files
        self._asked = "" if _is_address(centre_host) else centre_host
        self._port = port

    @property
    def interval_s(self) -> float:
        """Sooner while one is silent or lies: what was so is not to be told long after it."""
        return AGAIN_S if self._is_any_wrong else INTERVAL_S

    async def collect(self) -> DnsSection:
        """Return how the name servers answered; none where none is configured.

        Raises:
            CollectorError: they cannot be read, or the centre's name cannot be asked for.
        """
        name = "" if is_known_here(self._files, self._asked) else self._asked
        try:
            asked = question(name)
        except ValueError as exc:
            raise CollectorError(str(exc)) from exc
        found = await asyncio.gather(
            *(
                _ask(address, self._port, asked, self._centre_at() if name else None)
                for address in configured(self._files)
            )
        )
        self._is_any_wrong = any(one.answer == "silent" or one.elsewhere for one in found)
        first = next((one.rtt_ms for one in found if one.rtt_ms is not None), None)
        figures = {} if first is None else {"dns_rtt_ms": first}
        return DnsSection(asked=name, resolvers=tuple(found), figures=figures)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return not host
    return True


def is_known_here(files: Path, name: str) -> bool:
    """Return whether a name is found without a name server, or not by this name: hosts(5), mDNS."""
    name = name.rstrip(".").lower()
    if "." not in name or name.endswith((".local", ".localhost")):
        return True
    path = files / "etc/hosts"
    lines = read_text(path).splitlines() if path.exists() else ()
    return any(name in line.partition("#")[0].lower().split()[1:] for line in lines)


def configured(files: Path) -> list[str]:
    """Return the addresses of the name servers, in their order.

    Raises:
        CollectorError: resolv.conf is there and cannot be read.
    """
    path = files / "etc/resolv.conf"
    found = _name_servers(read_text(path)) if path.exists() else []
    if found and all(ipaddress.ip_address(one).is_loopback for one in found):
        for behind in _BEHIND_A_STUB:
            if (files / behind).exists():
                found = _name_servers(read_text(files / behind)) or found
                break
    return found[:MAX_ASKED]


def _name_servers(text: str) -> list[str]:
    found: dict[str, None] = {}
    for line in text.splitlines():
        match line.split():
            case ["nameserver", address, *_]:
                try:
                    ipaddress.ip_address(address)
                except ValueError:
                    continue
                found[address] = None
    return list(found)


async def _ask(
    address: str, port: int, asked: bytes, centre_at: Collection[str] | None
) -> Resolver:
    """Return how a name server answers; `centre_at` None: it is not asked for the centre."""
    for _ in range(TRIES):
        started_s = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer, given = await _answer(address, port, asked, is_named=centre_at is not None)
        except (OSError, TimeoutError):
            continue  # no way to it, nobody listens there, or it is silent
        rtt_ms = round((time.perf_counter() - started_s) * 1000, 2)
        is_astray = given and centre_at and not set(given) & set(centre_at)
        elsewhere = given[0] if is_astray else ""
        return Resolver(address=address, answer=answer, rtt_ms=rtt_ms, elsewhere=elsewhere)
    return Resolver(address=address, answer="silent")


async def _answer(
    address: str, port: int, asked: bytes, *, is_named: bool
) -> tuple[DnsAnswer, tuple[str, ...]]:
    identifier = secrets.randbits(16)
    place = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    family, _, _, _, target = place[0]
    with socket.socket(family, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        channel.connect(target)  # from elsewhere nothing is taken
        channel.send(query(asked, identifier))

        def take(packet: bytes) -> tuple[DnsAnswer, tuple[str, ...]] | None:
            said = meaning(packet, asked, identifier, is_named=is_named)
            return None if said is None else (said, addresses(packet, asked) if is_named else ())

        return await udp.first_taken(channel, take, most_bytes=_MAX_ANSWER)
