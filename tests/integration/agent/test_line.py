"""Measuring a line whose rate, delay and loss are known, because they were set."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from agent.point.line_rate import MIN_CONFIDENCE
from monitoring.collectors import icmp
from monitoring.collectors.registry import run_collector
from monitoring.listeners.bandwidth import PACKETS, run_train
from monitoring.listeners.line_prober import LinkCollector, LinkProber
from monitoring.listeners.target import ProbeTarget
from tests.fakes.line import Shape, a_line
from tests.fakes.mosquitto import free_port
from tests.fakes.reflector import running_reflector
from tests.waiting import until


@pytest.fixture(scope="module")
def reflector(tmp_path_factory):
    with running_reflector(tmp_path_factory.mktemp("reflector"), port=free_port()) as running:
        yield running


async def probe(target, *, count):
    """Return the result of at least so many probes, all of them settled."""
    prober, links = LinkProber(), []
    # The reflector lets a point ask 20 times a second.
    prober.configure(target, per_s=15)
    task = asyncio.create_task(prober.run(), name="prober")
    await until(lambda: prober.sent_total >= count, 20)
    prober.configure(target, per_s=1 / 3600)
    link = await until(lambda: sum_of(prober, links), 10)
    task.cancel()
    await asyncio.wait({task})
    return link


def sum_of(prober, links):
    """Return all that was reported, in one, once all is settled."""
    section = prober.next_section()
    if section is not None:
        links.append(section)
    if sum(one.sent for one in links) < prober.sent_total:
        return None
    last = next((one for one in reversed(links) if one.received), links[-1])
    return msgspec.structs.replace(
        last,
        sent=sum(one.sent for one in links),
        received=sum(one.received for one in links),
        rtt_min_ms=min((one.rtt_min_ms for one in links if one.received), default=None),
    )


@pytest.mark.alone
@pytest.mark.parametrize(
    ("rate_mbit", "delay_ms", "probe_id"), [(2, 20, 110), (10, 5, 120), (0.5, 40, 130)]
)
async def test_rate_and_delay_are_what_was_set(reflector, rate_mbit, delay_ms, probe_id):
    shape = Shape(rate_bps=rate_mbit * 1e6, delay_s=delay_ms / 1000)
    with a_line(reflector.host, reflector.port, shape) as line:
        link = await probe(replace(reflector.target(probe_id), port=line.port), count=20)
        # A point may send one train in 30 s: the others are three points more.
        trains = [
            await run_train(
                replace(reflector.target(probe_id + n), port=line.port), is_both_ways=True
            )
            for n in range(3)
        ]
    # On a busy machine a train may be disturbed; its confidence has to tell.
    train = max(trains, key=lambda t: t.confidence_ratio)
    assert link.received == link.sent >= 20
    # The least of them: a busy machine makes some longer, none shorter.
    assert link.rtt_min_ms == pytest.approx(2 * delay_ms, rel=0.1, abs=3)
    assert train.received == PACKETS, train
    assert train.available_bps == pytest.approx(rate_mbit * 1e6, rel=0.1)
    assert train.confidence_ratio > (0.7 if rate_mbit < 5 else 0.4)
    assert train.train_bytes <= 30_000
    back = max(trains, key=lambda t: t.down_confidence_ratio)
    assert back.down_confidence_ratio > (0.7 if rate_mbit < 5 else 0.3)
    assert back.down_bps == pytest.approx(rate_mbit * 1e6, rel=0.1)


@pytest.mark.alone
async def test_each_way_is_measured_by_itself(reflector):
    ways = Shape(rate_bps=1e6, delay_s=0.02), Shape(rate_bps=4e6, delay_s=0.02)
    with a_line(reflector.host, reflector.port, *ways) as line:
        trains = [
            await run_train(replace(reflector.target(n), port=line.port), is_both_ways=True)
            for n in (140, 141, 142)
        ]
    up = max(trains, key=lambda t: t.confidence_ratio)
    down = max(trains, key=lambda t: t.down_confidence_ratio)
    assert up.available_bps == pytest.approx(1e6, rel=0.1)
    assert down.down_bps == pytest.approx(4e6, rel=0.1)
    assert min(up.confidence_ratio, down.down_confidence_ratio) >= MIN_CONFIDENCE


async def test_a_train_is_answered_while_the_line_is_probed(reflector):
    """Probes go out between a train and its answer: each answer is for who asked."""
    prober = LinkProber()
    with a_line(reflector.host, reflector.port, Shape(rate_bps=0.5e6)) as line:
        prober.configure(replace(reflector.target(150), port=line.port), per_s=15)
        task = asyncio.create_task(prober.run(), name="prober")
        await until(lambda: prober.sent_total >= 2, 20)
        # The train is on its way for 275 ms, and as long again back.
        train = await run_train(replace(reflector.target(151), port=line.port), is_both_ways=True)
        task.cancel()
        await asyncio.wait({task})
    assert train.received == PACKETS, train
    assert train.down_bps is not None
    assert prober.malformed_total == 0


async def test_losses_are_counted_to_the_packet(reflector):
    shape = Shape(loss_ratio=0.2)
    with a_line(reflector.host, reflector.port, shape, seed=7) as line:
        link = await probe(replace(reflector.target(21), port=line.port), count=40)
        lost = line.dropped_total
    assert link.sent - link.received == lost > 0


async def test_a_silent_line_is_loss_and_a_problem_and_not_nothing(reflector):
    with a_line(reflector.host, reflector.port, Shape(loss_ratio=1.0)) as line:
        target = replace(reflector.target(22), port=line.port)
        link = await probe(target, count=3)
        train = await run_train(target)
    assert (link.received, link.rtt_ms) == (0, None)
    assert link.sent >= 3
    assert (train.received, train.available_bps) == (0, None)
    assert "did not answer" in train.problem


async def test_with_the_wrong_key_nothing_comes_back(reflector):
    target = replace(reflector.target(23), key=b"another key")
    link = await probe(target, count=3)
    assert (link.received, link.rtt_ms) == (0, None)


async def test_no_way_to_the_reflector_is_a_failure_with_a_reason():
    prober = LinkProber()
    prober.configure(ProbeTarget("no-such-host.invalid", 1, 1, b"k"), per_s=3)
    task = asyncio.create_task(prober.run(), name="prober")
    outcome = await until(lambda: _failure(prober))
    train = await run_train(ProbeTarget("no-such-host.invalid", 1, 1, b"k"))
    task.cancel()
    await asyncio.wait({task})
    assert "no-such-host.invalid" in outcome.error
    assert "no-such-host.invalid" in train.problem


async def _failure(prober):
    outcome = await run_collector(LinkCollector(prober))
    return outcome if outcome.section is None else None


async def test_this_machine_answers_an_echo_and_nobody_an_unroutable_one():
    assert 0 < await icmp.round_trip_ms("127.0.0.1", timeout_s=1.0) < 1000
    assert await icmp.round_trip_ms("192.0.2.250", timeout_s=0.2) is None
