"""What a point whose line is charged by volume costs a month, beside one whose line is not.

    python -m bench.metered [--minutes 16]

Two real agents, each in a network namespace of its own with STAMP and a switch of 24 ports, on one
real Mosquitto over TLS and the real reflector. What goes over their interfaces is counted by the
kernel, both ways, with IP headers. What comes more seldom than the time that is watched is made to
happen once and counted too: a time check, a session that begins anew, an inventory, a train.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.agent import (
    ACKNOWLEDGE_EVERY_S,
    SAMPLE_S,
    _udp_socket,
    drawn_switch,
    main_inside,
    prepare,
)
from contracts import codec
from contracts.desired import Policy
from contracts.devices import METERED_REPORT_S, SnmpBody
from contracts.ids import PointId
from contracts.packed import packed
from contracts.reports import HealthBody, InventoryBody, Report
from contracts.uplink import BEAT_S
from monitoring.listeners.bandwidth import PACKET_BYTES, PACKETS
from monitoring.stamp.pace import WIRE_BYTES
from tests.fakes.centre import FakeCentre, running_centre
from tests.fakes.controller import running_controller
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.fakes.namespace import Machine, a_machine
from tests.fakes.namespace import run as add_address
from tests.fakes.pki import Pki
from tests.fakes.point import AgentProcess, make_point, write_config
from tests.fakes.reflector import running_reflector
from tests.fakes.snmp_device import running_device
from tests.waiting import until

RESULTS = Path(__file__).parent / "results/metered.json"
WARM_UP_S = 240
"""At its start a point spends an hour's share of its probes, once a second."""
DAY_S, MONTH_S = 86_400, 30 * 86_400
MB = 1_000_000
# TCP's and TLS's share of a report, its confirmation, and what the centre says of it.
REPORT_WIRE_BYTES = 480
CENTRE = "192.0.2.1"
SESSIONS_A_DAY = 8
TRAINS_A_DAY, TRAIN_BYTES = 4, PACKETS * PACKET_BYTES * 4 / 3
NAMES = {PointId("p1"): "charged", PointId("p2"): "not charged"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One point in the time that was watched; `extra`: by the month, of what came once."""

    seconds: float
    wire_bytes: int
    reports: int
    beats: int
    probe_bytes: int
    own_bytes: int
    extra: dict[str, float]

    @property
    def month_bytes(self) -> float:
        """All of it, scaled to thirty days."""
        return self.wire_bytes / self.seconds * MONTH_S + sum(self.extra.values())


def policies() -> dict[PointId, Policy]:
    """Return what the centre would say to both."""
    now = datetime.now(UTC)
    return {
        point: Policy(
            leader_epoch=1,
            generation=1,
            issued_at=now,
            sampling_interval_s=SAMPLE_S,
            is_metered=name == "charged",
            beat_interval_s=BEAT_S,
        )
        for point, name in NAMES.items()
    }


async def measure(
    machines: dict[PointId, Machine], centre: FakeCentre, url: str, ca: Path, minutes: float
) -> dict[PointId, Counted]:
    """Watch both for so many minutes; then have happen what comes seldom."""
    await asyncio.sleep(WARM_UP_S)
    before = {point: machine.ip_bytes_total() for point, machine in machines.items()}
    seen = {point: (len(centre.received[point]), len(centre.beats[point])) for point in machines}
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await asyncio.sleep(minutes * 60)
    seconds = loop.time() - began_s
    spent = {point: m.ip_bytes_total() - before[point] for point, m in machines.items()}
    found = {}
    for point, machine in machines.items():
        reports = centre.received[point][seen[point][0] :]
        lines = [r.body.line for r in reports if isinstance(r.body, HealthBody) and r.body.line]
        last = [r.body.uplink for r in reports if isinstance(r.body, HealthBody) and r.body.uplink]
        found[point] = Counted(
            seconds=seconds,
            wire_bytes=spent[point],
            reports=len(reports),
            beats=len(centre.beats[point]) - seen[point][1],
            probe_bytes=sum(line.sent + line.received for line in lines) * WIRE_BYTES // 2,
            own_bytes=last[-1].own_bytes if last else 0,
            extra=await _seldom(centre, point, machine, reports, seconds, url, ca),
        )
    return found


async def _seldom(
    centre: FakeCentre,
    point: PointId,
    machine: Machine,
    reports: list[Report],
    seconds: float,
    url: str,
    ca: Path,
) -> dict[str, float]:
    before = machine.ip_bytes_total()
    check = (sys.executable, "-m", "agent.enrolment.timecheck", url, str(ca))
    done = await asyncio.create_subprocess_exec(*machine.prefix, *check, stdout=-3)
    assert await done.wait() == 0
    check_bytes = machine.ip_bytes_total() - before
    before, births = machine.ip_bytes_total(), len(centre.statuses)
    machine.cut()
    await asyncio.sleep(40)  # a beat goes unanswered, and TCP gives up after 15 s
    machine.mend()
    await until(lambda: len(centre.statuses) > births, 40, what="a session begins anew")
    await asyncio.sleep(5)
    session_bytes = machine.ip_bytes_total() - before
    whole = centre.received[point]
    inventory = max(_size(r, point) for r in whole if isinstance(r.body, InventoryBody))
    devices = [r for r in reports if isinstance(r.body, SnmpBody)]
    missing = max(0.0, 1 - len(devices) * METERED_REPORT_S / seconds)
    switch = max(_size(r, point) for r in whole if isinstance(r.body, SnmpBody))
    trains_a_day = TRAINS_A_DAY if NAMES[point] == "charged" else DAY_S / 600
    return {
        "time_checks": check_bytes * 24.0 * 30,
        "sessions": session_bytes * SESSIONS_A_DAY * 30.0,
        "inventories": (inventory + REPORT_WIRE_BYTES) * 24.0 * 30,
        "switch": (switch + REPORT_WIRE_BYTES) * MONTH_S / METERED_REPORT_S * missing,
        "trains": TRAIN_BYTES * trains_a_day * 30,
    }


def _size(report: Report, point: PointId) -> int:
    payload = codec.encode(report)
    return len(packed(payload) if NAMES[point] == "charged" else payload)


async def run(minutes: float, root: Path) -> dict[PointId, Counted]:
    """Set everything up and measure."""
    pki = Pki(root / "pki")
    add_address("ip", "address", "add", f"{CENTRE}/32", "dev", "lo")
    with contextlib.ExitStack() as stack:
        machines = {point: stack.enter_context(a_machine()) for point in NAMES}
        broker = stack.enter_context(start_mosquitto(root, pki=pki, host=CENTRE))
        reflector = stack.enter_context(
            running_reflector(root / "reflector", port=free_port(), host=CENTRE)
        )
        controller = stack.enter_context(running_controller(pki, host=CENTRE))
        async with contextlib.AsyncExitStack() as open_:
            centre = await open_.enter_async_context(
                running_centre(broker, acknowledge_every_s=ACKNOWLEDGE_EVERY_S)
            )
            for number, (point, policy) in enumerate(policies().items(), start=1):
                machine = machines[point]
                switch = running_device(drawn_switch().answer, sock=machine.inside(_udp_socket))
                port, _ = await open_.enter_async_context(switch)
                folder = make_point(
                    root / point, broker, point, number=number, controller_url=controller.url
                )
                prepare(folder, reflector, number, port, policy=policy)
                agent = AgentProcess(folder, write_config(folder), prefix=machine.prefix)
                stack.callback(agent.stop)
            ca = folder.ca_file
            return await measure(machines, centre, controller.url, ca, minutes)


def rows(found: dict[PointId, Counted]) -> list[dict[str, object]]:
    """Return the results as every bench writes them."""
    charged, other = found[PointId("p1")], found[PointId("p2")]
    table: list[tuple[str, float, str, str, float]] = [
        ("metered_month", charged.month_bytes / MB, "MB", "<= 100", other.month_bytes / MB),
        ("metered_watched", charged.wire_bytes / 1000, "kB", "", other.wire_bytes / 1000),
        ("metered_probes", charged.probe_bytes / 1000, "kB", "", other.probe_bytes / 1000),
        ("metered_reports", charged.reports, "reports", "", other.reports),
        ("metered_beats", charged.beats, "beats", "", other.beats),
        *(
            (f"metered_month_{name}", value / MB, "MB", "", other.extra[name] / MB)
            for name, value in charged.extra.items()
        ),
    ]
    keys = ("name", "value", "unit", "bound", "peer", "peer_value")
    return [
        dict(zip(keys, (n, round(v, 2), u, b, "not charged", round(p, 2)), strict=True))
        for n, v, u, b, p in table
    ]


def main() -> int:
    """Measure, print, write; 1 where the bound is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=16.0)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if os.geteuid() != 0:
        print("bench.metered needs root: it counts bytes in network namespaces of its own")
        return 0
    if not parsed.inside:
        return main_inside(sys.argv[1:], "bench.metered")
    with tempfile.TemporaryDirectory(prefix="diemcau-bench-") as root:
        found = asyncio.run(run(parsed.minutes, Path(root)))
    results = rows(found)
    print(f"two points, watched for {parsed.minutes:g} min; a month has 30 days")
    is_good = True
    for row in results:
        bound = str(row["bound"])
        is_met = not bound or float(str(row["value"])) <= float(bound.removeprefix("<= "))
        is_good = is_good and is_met
        verdict = "" if not bound else ("ok" if is_met else "NOT MET")
        peer = f"{row['peer']} {row['peer_value']}"
        print(f"{row['name']:28} {row['value']:>10} {row['unit']:8} {bound:7} {verdict:8} {peer}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
