"""One device says 10,000 things a second: others are heard, and the process stays small."""

import socket
import time
from functools import partial
from pathlib import Path

import pytest

from contracts.devices import DeviceSecrets
from tests.fakes.traps import (
    IS_THERE,
    LINK_DOWN,
    PORT_9,
    V2C,
    WORD,
    TrapsProcess,
    captured,
    flooding,
    running_traps,
)
from tests.waiting import until_blocking

pytestmark = [pytest.mark.alone, pytest.mark.skipif(not IS_THERE, reason="no snmptrap here")]
PER_S, OTHERS = 10_000, 10
MOST_KIB = 160 * 1024
"""The unit's MemoryMax."""


def told_of(traps: TrapsProcess, device_id: str, kind: str) -> int:
    found = [one for one in traps.told() if (one.device_id, one.kind) == (device_id, kind)]
    return sum(one.count for one in found)


def is_told_of(traps: TrapsProcess, number: int) -> bool:
    return told_of(traps, "sw03", "link_down") >= number


def high_water_kib(traps: TrapsProcess) -> int:
    assert traps.process is not None
    status = Path(f"/proc/{traps.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def test_others_are_heard_while_one_floods(tmp_path: Path) -> None:
    secrets = DeviceSecrets(community=WORD)
    noise = [captured(V2C, "1.3.6.1.6.3.1.1.5.5"), captured(V2C, LINK_DOWN, *PORT_9), b"x" * 100]
    said = [captured(V2C, LINK_DOWN, *PORT_9) for _ in range(OTHERS)]
    devices = (("sw01", "127.0.0.1", secrets), ("sw03", "127.0.0.3", secrets))
    delays_s: list[float] = []
    with running_traps(tmp_path, devices) as traps:
        began_s = time.monotonic()
        with (
            flooding(traps.port, noise, per_s=PER_S) as sent,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
        ):
            other.bind(("127.0.0.3", 0))
            assert until_blocking(lambda: sent[0] > PER_S, 10)
            for number, trap in enumerate(said, start=1):
                sent_s = time.monotonic()
                other.sendto(trap, ("127.0.0.1", traps.port))
                is_told = partial(is_told_of, traps, number)
                assert until_blocking(is_told, 5), (number, sent)
                delays_s.append(time.monotonic() - sent_s)
            assert until_blocking(lambda: sent[0] > 5 * PER_S, 20)
            rate = sent[0] / (time.monotonic() - began_s)
        assert told_of(traps, "sw03", "link_down") == OTHERS
        assert told_of(traps, "sw01", "link_down") == 1
        assert until_blocking(lambda: told_of(traps, "sw01", "left_out") > 0, 5)
        assert max(delays_s) < 1.0, (delays_s, rate)
        assert rate > PER_S / 2, rate
        assert high_water_kib(traps) < MOST_KIB
