"""How soon a picture is back after a line carried 64 kbit/s, over many seeds, in virtual time.

python -m bench.back_from_64k --seeds 100
"""

import argparse

from media.sfu.ladder import Rung
from tests.fakes.bottleneck import VirtualLine
from tests.unit.media.sfu.test_ladder import Viewer

JITTERS_S = (0.0, 0.03, 0.06)
WIDE_BPS, THIN_BPS, LIMIT_S = 4e6, 64e3, 10.0


def waits_s(seed: int, jitter_s: float) -> tuple[float, float]:
    """Return after how long the first picture came, and everything; 40: not by then."""
    line = VirtualLine(WIDE_BPS, jitter_s=jitter_s, loss_ratio=0.01, delay_s=0.03)
    viewer = Viewer(line, seed=seed)
    viewer.run(10)
    line.rate_bps = THIN_BPS
    viewer.run((8, 25, 70, 130)[seed % 4] + 0.1 * seed)
    line.rate_bps = WIDE_BPS
    moves = viewer.run(40)
    first, whole = (
        next((after for after, at in moves if at >= rung), 40.0) for rung in (Rung.LOW, Rung.HIGH)
    )
    return first, whole


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    for jitter_s in JITTERS_S:
        found = [waits_s(seed, jitter_s) for seed in range(1, seeds + 1)]
        for name, waits in zip(("picture", "everything"), zip(*found, strict=True), strict=True):
            ordered = sorted(waits)
            within = sum(wait <= LIMIT_S for wait in ordered)
            print(
                f"jitter {1000 * jitter_s:.0f} ms, {name}: p50 {ordered[seeds // 2]:.1f} s, "
                f"longest {ordered[-1]:.1f} s, within {LIMIT_S:.0f} s {within} of {seeds}"
            )


if __name__ == "__main__":
    main()
