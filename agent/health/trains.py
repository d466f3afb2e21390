"""One packet train every ten minutes, never near a meeting.

The second, and then every sixth, is one of falling sizes: what the line swallows. The first, and
then every third, has one sent back: what comes down. One that is not answered is sent once more as
soon as the reflector takes another: what is lost may be a single packet, the answer.
"""

import asyncio
import random
import time
from collections.abc import Callable

import structlog

from contracts.desired import Probes
from contracts.reports import BandwidthBody
from monitoring.errors import CollectorError
from monitoring.listeners.bandwidth import run_train
from monitoring.listeners.packet_size import swallowed_above
from monitoring.listeners.target import ProbeTarget, target_of
from monitoring.reflector.reflection import TRAIN_GAP_S
from runtime.guard import guarded

_log = structlog.get_logger()

FIRST_AFTER_S = 3.0
LOOK_EVERY_S = 5.0
# The points of a province must not fall into step.
SPREAD = 0.05
SIZES_EVERY, BOTH_WAYS_EVERY = 6, 3
TRAIN_BYTES = 17_000
# A train is 17 kB, and so many again where one comes back: 3 MB a month where they are charged.
METERED_INTERVAL_S = 6 * 3600
AGAIN_AFTER_S, AGAIN_GROWS = TRAIN_GAP_S + 5, 4.0


def pause_s(interval_s: float, unanswered: int) -> float:
    """Return how long after a train the next one is due.

    Args:
        unanswered: how many of the last trains were not answered.

    The reflector answers one of a point in half a minute, and silently no other (`TRAIN_GAP_S`).
    """
    if not unanswered:
        return interval_s
    # Beyond six the longest interval is passed.
    return min(interval_s, AGAIN_AFTER_S * AGAIN_GROWS ** min(unanswered - 1, 6))


class BandwidthProbes:
    """Runs for ever. `took` is given each result."""

    def __init__(
        self,
        *,
        probes: Callable[[], Probes | None],
        may_run: Callable[[], bool],
        is_metered: Callable[[], bool] = lambda: False,
        took: Callable[[BandwidthBody], None],
        took_size: Callable[[int | None], None],
    ) -> None:
        self._probes = probes
        self._may_run = may_run
        self._is_metered = is_metered
        self._took = took
        self._took_size = took_size
        self._turn = self._unanswered = 0
        self.wire_bytes_total = 0

    async def run(self) -> None:
        """Measure when it is time and the line is free."""
        next_s = time.monotonic() + FIRST_AFTER_S + random.random()  # noqa: S311 - spread
        while True:
            probes = self._probes()
            is_due = time.monotonic() >= next_s
            if probes is None or not probes.train_interval_s or not is_due or not self._may_run():
                await asyncio.sleep(min(LOOK_EVERY_S, max(0.5, next_s - time.monotonic())))
                continue
            await self.measure(probes)
            spread = random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - spread
            least_s = METERED_INTERVAL_S if self._is_metered() else 0
            interval_s = max(probes.train_interval_s, least_s)
            next_s = time.monotonic() + pause_s(interval_s, self._unanswered) * spread

    async def measure(self, probes: Probes) -> None:
        """Send the train whose turn it is; its turn is over once it is answered."""
        is_answered = False
        with guarded("collector", collector="bandwidth"):
            is_answered = await self._is_measured(probes)
        if is_answered:
            self._turn += 1
        self._unanswered = 0 if is_answered else self._unanswered + 1

    async def _is_measured(self, probes: Probes) -> bool:
        try:
            target = target_of(probes)
        except CollectorError as exc:
            _log.warning("collector_failed", collector="bandwidth", error=str(exc))
            return False
        # The second of six: the first is there for the room to begin with.
        if self._turn % SIZES_EVERY == 1:
            self.wire_bytes_total += TRAIN_BYTES
            return await self._are_sizes_measured(target)
        return await self._is_rate_measured(target)

    async def _are_sizes_measured(self, target: ProbeTarget) -> bool:
        try:
            above_bytes = await swallowed_above(target, may_run=self._may_run)
        except CollectorError as exc:
            _log.info("packet_sizes_not_measured", error=str(exc))
            return False
        _log.info("packet_sizes_measured", swallowed_above_bytes=above_bytes)
        self._took_size(above_bytes)
        return True

    async def _is_rate_measured(self, target: ProbeTarget) -> bool:
        body = await run_train(target, is_both_ways=self._turn % BOTH_WAYS_EVERY == 0)
        self.wire_bytes_total += body.train_bytes * (2 if body.down_bps else 1)
        _log.info(
            "train_measured",
            available_bps=body.available_bps,
            confidence_ratio=body.confidence_ratio,
            down_bps=body.down_bps,
            down_confidence_ratio=body.down_confidence_ratio,
            received=body.received,
            problem=body.problem,
        )
        self._took(body)
        return body.received > 0
