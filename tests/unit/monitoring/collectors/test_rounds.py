"""Collectors together: none delays another, each has its own interval."""

import asyncio
from types import SimpleNamespace

import msgspec

from contracts.lan import DhcpSection, Lease
from contracts.reports import DiskSection, GatewaySection, HealthBody, HostSection
from contracts.section import Section
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
        answer = next(self.answers, Section())
        if isinstance(answer, Exception):
            raise answer
        return answer


def rounds(*sources, patience_s=0.02):
    return Rounds(sources, patience_s=patience_s, monotonic=lambda: clock.now_s)


clock = SimpleNamespace(now_s=0.0)


async def test_one_that_does_not_answer_delays_nothing_and_is_told_later():
    gateway = Source("gateway")
    host = Source("host", HostSection(cpu_ratio=0.1), HostSection(cpu_ratio=0.2))
    both = rounds(gateway, host)
    async with asyncio.TaskGroup() as tasks:
        first, _ = await both.collect(tasks)
        second, _ = await both.collect(tasks)
        assert (first.host.cpu_ratio, second.host.cpu_ratio) == (0.1, 0.2)
        assert first.gateway is second.gateway is None
        assert gateway.asked_total == 1  # the first question is still under way
        gateway.answers = iter([GatewaySection(rtt_ms=7.0)])
        gateway.may_answer.set()
        third, _ = await both.collect(tasks)
    assert third.gateway.rtt_ms == 7.0


async def test_it_ends_at_its_own_limit_and_that_is_a_failure():
    silent = Source("silent", timeout_s=0.01)
    alone = rounds(silent, patience_s=5)
    async with asyncio.TaskGroup() as tasks:
        body, _ = await alone.collect(tasks)
    [failure] = body.failures
    assert (failure.collector, failure.error) == ("silent", "no result within 0.01 s")


async def test_what_the_centre_would_refuse_costs_its_own_section_and_no_other():
    lease = Lease(interface="eth0", address="10.0.0.9", left_s=60, server="x" * 65)
    dhcp, hot = Source("dhcp", DhcpSection(leases=(lease,))), HostSection(temperature_c=900.0)
    both = rounds(dhcp, Source("load", Section(figures={"a_s": 1.0})), Source("host", hot))
    async with asyncio.TaskGroup() as tasks:
        body, _ = await both.collect(tasks)
    assert [one.collector for one in body.failures] == ["dhcp", "host"]
    assert "leases[0].server" in body.failures[0].error
    assert list(body.sections) == ["load"]
    assert msgspec.json.decode(msgspec.json.encode(body), type=HealthBody) == body


async def test_what_is_to_be_asked_again_sooner_is():
    clock.now_s = 0.0
    one, fixed = Source("dns", interval_s=120.0), Source("lan", interval_s=120.0)
    both = Rounds((one, fixed), intervals_s={"lan": 60.0}, monotonic=lambda: clock.now_s)
    async with asyncio.TaskGroup() as tasks:
        for at_s, interval_s in ((0, 20.0), (10, 20.0), (20, 120.0), (40, 120.0), (70, 120.0)):
            clock.now_s = at_s
            await both.collect(tasks)
            one.interval_s = fixed.interval_s = interval_s
    assert (one.asked_total, fixed.asked_total) == (2, 2)


async def test_a_report_has_what_was_due_and_a_failure_is_said_once():
    disk = Source("disk", DiskSection(disk_ratio=0.5), CollectorError("gone"), interval_s=30.0)
    alone = rounds(disk, patience_s=5)
    found = []
    async with asyncio.TaskGroup() as tasks:
        for clock.now_s in (0.0, 10.0, 29.0, 29.9, 40.0):
            body, _ = await alone.collect(tasks)
            found.append((body.disk, [failure.error for failure in body.failures]))
    clock.now_s = 0.0
    nothing = (None, [])
    due = (DiskSection(disk_ratio=0.5), [])
    assert found == [due, nothing, nothing, (None, ["gone"]), nothing]
    assert disk.asked_total == 2


async def test_what_the_first_round_found_is_in_the_first_report():
    disk = Source("disk", DiskSection(disk_ratio=0.5), interval_s=30.0)
    host = Source("host", HostSection(), HostSection(cpu_ratio=0.1))
    both = rounds(disk, host, patience_s=5)
    async with asyncio.TaskGroup() as tasks:
        await both.run_due(tasks)
        body, _ = await both.collect(tasks)
    assert (body.disk, body.host) == (DiskSection(disk_ratio=0.5), HostSection(cpu_ratio=0.1))


async def test_the_settings_say_how_often_a_section_is_due():
    host, load = Source("host", HostSection()), Source("load", Section(), interval_s=60.0)
    both = Rounds(
        [host, load],
        intervals_s={"host": 20.0, "load": 0.0},
        patience_s=5,
        monotonic=lambda: clock.now_s,
    )
    found = []
    async with asyncio.TaskGroup() as tasks:
        for clock.now_s in (0.0, 10.0, 20.0):
            body, _ = await both.collect(tasks)
            found.append(list(body.sections))
    clock.now_s = 0.0
    assert found == [["host", "load"], ["load"], ["host", "load"]]


async def test_what_fails_unforeseen_costs_only_itself():
    broken = Source("broken", ZeroDivisionError("oh"))
    host = Source("host", HostSection(cpu_ratio=0.1))
    async with asyncio.TaskGroup() as tasks:
        body, outcomes = await rounds(broken, host, patience_s=5).collect(tasks)
    assert body.host.cpu_ratio == 0.1
    assert [failure.error for failure in body.failures] == ["ZeroDivisionError: oh"]
    assert [outcome.collector for outcome in outcomes] == ["broken", "host"]
