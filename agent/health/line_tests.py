"""Throughput tests, each once, as the centre asks for them; refused or stopped near a meeting.

The last test that was known when the process began is not made anew.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from agent.health.quiet import may_test_line
from agent.health.reporter import Reporter
from agent.point.desired_store import DesiredStore
from contracts.clock_error import is_clock_known
from contracts.desired import LineTest, Probes
from contracts.reports import RoomSection
from contracts.throughput import TestReason, ThroughputBody
from monitoring.errors import CollectorError
from monitoring.listeners.target import ProbeTarget, target_of
from runtime.clock import Clock
from runtime.guard import guarded

LONGEST_WAIT = timedelta(minutes=2)
"""A test is told when it is to be made, not hours before."""
_log = structlog.get_logger()


def hindrance(
    desired: DesiredStore, room: Callable[[], RoomSection], clock: Clock, reporter: Reporter
) -> TestReason:
    """Return what keeps the line from being filled now; empty: nothing."""
    if not may_test_line(
        room().media,
        desired.schedule,
        desired.live,
        now=clock.now(),
        rehearsal=desired.rehearsal,
    ):
        return "meeting"
    if not is_clock_known(clock.state()):
        return "clock"
    return "backlog" if reporter.is_catching_up else ""


class LineTests:
    """Runs for ever. `took` is given what came of each test.

    `why_not`: what keeps the line from being filled now; empty: nothing.
    """

    def __init__(
        self,
        *,
        known: LineTest | None,
        probes: Callable[[], Probes | None],
        why_not: Callable[[], TestReason],
        now: Callable[[], datetime],
        took: Callable[[ThroughputBody], None],
    ) -> None:
        self._wanted = known
        self._probes = probes
        self._why_not = why_not
        self._now = now
        self._took = took
        self._has_new = asyncio.Event()

    def take(self, test: LineTest) -> None:
        """Make this test, once, and no other; without an id none."""
        if self._wanted is None or test.test_id != self._wanted.test_id:
            self._wanted = test
            self._has_new.set()

    async def run(self) -> None:
        """Make what is asked for."""
        while True:
            await self._has_new.wait()
            self._has_new.clear()
            test = self._wanted
            if test is None or test.test_id is None:
                continue
            with guarded("line_test"):
                body = await self._made(test, test.test_id)
                _log.info("line_test", outcome=body.outcome, reason=body.reason)
                self._took(body)

    async def _made(self, test: LineTest, test_id: str) -> ThroughputBody:
        reason = await self._turn(test)
        if reason:
            return ThroughputBody(test_id=test_id, outcome="refused", reason=reason)
        from monitoring.throughput import run  # seldom needed

        stopped: list[TestReason] = []

        def may_go_on() -> bool:
            stopped.extend(filter(None, [self._hindrance(test)]))
            return not stopped

        try:
            target, allowance = (
                self._target(),
                run.Allowance(
                    base64.b64decode(test.pass_base64, validate=True),
                    float(test.duration_s),
                    test.most_bytes,
                ),
            )
            measured = await run.measure(target, allowance, may_go_on)
        except run.TestRefused as exc:
            return ThroughputBody(
                test_id=test_id, outcome="refused", reason=exc.reason, problem=str(exc)[:400]
            )
        except (CollectorError, binascii.Error) as exc:
            return ThroughputBody(
                test_id=test_id, outcome="failed", reason="line", problem=str(exc)[:400]
            )
        return ThroughputBody(
            test_id=test_id,
            outcome="stopped" if measured.is_stopped else "done",
            reason=stopped[0] if stopped else "",
            idle_rtt_ms=measured.idle_rtt_ms,
            up=measured.up,
            down=measured.down,
        )

    async def _turn(self, test: LineTest) -> TestReason:
        """Wait until it is time; return what keeps the test from being made then."""
        if test.begins_at is None or test.expires_at is None:
            return "late"
        left = test.begins_at - self._now()
        if left > timedelta(0):
            await asyncio.sleep(min(left, LONGEST_WAIT).total_seconds())
        if self._now() >= test.expires_at:
            return "late"
        return self._hindrance(test)

    def _hindrance(self, test: LineTest) -> TestReason:
        return self._why_not() if self._wanted is test else "superseded"

    def _target(self) -> ProbeTarget:
        probes = self._probes()
        if probes is None:
            raise CollectorError("the point was not told where the reflector is")
        return target_of(probes)
