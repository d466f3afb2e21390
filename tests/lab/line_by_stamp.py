"""What STAMP says of an emulated line, beside the line's own record of the same probes.

Loss is to be the line's to the packet, in each direction; the median delay within 1 ms of its
record, and the jitter (95 of 100 differences of neighbours) within a tenth. Needs root.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

from contracts.line import LineSection, LineWay
from monitoring.reflector.probe import point_key
from tests.fakes.mosquitto import free_port
from tests.fakes.reflector import running_reflector
from tests.lab import probe_record
from tests.lab.shape import Shape
from tests.lab.site import ROOT, a_site

SHAPES = (
    (Shape(delay_ms=5, jitter_ms=20), Shape(delay_ms=5, jitter_ms=15)),
    (Shape(delay_ms=20, jitter_ms=30, loss_ratio=0.04), Shape(delay_ms=20, jitter_ms=20)),
    (Shape(delay_ms=60, jitter_ms=40), Shape(delay_ms=60, jitter_ms=30, loss_ratio=0.05)),
    (
        Shape(delay_ms=120, jitter_ms=30, loss_ratio=0.02, burst_packets=3),
        Shape(delay_ms=40, jitter_ms=60, loss_ratio=0.01),
    ),
    (
        Shape(delay_ms=250, jitter_ms=50, loss_ratio=0.1),
        Shape(delay_ms=250, jitter_ms=50, loss_ratio=0.1),
    ),
)


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: as measured, and as the line recorded it."""

    lost: int
    line_lost: int
    jitter_ms: float
    line_jitter_ms: float
    delay_ms: float
    line_delay_ms: float

    @property
    def is_right(self) -> bool:
        """Whether all of it is within its bounds."""
        return (
            self.lost == self.line_lost
            and abs(self.delay_ms - self.line_delay_ms) <= 1.0
            and abs(self.jitter_ms - self.line_jitter_ms) <= 0.1 * self.line_jitter_ms
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """Both directions, and the whole of it."""

    lost: int
    line_lost: int
    rtt_min_ms: float
    line_rtt_min_ms: float
    up: Way
    down: Way

    @property
    def is_right(self) -> bool:
        """Whether all of it is within its bounds."""
        return (
            self.lost == self.line_lost
            and abs(self.rtt_min_ms - self.line_rtt_min_ms) <= 2.0
            and self.up.is_right
            and self.down.is_right
        )


def compared(up: Shape, down: Shape, *, count: int, seed: int = 1) -> Compared:
    """Measure a line of this shape, and return both sides of it."""
    with tempfile.TemporaryDirectory(prefix="dcs-") as folder:
        root = Path(folder)
        port = free_port()
        with running_reflector(root / "reflector", port=port, host="0.0.0.0") as reflector:  # noqa: S104 - the line's end is asked
            with a_site(root, seed=seed, record=root / "record.json") as site:
                _hurry(site.lines[0].emulator)
                site.lines[0].become(up, down)
                key = point_key(reflector.master, 1).hex()
                command = [*site.prefix, sys.executable, "-m", "tests.lab.stamp_sender",
                           site.lines[0].host, str(port), key, "--count", str(count)]  # fmt: skip
                said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
            record = probe_record.read(root / "record.json")
    return _compare(msgspec.json.decode(said, type=LineSection), record)


def _hurry(pid: int) -> None:
    """A line that waits for a processor delays what its record does not know of."""
    os.setpriority(os.PRIO_PROCESS, pid, -15)


def _compare(section: LineSection, record: Sequence[probe_record.Passed]) -> Compared:
    ups = {one.seq: one.delay_ms for one in record if one.is_up}
    downs = {one.seq: one.delay_ms for one in record if not one.is_up}
    there = {seq: d for seq, d in ups.items() if d is not None}
    back = {seq: d for seq, d in downs.items() if d is not None}
    first, last = min(back), max(back)
    assert section.up is not None and section.down is not None
    assert section.rtt_min_ms is not None
    return Compared(
        section.sent - section.received,
        len(ups) - len(back),
        section.rtt_min_ms,
        min(there[seq] + back[seq] for seq in back),
        _way(section.up, [ups[s] is None for s in ups if first < s < last], back, there),
        _way(section.down, [downs[s] is None for s in downs if first < s < last], back, back),
    )


def _way(
    way: LineWay, is_lost: Sequence[bool], back: dict[int, float], delays: dict[int, float]
) -> Way:
    of_answered = {seq: delays[seq] for seq in back}
    steps = sorted(abs(of_answered[s + 1] - d) for s, d in of_answered.items() if s + 1 in back)
    assert way.jitter_ms is not None and way.delay_ms is not None
    return Way(
        way.sent - way.received,
        sum(is_lost),
        way.jitter_ms,
        steps[-(-len(steps) * 95 // 100) - 1],
        way.delay_ms,
        median(of_answered.values()) - min(of_answered.values()),
    )
