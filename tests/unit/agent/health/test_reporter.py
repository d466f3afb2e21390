"""Nothing lost, whatever is lost: points and centre end with equal sets."""

import asyncio
import contextlib
import sqlite3
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from agent.health.reporter import Reporter
from agent.health.sending import MAX_BACKLOG_PER_S
from agent.point.journal import Journal
from agent.point.outbox import Outbox
from contracts import codec
from contracts.packed import MAX_PACK, apart, unpacked
from contracts.reports import HealthBody, Held, Report
from contracts.section import Section
from runtime.errors import BusDisconnected
from tests.fakes.centre import ranges_of
from tests.unit.agent.cases import body, stamp_at
from tests.waiting import until


class Line:
    """Where the network was: the centre behind it, and what may happen on the way."""

    def __init__(self, time_passes):
        self.time_passes = time_passes
        self.is_connected = True
        self.is_swallowing = False
        self.held = {}
        self.order = []
        self.packs = []
        self.pack_limit = UNSET

    async def publish(self, topic, message):
        self.time_passes()
        if not self.is_connected:
            raise BusDisconnected("cut")
        if self.is_swallowing:
            return
        payload = unpacked(message, most_bytes=Report.max_bytes)
        reports = [codec.decode(Report, one) for one in apart(payload) or [payload]]
        self.packs.append(len(reports))
        for report in reports:
            self.order.append(report.seq)
            self.held[(report.outbox_id, report.seq)] = report

    def statement(self, outbox_id):
        seqs = {seq for found, seq in self.held if found == outbox_id}
        ranges = ranges_of(seqs)[-256:]
        return Held(outbox_id=outbox_id, ranges=ranges, pack_limit=self.pack_limit)


class Bench:
    """A journal and a reporter on a line, and a clock that the test moves."""

    def __init__(self, path):
        self.journal = Journal(Outbox(path))
        self.line = Line(self.time_passes)
        self.now_s = 0.0
        self.may_send = True
        self.count = 0
        self.reporter = Reporter(
            self.journal, self.line, "p1",
            may_send_backlog=lambda: self.may_send,
            contract_bps=lambda: 10**12,
            monotonic=lambda: self.now_s,
        )  # fmt: skip

    def time_passes(self):
        self.now_s += 1 / MAX_BACKLOG_PER_S

    def sample(self):
        self.count += 1
        self.now_s += 10
        entry = self.journal.append(body(self.count), stamp_at(self.now_s))
        self.reporter.stored()
        return entry

    def reconnect(self):
        self.line.is_connected = True
        self.reporter.connected()

    def cut(self):
        self.line.is_connected = False
        self.reporter.disconnected()

    def state(self):
        self.reporter.held(self.line.statement(self.journal.outbox_id))

    def stored(self):
        return {entry.key for entry in self.journal._file.after(0, 10_000)}


@asynccontextmanager
async def running(bench):
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(bench.reporter.run_live(), name="live"),
            group.create_task(bench.reporter.run_backlog(), name="backlog"),
        ]
        yield
        for task in tasks:
            task.cancel()


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path / "outbox.db")
    yield made
    made.journal.close()


async def test_new_reports_go_at_once_and_the_past_waits_for_the_centres_word(bench):
    bench.cut()
    for _ in range(4):
        bench.sample()
    async with running(bench):
        bench.reconnect()
        bench.sample()
        await until(lambda: len(bench.line.held) == 2)
        assert bench.line.order == [4, 5]
        bench.state()
        await until(lambda: len(bench.line.held) == 5)
    assert bench.line.order == [4, 5, 3, 2, 1]


async def test_the_past_waits_for_the_end_of_a_meeting(bench):
    bench.cut()
    for _ in range(4):
        bench.sample()
    bench.may_send = False
    async with running(bench):
        bench.reconnect()
        bench.state()
        bench.sample()
        await until(lambda: 5 in bench.line.order)
        assert bench.line.order == [4, 5]
        bench.may_send = True
        await until(lambda: len(bench.line.held) == 5)
    assert bench.line.order == [4, 5, 3, 2, 1]


async def test_what_the_centre_lost_with_its_database_goes_out_again(bench):
    async with running(bench):
        bench.reconnect()
        for number in range(1, 7):
            bench.sample()
            await until(lambda: len(bench.line.held) == number)  # noqa: B023 - awaited at once
        bench.state()
        for key in [key for key in bench.line.held if key[1] in (2, 3)]:
            del bench.line.held[key]
        bench.state()
        await until(lambda: len(bench.line.held) == 6)
    assert bench.line.order == [1, 2, 3, 4, 5, 6, 3, 2]


async def test_what_is_on_its_way_is_not_sent_twice(bench):
    async with running(bench):
        bench.reconnect()
        bench.line.is_swallowing = True
        bench.sample()
        await until(lambda: bench.reporter.sent_total == 1)
        bench.line.is_swallowing = False
        bench.state()
        bench.sample()
        await until(lambda: bench.line.order == [2])
        bench.now_s += 3600  # however long: the broker has it, as far as is known
        await until(lambda: True)
        assert bench.reporter.sent_total == 2
        bench.state()
        await until(lambda: bench.line.order == [2, 1])
    assert bench.reporter.sent_total == 3


async def test_what_a_killed_broker_had_taken_goes_out_again_at_once(bench):
    async with running(bench):
        bench.reconnect()
        bench.line.is_swallowing = True
        bench.sample()
        await until(lambda: bench.reporter.sent_total == 1)
        bench.cut()
        bench.line.is_swallowing = False
        bench.reconnect()
        bench.state()
        await until(lambda: bench.line.order == [1])
    assert bench.reporter.sent_total == 2


async def test_a_centre_that_says_nothing_for_a_quarter_of_an_hour_is_sent_everything_once(bench):
    for _ in range(3):
        bench.sample()
    async with running(bench):
        bench.reconnect()
        bench.state()
        await until(lambda: len(bench.line.order) == 3)
        before, stale = bench.reporter.sent_total, bench.line.statement(bench.journal.outbox_id)
        for number in range(1, 91):
            bench.sample()
            await until(lambda: bench.reporter.sent_total == before + number)  # noqa: B023
            if number % 30 == 0:
                bench.reporter.held(stale)
        bench.state()
        bench.sample()
        await until(lambda: len(bench.line.held) == 94)
    assert bench.reporter.sent_total == 94
    assert len(bench.line.order) == len(set(bench.line.order))


async def test_a_report_that_was_damaged_on_the_disk_is_not_sent_and_not_kept(bench, tmp_path):
    bench.cut()
    for _ in range(4):
        bench.sample()
    with contextlib.closing(sqlite3.connect(tmp_path / "outbox.db")) as db, db:
        [payload] = db.execute("SELECT payload FROM report WHERE seq = 2").fetchone()
        spoilt = payload.replace(b'"uptime_s"', b'"\xf5ptime_s"')
        db.execute("UPDATE report SET payload = ? WHERE seq = 2", (spoilt,))
    async with running(bench):
        bench.reconnect()
        bench.state()
        await until(lambda: len(bench.line.held) == 3)
        await until(lambda: {seq for _, seq in bench.stored()} == {1, 3, 4})
        bench.state()
    assert bench.line.order == [4, 3, 1]


async def test_the_past_goes_in_packs_the_newest_first_and_the_next_once_the_last_is_held(bench):
    bench.cut()
    for _ in range(2 * MAX_PACK + 5):
        bench.sample()
    bench.line.pack_limit = MAX_PACK
    async with running(bench):
        bench.reconnect()
        bench.state()
        for packs in ([MAX_PACK], [MAX_PACK] * 2, [MAX_PACK] * 2 + [4]):
            await until(lambda: bench.line.packs == [1, *packs])  # noqa: B023 - awaited at once
            bench.now_s += 60
            bench.sample()  # goes meanwhile, and lets nothing of the past go
            await until(lambda: bench.line.packs == [1, *packs, 1])  # noqa: B023
            bench.line.packs.pop()
            bench.state()
    past = [seq for seq in bench.line.order if seq < 2 * MAX_PACK + 5]
    assert past == sorted(past, reverse=True)
    assert bench.reporter.sent_total == len(bench.line.held) == bench.count


async def test_a_centre_of_before_is_sent_the_past_one_by_one_and_no_more_than_a_pack(bench):
    bench.cut()
    for _ in range(MAX_PACK + 3):
        bench.sample()
    async with running(bench):
        bench.reconnect()
        bench.state()
        await until(lambda: bench.line.packs == [1] * (MAX_PACK + 1))
        bench.state()
        await until(lambda: len(bench.line.held) == bench.count)
    assert set(bench.line.packs) == {1}
    assert bench.line.order == [bench.count, *range(bench.count - 1, 0, -1)]


async def test_what_is_too_long_together_goes_apart_and_what_is_damaged_stays(bench, tmp_path):
    bench.cut()
    figures = {f"{number}".rjust(40, "f"): 1e14 + number for number in range(100, 164)}
    long = HealthBody(open={f"part{number}": Section(figures=figures) for number in range(10)})
    for one in (long, body(2), long, body(4), body(5)):
        bench.journal.append(one, stamp_at(bench.now_s))
    bench.sample()
    with contextlib.closing(sqlite3.connect(tmp_path / "outbox.db")) as db, db:
        db.execute("UPDATE report SET payload = x'7b' WHERE seq = 4")
    bench.line.pack_limit = 100  # more than anybody packs
    async with running(bench):
        bench.reconnect()
        bench.state()
        for packs in ([1, 3], [1, 3, 1]):
            await until(lambda: bench.line.packs == packs)  # noqa: B023 - awaited at once
            bench.state()
    assert bench.line.order == [6, 5, 3, 2, 1]
    assert {seq for _, seq in bench.stored()} == set()


_steps = st.lists(
    st.sampled_from(["sample", "cut", "reconnect", "swallow", "deliver", "lose", "state", "wait"]),
    max_size=40,
)


@settings(max_examples=60)
@given(steps=_steps)
def test_whatever_happens_both_ends_hold_the_same(steps, tmp_path_factory):
    async def play():
        bench = Bench(tmp_path_factory.mktemp("outbox") / "outbox.db")
        copy = {}
        async with running(bench):
            for step in steps:
                match step:
                    case "sample":
                        bench.sample()
                    case "cut":
                        bench.cut()
                    case "reconnect":
                        bench.reconnect()
                    case "swallow" | "deliver":
                        bench.line.is_swallowing = step == "swallow"
                    case "lose":
                        bench.line.held, copy = dict(copy), dict(bench.line.held)
                    case "state" if bench.line.is_connected:
                        bench.state()
                    case "wait":
                        bench.now_s += 60
                await until(lambda: True)
            bench.line.is_swallowing = False
            bench.reconnect()
            await until(lambda: bench.state() or len(bench.line.held) == bench.count)
            bench.state()
            left = bench.journal.backlog(2**63 - 1, 10)
        held = set(bench.line.held)
        bench.journal.close()
        return held, bench.count, left

    held, count, left = asyncio.run(play())
    assert sorted(seq for _, seq in held) == list(range(1, count + 1))
    assert left == []
