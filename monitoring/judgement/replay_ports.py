"""What a threshold would have said of the frames that devices' ports damaged. Pure."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitoring.judgement.ports import OVER, PortErrors, port_problems
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.replay_time import BUCKET, Moment


@dataclass(frozen=True, slots=True)
class PortCount:
    """What one port damaged in five minutes; `port`: which it is, by ports.port_key."""

    port: str
    begins_at: datetime
    errors: int


def port_moments(kept: Sequence[PortCount], limits: Thresholds) -> Iterator[Moment]:
    """Give the times at which ports would have been bad, looking every five minutes."""
    by_port = sorted(kept, key=lambda one: (one.port, one.begins_at))
    for port, counts in groupby(by_port, key=lambda one: one.port):
        yield from _of_one(port, deque(counts), limits)


def _of_one(port: str, coming: deque[PortCount], limits: Thresholds) -> Iterator[Moment]:
    lately: deque[PortCount] = deque()
    looks_at, is_bad = coming[0].begins_at + BUCKET, False
    while coming or lately:
        if not lately:
            looks_at = max(looks_at, coming[0].begins_at + BUCKET)
        while coming and coming[0].begins_at < looks_at:
            lately.append(coming.popleft())
        while lately and lately[0].begins_at < looks_at - OVER:
            lately.popleft()
        counted = PortErrors(port, port, sum(one.errors for one in lately), len(lately))
        before = (port,) if is_bad else ()
        is_bad = False
        for problem in port_problems((counted,), {}, before, limits):
            is_bad = True
            yield Moment(problem.key, looks_at, looks_at + BUCKET)
        looks_at += BUCKET
