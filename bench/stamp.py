"""The line by STAMP beside the line's own record, and what answering costs the centre.

    python -m bench.stamp [--count 300]

Needs root: the line is an emulated one, between network namespaces.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from monitoring.reflector.probe import point_key
from monitoring.reflector.reflection import Reflection, StampReply
from monitoring.stamp import wire
from tests.lab.line_by_stamp import SHAPES, Compared, Way, compared
from tests.lab.shape import Shape

RESULTS = Path(__file__).parent / "results/stamp.json"
POINTS, ANSWERS = 170, 50_000
Row = dict[str, object]


def answer_us() -> float:
    """Return the CPU time of one answer without its system calls, in microseconds."""
    keys = {number: point_key(bytes(32), number) for number in range(1, POINTS + 1)}
    reflection = Reflection(keys.__getitem__)
    asked = [
        wire.encode_question(
            wire.StampQuestion(n, 10**18 + n, n % POINTS + 1), keys[n % POINTS + 1]
        )
        for n in range(ANSWERS)
    ]
    error = wire.ErrorEstimate()
    began_ns = time.process_time_ns()
    for n, datagram in enumerate(asked):
        now_s = n / (10 * POINTS)
        reply = reflection.answer_to(datagram, ("10.0.0.1", 1, ""), arrived_ns=n, now_s=now_s)
        if not isinstance(reply, StampReply):
            raise SystemExit("a probe was not answered")
        reply.datagram(sent_ns=n, error=error)
    return (time.process_time_ns() - began_ns) / ANSWERS / 1e3


def _rows(up: Shape, down: Shape, found: Compared) -> list[Row]:
    name = f"{up.delay_ms:g}+{down.delay_ms:g}ms_{up.loss_ratio:.0%}+{down.loss_ratio:.0%}"

    def row(what: str, value: float, unit: str, bound: str, peer: float) -> Row:
        return {
            "name": f"stamp_{name}_{what}", "value": round(value, 3), "unit": unit,
            "bound": bound, "peer": "the line's own record", "peer_value": round(peer, 3),
        }  # fmt: skip

    def way(which: str, one: Way) -> list[Row]:
        line_ms = one.line_jitter_ms
        return [
            row(f"lost_{which}", one.lost, "probes", f"== {one.line_lost}", one.line_lost),
            row(f"delay_{which}", one.delay_ms, "ms", "+- 1", one.line_delay_ms),
            row(f"jitter_{which}", one.jitter_ms, "ms", f"+- {0.1 * line_ms:.2f}", line_ms),
        ]

    return [
        row("lost", found.lost, "probes", f"== {found.line_lost}", found.line_lost),
        row("least_round_trip", found.rtt_min_ms, "ms", "+- 2", found.line_rtt_min_ms),
        *way("up", found.up),
        *way("down", found.down),
    ]


def main() -> int:
    """Measure, print, write; 1 where something is out of its bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    count = parser.parse_args().count
    if os.geteuid() != 0:
        print("bench.stamp needs root: it makes network namespaces")
        return 0
    results: list[Row] = [
        {"name": "stamp_answer_cpu", "value": round(answer_us(), 1), "unit": "us", "bound": "",
         "peer": "", "peer_value": None},
    ]  # fmt: skip
    is_good = True
    for up, down in SHAPES:
        found = compared(up, down, count=count)
        is_good = is_good and found.is_right
        results += _rows(up, down, found)
        print(f"{'ok' if found.is_right else 'NOT MET'}: {up} up, {down} down")
    for one in results:
        print(f"{one['name']:50} {one['value']!s:>9} {one['unit']:7} {one['bound']:9}"
              f" {one['peer_value']}")  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
