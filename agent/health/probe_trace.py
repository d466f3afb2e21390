"""`diemcau-agent probe trace`: the way to a host, hop by hop."""

import argparse
import asyncio
import socket
import time

import msgspec

from agent.errors import EXIT_FAILED, ProbeFailed
from agent.health import trace_words
from agent.health.probe_address import address_of, place_of
from contracts.way import WayBody
from monitoring.errors import CollectorError
from monitoring.listeners import way_tracer
from monitoring.way import way_body


def probe_trace(parsed: argparse.Namespace) -> str:
    """Return the way, for people or as JSON.

    Raises:
        ProbeFailed: with a sentence in both languages, and an exit code.
    """
    host, port = place_of(parsed.host, way_tracer.PLAIN_PORT)
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
