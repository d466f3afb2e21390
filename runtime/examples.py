"""Refuses to start with the addresses that the shipped configuration shows as examples.

They look like settings and lead nowhere: a line that is never measured, a point that stays
joining for ever.
"""

import ipaddress
import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runtime.errors import SettingsError

# Names: RFC 2606 and our own. Addresses: RFC 5737 and 3849.
_NAME = re.compile(r"(?:^|[/.@])example(?:\.[a-z]{2,3}){0,2}(?=$|[:/])")
_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
VIETNAMESE = "chỉ là ví dụ, ghi địa chỉ thật"
ADVICE = "is an example; put the real address: systemd/install.sh centre --address NAME[,IP…]"


def refuse_examples(path: Path) -> None:
    """Look through a configuration file that has been read already.

    Raises:
        SettingsError: it still names an example; says which and where.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for key, text in _texts(table, ""):
        if is_example(text) and not _is_this_machines(text):
            said = f"{text!r} {ADVICE}"
            raise SettingsError(path, key, said, vietnamese=f"{text!r} {VIETNAMESE}")


def is_example(text: str) -> bool:
    """Return whether a name, address or URL is one that documentation uses."""
    if text.startswith("/"):
        return False  # a file's name
    if _NAME.search(text.lower()):
        return True
    try:
        address = ipaddress.ip_address(text.removeprefix("https://").partition("/")[0])
    except ValueError:
        return False
    return any(address in network for network in _NETWORKS)


def _is_this_machines(text: str) -> bool:
    """Whether an address is one of this machine's own, however it reads: laboratories have them."""
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(text).version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((text, 0))
    except (ValueError, OSError):
        return False
    return True


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - what TOML holds
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{key}[{number}]")
