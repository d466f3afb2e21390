"""`diemcau-agent probe trace`: the way to a host, hop by hop."""

import argparse
import asyncio
import socket
import time

import msgspec

from agent.errors import EXIT_FAILED, EXIT_USAGE, ProbeFailed
from agent.health import trace_words
from agent.health.probe_address import address_of
from contracts import hosts, numbers
from contracts.errors import MalformedHost, MalformedNumber
from contracts.way import WayBody
from monitoring.errors import CollectorError
from monitoring.listeners import way_tracer
from monitoring.way import way_body

MAX_PORT = 65_535


def probe_trace(parsed: argparse.Namespace) -> str:
    """Return the way, for people or as JSON.

    Raises:
        ProbeFailed: with a sentence in both languages, and an exit code.
    """
    host, port = _place(parsed.host)
    body = asyncio.run(_traced(host, port))
    if parsed.json:
        return msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
    return trace_words.as_text(host, body)


async def _traced(host: str, port: int) -> WayBody:
    address, began_s = await address_of(host), time.monotonic()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        traced = await way_tracer.trace((family, (address, port)), way_tracer.PlainQuestions())
    except CollectorError as exc:
        vi = f"Máy này không có đường ra tới {host}. Kiểm tra cáp và cổng mạng (gateway)."
        en = f"There is no way from this machine to {host}: {exc}."
        raise ProbeFailed("no_way", EXIT_FAILED, vi=vi, en=en) from exc
    duration_s = time.monotonic() - began_s
    return way_body.body_of(traced, reason="asked", to=address, duration_s=duration_s)


def _place(text: str) -> tuple[str, int]:
    """Return host and port of `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT` or `IPv6`."""
    host, port = text, str(way_tracer.PLAIN_PORT)
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        host, port = text.split(":")
    try:
        return hosts.host(host), numbers.whole(port, least=1, most=MAX_PORT)
    except (MalformedHost, MalformedNumber) as exc:
        vi = f"Địa chỉ cần dò không dùng được: {text[:80]!r}."
        raise ProbeFailed("usage", EXIT_USAGE, vi=vi, en=f"{exc}.") from exc
