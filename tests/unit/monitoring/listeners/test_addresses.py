"""Names that cannot be looked up, and names with an address that leads nowhere."""

import asyncio
import socket
import time

import pytest

from contracts.section import Section
from monitoring.collectors.registry import run_collector
from monitoring.errors import CollectorError
from monitoring.listeners import target as under_test
from monitoring.listeners.addresses import addresses_of
from monitoring.listeners.bandwidth import run_train
from monitoring.listeners.line_prober import LinkProber
from monitoring.listeners.target import ProbeTarget, open_channel
from monitoring.stamp import wire
from tests.waiting import until

KEY = b"k" * 32
BAD_HOSTS = ("do..dac.vn", ".dodac.vn", "a" * 64 + ".vn", "", "a\x00b")


@pytest.mark.parametrize("host", BAD_HOSTS)
async def test_a_host_that_cannot_be_one_is_a_failed_measurement(host):
    with pytest.raises(CollectorError):
        await addresses_of(host, 8862)
    train = await run_train(ProbeTarget(host, 8862, 1, KEY))
    assert (train.sent, train.received) == (0, 0)
    assert train.problem


async def test_what_the_resolver_refuses_by_itself_is_a_failed_measurement(monkeypatch):
    async def refusing(*_args, **_kwargs):
        raise UnicodeError("label empty or too long")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", refusing)
    with pytest.raises(CollectorError, match="label empty or too long"):
        await addresses_of("dodac.vn", 8862)


@pytest.mark.parametrize("host", BAD_HOSTS)
async def test_the_prober_outlives_a_bad_host_and_goes_on_with_a_good_one(host):
    prober = LinkProber()
    prober.configure(ProbeTarget(host, 8862, 1, KEY), per_s=3)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(prober.run())
        await until(lambda: prober._problem)
        prober.configure(ProbeTarget("127.0.0.1", 9, 1, KEY), per_s=10)
        await until(lambda: prober.sent_total)
        running.cancel()


class Reflecting(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        wire.decode_question(data, KEY)
        answer = wire.encode_answer(
            data, seq=0, received_ns=1, sent_ns=2, error=wire.ErrorEstimate(), ttl=64, key=KEY
        )
        self.transport.sendto(answer, addr)


async def two_addresses(monkeypatch, dead, alive):
    """Let a name have a dead address and, after it, one that answers (as AAAA before A)."""

    async def both(_host, _port):
        return [(socket.AF_INET, dead), (socket.AF_INET, alive)]

    monkeypatch.setattr(under_test, "addresses_of", both)


async def test_of_two_addresses_the_one_that_answers_is_measured(monkeypatch):
    loop = asyncio.get_running_loop()
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    transport, _ = await loop.create_datagram_endpoint(Reflecting, ("127.0.0.1", 0))
    alive = transport.get_extra_info("sockname")
    await two_addresses(monkeypatch, silent.getsockname(), alive)
    began_s = time.monotonic()
    channel = await open_channel(ProbeTarget("centre", 1, 7, KEY))
    took_s = time.monotonic() - began_s
    assert channel.getpeername() == alive
    assert took_s < under_test.CHOICE_LIMIT_S
    for one in (channel, silent, transport):
        one.close()


async def test_where_none_answers_the_preferred_one_is_measured(monkeypatch):
    silent = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for one in silent:
        one.bind(("127.0.0.1", 0))
    first, second = (one.getsockname() for one in silent)
    await two_addresses(monkeypatch, first, second)
    channel = await open_channel(ProbeTarget("centre", 1, 7, KEY))
    assert channel.getpeername() == first
    for one in (channel, *silent):
        one.close()


async def test_an_unforeseen_failure_of_a_collector_is_an_outcome():
    class Broken:
        name, timeout_s = "broken", 1.0

        async def collect(self) -> Section:
            raise KeyError("nobody thought of this")

    outcome = await run_collector(Broken())
    assert outcome.section is None
    assert outcome.error == "KeyError: 'nobody thought of this'"
