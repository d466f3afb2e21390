"""The reflector's TCP port by itself: who is let in, and what becomes of the others."""

import asyncio
import contextlib
import secrets
import socket
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.errors import CollectorError
from monitoring.listeners.target import ProbeTarget
from monitoring.throughput import wire
from monitoring.throughput.door import HELLO_LIMIT_S
from monitoring.throughput.knocking import MOST, MOST_OF_ONE
from monitoring.throughput.run import Allowance, TestRefused, measure
from tests.fakes.mosquitto import free_port
from tests.fakes.reflector import ReflectorProcess, running_reflector

DURATION_S = 2.0


@pytest.fixture
def reflector(tmp_path):
    with running_reflector(tmp_path / "reflector", port=free_port()) as running:
        yield running


def allowance(
    reflector: ReflectorProcess, probe_id: int, *, most_bytes: int = 400_000, late_s: int = 0
) -> Allowance:
    """Return what the centre allows a point now, or allowed so long ago."""
    now = datetime.now(UTC) - timedelta(seconds=late_s)
    passed = wire.pass_of(
        probe_id,
        secrets.token_hex(8),
        begins_at=now - timedelta(seconds=1),
        expires_at=now + timedelta(seconds=60),
        most_bytes=most_bytes,
        most_ms=round(DURATION_S * 1000),
    )
    return Allowance(wire.encode_pass(passed, reflector.master), DURATION_S, most_bytes)


async def test_no_more_bytes_go_than_the_pass_allows_and_it_is_good_once(reflector):
    allowed = allowance(reflector, 7)
    found = await measure(reflector.target(7), allowed, lambda: True)
    assert found.up is not None and found.down is not None
    assert 0 < found.up.test_bytes <= 400_000
    assert 0 < found.down.test_bytes <= 400_000
    with pytest.raises(TestRefused) as refused:
        await measure(reflector.target(7), allowed, lambda: True)
    assert refused.value.reason == "late"


async def test_who_takes_more_than_allowed_is_cut_off(reflector):
    allowed = allowance(reflector, 7)
    greedy = Allowance(allowed.passed, DURATION_S, 50_000_000)
    with pytest.raises(CollectorError, match="the connection was lost"):
        await measure(reflector.target(7), greedy, lambda: True)


async def test_a_pass_of_before_or_of_another_point_or_of_nobody_is_not_taken(reflector):
    with pytest.raises(TestRefused) as late:
        await measure(reflector.target(7), allowance(reflector, 7, late_s=90), lambda: True)
    assert late.value.reason == "late"
    forged = Allowance(secrets.token_bytes(wire.PASS_BYTES), DURATION_S, 400_000)
    for allowed in (allowance(reflector, 8), forged):
        with pytest.raises(TestRefused) as stranger:
            await measure(reflector.target(7), allowed, lambda: True)
        assert stranger.value.reason == "reflector"


async def test_where_no_tcp_answers_the_sentence_says_so(reflector):
    target = reflector.target(7)
    closed = ProbeTarget(target.host, free_port(), target.probe_id, target.key)
    with pytest.raises(TestRefused, match="no test by TCP at"):
        await measure(closed, allowance(reflector, 7), lambda: True)


@pytest.mark.parametrize("is_of_one", [True, False], ids=["one address", "many addresses"])
async def test_silent_strangers_take_no_place_from_a_point(reflector, is_of_one):
    loop, count = asyncio.get_running_loop(), MOST + MOST_OF_ONE
    strangers = [socket.socket() for _ in range(count)]
    try:
        for number, one in enumerate(strangers):
            one.setblocking(False)
            one.bind(("127.0.9.1" if is_of_one else f"127.0.9.{number + 1}", 0))
            await loop.sock_connect(one, (reflector.host, reflector.port))
        # Nobody is turned away: for who comes the one goes that has waited longest.
        for one in strangers[: -MOST_OF_ONE if is_of_one else -MOST]:
            await _ended(one)
        found = await measure(reflector.target(7), allowance(reflector, 7), lambda: True)
        assert found.down is not None and found.down.test_bytes
    finally:
        for one in strangers:
            one.close()


async def _ended(one: socket.socket) -> None:
    """Wait until it has ended: sooner than who only says nothing is let go."""
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(HELLO_LIMIT_S - 1):
            while await asyncio.get_running_loop().sock_recv(one, 64):
                pass
