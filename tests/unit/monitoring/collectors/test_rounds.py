"""Collectors together: none delays another, each has its own interval."""

import asyncio
from types import SimpleNamespace

from contracts.reports import HealthBody
from monitoring.collectors.rounds import Rounds
from monitoring.errors import CollectorError


class Source:
    """A collector for tests; `answers` empty: it does not answer until told."""

    def __init__(self, name, *answers, interval_s=0.0, timeout_s=5.0):
        self.name, self.interval_s, self.timeout_s = name, interval_s, timeout_s
        self.answers = iter(answers)
        self.asked_total = 0
        self.may_answer = asyncio.Event()
        if answers:
            self.may_answer.set()

    async def collect(self):
        self.asked_total += 1
        await self.may_answer.wait()
        answer = next(self.answers, HealthBody())
        if isinstance(answer, Exception):
            raise answer
        return answer


def rounds(*sources, patience_s=0.02):
    return Rounds(sources, patience_s=patience_s, monotonic=lambda: clock.now_s)


clock = SimpleNamespace(now_s=0.0)


async def test_one_that_does_not_answer_delays_nothing_and_is_told_later():
    gateway = Source("gateway")
    host = Source("host", HealthBody(cpu_ratio=0.1), HealthBody(cpu_ratio=0.2), HealthBody())
    both = rounds(gateway, host)
    async with asyncio.TaskGroup() as tasks:
        first, _ = await both.collect(tasks)
        second, _ = await both.collect(tasks)
        assert (first.cpu_ratio, second.cpu_ratio) == (0.1, 0.2)
        assert gateway.asked_total == 1  # the first question is still under way
        gateway.answers = iter([HealthBody(uptime_s=7)])
        gateway.may_answer.set()
        third, _ = await both.collect(tasks)
    assert third.uptime_s == 7


async def test_it_ends_at_its_own_limit_and_that_is_a_failure():
    silent = Source("silent", timeout_s=0.01)
    alone = rounds(silent, patience_s=5)
    async with asyncio.TaskGroup() as tasks:
        body, _ = await alone.collect(tasks)
    [failure] = body.failures
    assert (failure.collector, failure.error) == ("silent", "no result within 0.01 s")


async def test_a_longer_interval_is_kept_to_and_what_was_found_holds_meanwhile():
    disk = Source("disk", HealthBody(disk_ratio=0.5), CollectorError("gone"), interval_s=30.0)
    alone = rounds(disk, patience_s=5)
    found = []
    async with asyncio.TaskGroup() as tasks:
        for clock.now_s in (0.0, 10.0, 29.0, 30.0, 40.0):
            body, _ = await alone.collect(tasks)
            found.append((body.disk_ratio, len(body.failures)))
    clock.now_s = 0.0
    assert found == [(0.5, 0), (0.5, 0), (0.5, 0), (None, 1), (None, 1)]
    assert disk.asked_total == 2


async def test_what_fails_unforeseen_costs_only_itself():
    broken = Source("broken", ZeroDivisionError("oh"))
    host = Source("host", HealthBody(cpu_ratio=0.1))
    async with asyncio.TaskGroup() as tasks:
        body, outcomes = await rounds(broken, host, patience_s=5).collect(tasks)
    assert body.cpu_ratio == 0.1
    assert [failure.error for failure in body.failures] == ["ZeroDivisionError: oh"]
    assert [outcome.collector for outcome in outcomes] == ["broken", "host"]
