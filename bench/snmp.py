"""What one poll of a large switch costs, beside the library's bare walk of the same columns.

    python -m bench.snmp [--recording FILE.snmprec] [--rounds 7]

Without a recording: 502 interfaces of our own. The device is another process; by turns, medians.
The loop's longest hold is measured by a task that wants to run all the time.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from gufo.snmp.aio import SnmpSession

from monitoring.collectors.snmp.interfaces import ALWAYS, COLUMNS, FAULTS
from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.pysnmp_session import PysnmpReader
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from tests.fakes.snmp_device import free_port

INTERFACES = 502
REPETITIONS = 25
MOST_CPU_MS, MOST_HELD_MS = 60, 20


def _drawn() -> str:
    lines = ["1.3.6.1.2.1.1.1.0|4|A switch", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.283"]
    for index in range(1, INTERFACES + 1):
        for name, kind, value in (
            ("ifOperStatus", 2, "1"), ("ifName", 4, f"Gi1/{index}"), ("ifHighSpeed", 66, "1000"),
            ("ifHCInOctets", 70, f"{index * 10**9}"), ("ifHCOutOctets", 70, f"{index * 10**8}"),
            ("ifAlias", 4, "to a room"), *((name, 65, f"{index}") for name in FAULTS),
        ):  # fmt: skip
            lines.append(f"{COLUMNS[name]}.{index}|{kind}|{value}")
    return "\n".join(lines)


async def _bare(port: int) -> float:
    """Return the CPU milliseconds of the library's own walk."""
    began_s, values = time.process_time(), 0
    async with SnmpSession("127.0.0.1", port=port, max_repetitions=REPETITIONS) as session:
        for name in (*ALWAYS, *FAULTS):
            async for _ in session.getbulk(COLUMNS[name]):
                values += 1
    assert values > INTERFACES
    return (time.process_time() - began_s) * 1000


async def _polled(port: int) -> tuple[float, int, int]:
    """Return the CPU milliseconds of a poll, its interfaces and problems."""
    began_s = time.process_time()
    target = DeviceTarget("127.0.0.1", Community("public"), port)
    limits = AskingLimits(repetitions=REPETITIONS, requests_per_s=100_000)
    report = await poll(GufoReader(target, limits))
    spent_ms = (time.process_time() - began_s) * 1000
    return spent_ms, len(report.interfaces), len(report.problems)


async def _polled_by_pysnmp(port: int) -> float:
    """Return the CPU milliseconds of the same poll by the second library."""
    began_s = time.process_time()
    target = DeviceTarget("127.0.0.1", Community("public"), port)
    limits = AskingLimits(repetitions=REPETITIONS, requests_per_s=100_000)
    async with PysnmpReader(target, limits) as reader:
        await poll(reader)
    return (time.process_time() - began_s) * 1000


async def _held_ms(port: int) -> float:
    """Return the longest time for which another task did not run during a poll."""
    longest_s, is_done = 0.0, False

    async def eager() -> None:
        nonlocal longest_s
        last_s = time.thread_time()
        while not is_done:
            await asyncio.sleep(0)
            now_s = time.thread_time()
            longest_s, last_s = max(longest_s, now_s - last_s), now_s

    watching = asyncio.create_task(eager())
    await _polled(port)
    is_done = True
    await watching
    return longest_s * 1000


async def _main(port: int, rounds: int) -> None:
    bare, polled, held, second, found = [], [], [], [], (0, 0)
    await _bare(port)
    for _ in range(rounds):
        bare.append(await _bare(port))
        spent_ms, *counts = await _polled(port)
        polled.append(spent_ms)
        found = (counts[0], counts[1])
        held.append(await _held_ms(port))
        second.append(await _polled_by_pysnmp(port))
    print(f"interfaces {found[0]}, problems {found[1]}, rounds {rounds}")
    print(f"gufo-snmp's bare walk   {median(bare):6.1f} ms CPU")
    print(f"one poll                {median(polled):6.1f} ms CPU (at most {MOST_CPU_MS})")
    print(f"ratio                   {median(polled) / median(bare):6.2f}")
    print(f"one poll by pysnmp      {median(second):6.1f} ms CPU")
    print(f"loop held, CPU          {max(held):6.1f} ms at most (at most {MOST_HELD_MS})")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recording = parsed.recording or Path(folder, "drawn.snmprec")
        if parsed.recording is None:
            recording.write_text(_drawn())
        port = free_port()
        command = [sys.executable, "-m", "tests.fakes.snmp_device", str(recording), str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as device:
            try:
                assert device.stdout is not None and device.stdout.readline() == b"ready\n"
                asyncio.run(_main(port, parsed.rounds))
            finally:
                device.terminate()


if __name__ == "__main__":
    main()
