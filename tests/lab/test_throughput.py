"""What a throughput test says of an emulated line is what the line is."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from monitoring.reflector.probe import point_key
from monitoring.throughput import wire
from tests.fakes.mosquitto import free_port
from tests.fakes.reflector import running_reflector
from tests.lab.shape import Shape
from tests.lab.site import ROOT, EmulatedLine, a_site
from tests.lab.throughput_sender import Said
from tests.waiting import until_blocking

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

DELAY_MS = 15


@contextmanager
def a_test_on(
    folder: Path, shape: Shape, *, duration_s: float
) -> Iterator[tuple[subprocess.Popen[bytes], EmulatedLine]]:
    """Begin a test over such a line; its process, and the line."""
    port = free_port()
    with running_reflector(folder / "reflector", port=port, host="0.0.0.0") as reflector:  # noqa: S104 - the line's end is asked
        with a_site(folder) as site:
            line = site.lines[0]
            os.setpriority(os.PRIO_PROCESS, line.emulator, -15)
            line.become(shape)
            now = datetime.now(UTC)
            passed = wire.pass_of(
                1,
                secrets.token_hex(8),
                begins_at=now - timedelta(seconds=1),
                expires_at=now + timedelta(seconds=60),
                most_bytes=60_000_000,
                most_ms=round(duration_s * 1000),
            )
            command = [*site.prefix, sys.executable, "-m", "tests.lab.throughput_sender",
                       line.host, str(port), point_key(reflector.master, 1).hex(),
                       wire.encode_pass(passed, reflector.master).hex(),
                       "--duration-s", str(duration_s)]  # fmt: skip
            pipe = subprocess.PIPE
            with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
                yield process, line
                process.kill()


@pytest.mark.parametrize(("mbps", "queue_ms"), [(2, 400), (10, 250), (50, 120)])
def test_rate_and_round_trip_under_load_are_those_of_the_line(tmp_path, mbps, queue_ms):
    shape = Shape(rate_bps=mbps * 1e6, delay_ms=DELAY_MS, queue_ms=queue_ms)
    with a_test_on(tmp_path, shape, duration_s=5) as (process, line):
        out, _ = process.communicate(timeout=40)
        found, reading = msgspec.json.decode(out, type=Said), line.read()
    # A machine with much else to do is slow to answer: far from the queue is what idle means.
    assert found.idle_rtt_ms is not None
    assert 2 * DELAY_MS <= found.idle_rtt_ms <= 2 * DELAY_MS + 0.4 * queue_ms
    for way, seen in ((found.up, reading.up), (found.down, reading.down)):
        assert way is not None and way.rate_bps is not None and way.rtt_ms is not None
        assert way.rate_bps == pytest.approx(mbps * 1e6, rel=0.1), found
        # A queue is full nearly all the time, and what waits in it waits for as long as it is.
        assert 2 * DELAY_MS + 0.6 * queue_ms <= way.rtt_ms, found
        assert way.rtt_ms <= 2 * DELAY_MS + seen.queue_max_ms + 15, (found, reading)


def test_a_meeting_that_begins_ends_it_within_a_second(tmp_path):
    shape = Shape(rate_bps=2e6, delay_ms=DELAY_MS, queue_ms=300)
    with a_test_on(tmp_path, shape, duration_s=10) as (process, line):
        assert until_blocking(lambda: line.read().up.octets > 2_000, 20)
        assert process.stdin is not None
        process.stdin.write(b"a meeting begins\n")
        process.stdin.flush()
        out, _ = process.communicate(timeout=10)
        found = msgspec.json.decode(out, type=Said)
        assert found.is_stopped
        assert found.stopped_after_s is not None and found.stopped_after_s < 1
        assert until_blocking(resting(line), 1.5), "bytes still follow"


def resting(line: EmulatedLine) -> Callable[[], bool]:
    """Whether nothing has gone up for longer than the line's queue can hold anything back."""
    last_s = time.monotonic()

    def rests() -> bool:
        nonlocal last_s
        if line.read().up.octets:
            last_s = time.monotonic()
        return time.monotonic() - last_s > 0.5

    return rests
