"""The centre's address, said once: everything in the configuration that follows from it.

The files are people's, with their comments: lines are changed in place, and whatever else
they hold stays as it is.
"""

import ipaddress
import os
import re
import socket
import stat
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import MalformedHost
from contracts.hosts import Origin, host, origin
from controller.answer import CommandAnswer, said
from controller.errors import InstallationError
from controller.settings import ControllerSettings
from runtime import atomic
from runtime.examples import is_example

RELAY_PORT = 8444
# Whereto no packet is sent: only the kernel's choice of our own address is asked for.
_ELSEWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
_TABLE = re.compile(r"^\s*\[+\s*(\w+)\s*\]+")
_LISTENS_V4 = re.compile(r'^(\s*(?:bind|host)\s*=\s*)"0\.0\.0\.0"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Names and IP addresses of the centre; the first is told to points."""

    hosts: tuple[str, ...]

    @classmethod
    def parsed(cls, text: str) -> "Addresses":
        """Return what a person typed: hosts between commas.

        Raises:
            InstallationError: one is no host, or only an example.
        """
        try:
            hosts = tuple(dict.fromkeys(host(part.strip()) for part in text.split(",")))
        except MalformedHost as exc:
            raise InstallationError(str(exc), "give the centre's name or IP address") from exc
        for one in hosts:
            if is_example(one) or one == "localhost":
                raise InstallationError(f"{one} is no address of this centre", "give the real one")
        return cls(hosts)

    @property
    def ips(self) -> tuple[str, ...]:
        """The IP addresses among them."""
        return tuple(one for one in self.hosts if _is_ip(one))


def set_address(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Write the addresses into the controller's file, and those of the relays on this machine."""
    addresses = Addresses.parsed(arguments.addresses)
    candidates = addresses.ips or own_addresses(addresses.hosts[0])
    is_v6_told = any(":" in one for one in (*addresses.hosts, *candidates))
    for path, lines in (
        (arguments.config, controller_lines(addresses)),
        (arguments.relay_config, {("media", "candidates"): _list(candidates)}),
        (arguments.reflector_config, {}),
    ):
        if path.exists():
            _rewrite(path, lines, is_v6_told=is_v6_told)
    for worker in (one for one in settings.relays if one.home and not one.serves):
        path = arguments.relay_config.with_name(f"{worker.relay_id}.toml")
        if not path.exists():  # on another machine, whose address is its own
            continue
        _rewrite(path, {("media", "candidates"): _list(candidates)}, is_v6_told=is_v6_told)
        moved = Origin(addresses.hosts[0], origin(worker.url).port).url
        text = arguments.config.read_text(encoding="utf-8")
        text = text.replace(_text(worker.url), _text(moved))
        write_like(arguments.config, text, arguments.config)
    names = ", ".join(addresses.hosts)
    media = ", ".join(candidates)
    return CommandAnswer(
        said(
            f"Điểm cầu và trình duyệt tới trung tâm này qua {names}; hình tiếng qua {media}.",
            f"Points and browsers reach this centre as {names}; media at {media}.",
        ),
        {"hosts": list(addresses.hosts), "candidates": list(candidates)},
    )


Lines = dict[tuple[str, str], str]


def controller_lines(addresses: Addresses) -> Lines:
    """Return (table, key) → value, as TOML writes it, of what follows in controller.toml."""
    first = addresses.hosts[0]
    return {
        ("", "public_hosts"): _list(addresses.hosts),
        ("relays", "url"): _text(Origin(first, RELAY_PORT).url),
        ("reflector", "host"): _text(first),
    }


def with_lines(text: str, lines: Lines) -> str:
    """Return a TOML file with some keys' lines replaced; the first of each counts.

    Raises:
        InstallationError: a key is not there as one line.
    """
    wanted, table, result = dict(lines), "", []
    for line in text.splitlines():
        found = _TABLE.match(line)
        table = found[1] if found else table
        key = line.partition("=")[0].strip()
        value = wanted.get((table, key))
        if value is not None and _is_whole(line):
            line = f"{key} = {value}"
            del wanted[table, key]
        result.append(line)
    if wanted:
        missing = ", ".join(f"[{table}] {key}" if table else key for table, key in wanted)
        raise InstallationError(f"{missing} is not there in one line", "write it by hand")
    return "\n".join(result) + "\n"


def own_addresses(name: str) -> tuple[str, ...]:
    """Return the IP addresses at which media reach this machine: its name's, else its routes'.

    Raises:
        InstallationError: none is known.
    """
    found = named_addresses(name)
    found = found or tuple(address for address in _routed() if not _is_loopback(address))
    if not found:
        raise InstallationError(
            f"no IP address of {name} is known here", f"give it too: {name},IP-ADDRESS"
        )
    return found


def named_addresses(name: str) -> tuple[str, ...]:
    """Return the IP addresses of a name at which others reach it; none where none is known."""
    return tuple(dict.fromkeys(one for one in _resolved(name) if not _is_loopback(one)))


def _resolved(name: str) -> list[str]:
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(answer[4][0]) for answer in answers]


def _routed() -> list[str]:
    found = []
    for elsewhere, family in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return found


def _rewrite(path: Path, lines: Lines, *, is_v6_told: bool) -> None:
    text = with_lines(path.read_text(encoding="utf-8"), lines)
    if is_v6_told:  # all of IPv4 becomes all of both
        text = _LISTENS_V4.sub(r'\1"::"', text)
    write_like(path, text, path)


def write_like(path: Path, text: str, model: Path) -> None:
    """Write a file that has another's owner, group and mode."""
    before = model.stat()
    atomic.write_bytes(path, text.encode(), mode=stat.S_IMODE(before.st_mode))
    os.chown(path, before.st_uid, before.st_gid)


def _is_whole(line: str) -> bool:
    value = line.partition("=")[2].partition("#")[0].strip()
    return not value.startswith("[") or value.endswith("]")


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return ipaddress.ip_address(text.partition("%")[0]).is_loopback


def _text(value: str) -> str:
    return f'"{value}"'


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_text, values))}]"
