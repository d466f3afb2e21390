"""Any bytes a point may send become a stored report or our refusal, and the pages show them.

From the broker's message through decoding, judging and storing to every page and answer
that reads it. As many as are promised: `DIEMCAU_BYTES_CASES=100000 pytest --timeout=0 FILE`.
"""

import os
import random
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from contracts import topics
from contracts.ids import PointId
from controller.db.engine import open_engine
from controller.ingest.acknowledgement import Acknowledgements
from controller.ingest.applied import AppliedBook
from controller.ingest.call_minutes import CallMinutes
from controller.ingest.intake import Intake
from controller.ingest.limits_in_use import LimitsInUse
from controller.ingest.points import KnownPoints
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_judging import ProblemJudging
from controller.ingest.rejections import Reason, Rejections
from controller.ingest.store import SeriesStore
from controller.ingest.timekeeping import Timekeeping
from controller.ingest.writer import Writer
from controller.roles import Role
from controller.settings import ThresholdSettings
from monitoring.judgement.presence import PresenceLimits
from runtime.bus import Received
from runtime.guard import FAILURES
from runtime.set_aside import SetAside
from tests.contract import golden
from tests.contract.mutation import mutated

CASES = int(os.environ.get("DIEMCAU_BYTES_CASES", "3000"))
CASES_A_LIFE = 5_000
CASES_A_LOOK = 500
POINTS = [PointId(name) for name in ("p-chair", "p-b", "p-c")]
REPORTS = sorted(name for name in golden.TYPES if name.startswith("report-"))
NOT_OURS = (b'"x\xe4":1,', b'"x":"\xff",', b'"x":"\\ud800",', b'"x":1e999,', b'"x":' + b"[" * 99)


class Quiet:
    """Tells no page."""

    async def problems(self, flips):
        """Tell nobody."""

    async def presence(self, changes):
        """Tell nobody."""


class Life:
    """Ingest without its broker: what one process takes in."""

    def __init__(self, settings, folder):
        self._engines = [
            open_engine(settings.series_database_url),
            open_engine(settings.state_database_url, durability="FULL"),
        ]
        self.stored = self.duplicates = self.refused = 0
        self.rejections = Rejections()
        self.book = PresenceBook(PresenceLimits())
        self.store = SeriesStore(self._engines[0])
        self.writer = Writer(self.store, on_committed=self._committed)
        time = Timekeeping()
        self.now = time.now
        self.judging = ProblemJudging(
            self.store,
            self.writer,
            Quiet(),
            LimitsInUse(self._engines[1], ThresholdSettings(), folder),
            now=time.now,
            contracted=dict,
            presence_stored=lambda _: None,
        )
        self.applied = AppliedBook()
        self.intake = Intake(
            time=time,
            points=KnownPoints(self._engines[1]),
            book=self.book,
            writer=self.writer,
            acknowledgements=Acknowledgements(),
            rejections=self.rejections,
            set_aside=SetAside(folder),
            clear_retained=lambda _: None,
            twins_seen=lambda *_: None,
            said=lambda *_: None,
            applied=self.applied,
            calls=CallMinutes(),
        )

    async def _committed(self, committed):
        self.stored += len(committed.new)
        self.duplicates += len(committed.duplicates)
        self.judging.note(arrival.name.point_id for arrival in committed.new)
        self.refused += len(committed.refused)

    async def write(self):
        """Write what was taken in, and what was concluded of presence."""
        await self.writer.drain()
        await self.judging.store_presence(self.book)
        await self.judging.store_applied(self.applied)
        await self.judging.turn()

    def close(self):
        self.writer.close()
        for engine in self._engines:
            engine.dispose()


@asynccontextmanager
async def alive(settings, folder):
    life = Life(settings, folder)
    await life.writer.do(life.store.load, datetime.now(UTC) - timedelta(days=31))
    try:
        yield life
    finally:
        life.close()


def payload_of(case):
    """Return a golden report of now under a number of its own, spoilt in most cases."""
    chance = random.Random(case)
    payload = golden.payload(chance.choice(REPORTS))
    payload = re.sub(rb'"seq":\s*\d+', b'"seq":%d' % (case + 1), payload)
    measured = (datetime.now(UTC) - timedelta(seconds=chance.randrange(3600))).isoformat()
    payload = re.sub(
        rb'"measured_at":\s*"[^"]*"', b'"measured_at":"%s"' % measured.encode(), payload
    )
    match chance.randrange(10):
        case 0:
            return payload
        case 1:
            return payload.replace(b"{", b"{" + chance.choice(NOT_OURS), 1)
        case 2:
            return chance.randbytes(chance.randrange(200))
    return next(mutated(payload, cases=1, seed=case))


async def look(person):
    """Read all that shows what is stored; an exception of the application escapes."""
    paths = ["/", "/points", "/api/v1/points", "/api/v1/status"]
    for point in POINTS:
        paths += [
            f"/api/v1/points/{point}",
            f"/points/{point}",
            f"/points/{point}/series.json",
            f"/points/{point}/series.csv",
        ]
    return {path: (await person.get(path)).status_code for path in paths}


async def tried(centre, settings, folder):
    """Play all cases; return what came of them."""
    person = await centre.sign_in(Role.OFFICE)
    totals = {"stored": 0, "duplicates": 0, "rejected": 0, "too_many": 0, "empty": 0}
    for first in range(0, CASES, CASES_A_LIFE):
        async with alive(settings, folder) as life:
            for case in range(first, min(first + CASES_A_LIFE, CASES)):
                payload = payload_of(case)
                totals["empty"] += not payload
                topic = topics.report(POINTS[case % len(POINTS)]).name
                await life.intake.handle(Received(topic, payload, is_retained=False), life.now())
                if case % CASES_A_LOOK == CASES_A_LOOK - 1 or case == CASES - 1:
                    await life.write()
                    codes = await look(person)
                    assert set(codes.values()) == {200}, codes
            assert life.refused == 0
            rejected = life.rejections.totals
            totals["stored"] += life.stored
            totals["duplicates"] += life.duplicates
            totals["too_many"] += rejected[Reason.TOO_MANY]
            totals["rejected"] += rejected.total() - rejected[Reason.TOO_MANY]
            assert rejected[Reason.FAILED] == 0
    return totals


async def test_any_bytes_are_stored_and_shown_or_refused(centre, installed, tmp_path):
    before = dict(FAILURES.totals)
    totals = await tried(centre, installed.settings, tmp_path / "aside")
    assert dict(FAILURES.totals) == before
    assert sum(totals.values()) == CASES, totals
    assert totals["stored"] > CASES / 20, totals
    assert totals["rejected"] > CASES / 20, totals
