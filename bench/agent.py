"""What the health agent costs a point: memory, processor, bytes on the wire.

    python -m bench.agent [--minutes 10] [--starts 5]

Starts the agents, each with STAMP and a switch of 24 ports, side by side with Prometheus'
node_exporter and zabbix_agent2 (asked as often as the agents sample, and of no switch), all
against a real Mosquitto and the real reflector. One of them sits in a network namespace of its
own, where its switch is too; the counters of its only interface are the bytes, of which those
of the probes are told apart, as far as reports say how many there were. The centre is in a
namespace too, away from what this machine's browsers shout to everyone. The first minute is
left out; then everything counts, one packet train included.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.point.identity import PointFolder
from bench._peers import Peer, node_exporter, zabbix_agent2
from contracts import codec
from contracts.desired import Desired, Policy, Probes
from contracts.devices import DeviceSecrets, SnmpBody, SnmpDevices
from contracts.ids import PointId
from contracts.reports import BandwidthBody, HealthBody
from monitoring.collectors.snmp.interfaces import COLUMNS
from tests.fakes.centre import FakeCentre, running_centre
from tests.fakes.controller import running_controller
from tests.fakes.mosquitto import Broker, free_port, start_mosquitto
from tests.fakes.namespace import Machine, a_machine
from tests.fakes.pki import Pki
from tests.fakes.point import AgentProcess, make_point, write_config
from tests.fakes.reflector import ReflectorProcess, running_reflector
from tests.fakes.sealed_device import key_of, sealed_device
from tests.fakes.snmp_device import Recording, running_device

RESULTS = Path(__file__).parent / "results/agent.json"
WARM_UP_S = 60
SAMPLE_S = 10
SWITCH_PORTS = 24
# A probe of STAMP with its headers, Ethernet's too; both ways are counted.
PROBE_WIRE_BYTES = 112 + 28 + 14
# As the centre batches its acknowledgements.
ACKNOWLEDGE_EVERY_S = 30
MIB = 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """One process at one moment."""

    rss_mib: float
    pss_mib: float
    cpu_s: float


def usage(pid: int) -> Usage:
    """Return a process' memory, and the processor time of it and its ended children."""
    kib = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        words = line.split()
        kib[words[0]] = int(words[1])
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(int(field) for field in fields[11:15])
    return Usage(kib["Rss:"] / MIB, kib["Pss:"] / MIB, ticks / os.sysconf("SC_CLK_TCK"))


def drawn_switch() -> Recording:
    """Return a switch of 24 ports, with all that the agent asks a switch for."""
    lines = ["1.3.6.1.2.1.1.1.0|4|A switch", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208"]
    for port in range(1, SWITCH_PORTS + 1):
        kinds = {"ifName": (4, f"Gi1/0/{port}"), "ifAlias": (4, f"room {port}")}
        for name, column in COLUMNS.items():
            kind, value = kinds.get(name, (70 if "HC" in name else 2, port))
            lines.append(f"{column}.{port}|{kind}|{value}")
    return Recording.of(lines)


def prepare(
    folder: PointFolder,
    reflector: ReflectorProcess,
    number: int,
    switch_port: int,
    *,
    policy: Policy | None = None,
) -> None:
    """Give a point its documents, as the centre would."""
    switch = sealed_device(
        key_of(folder), f"p{number}", "switch1", DeviceSecrets(community="public"), port=switch_port
    )
    target = reflector.target(number)
    now = datetime.now(UTC)
    documents: dict[str, Desired] = {
        "policy": policy
        or Policy(leader_epoch=1, generation=1, issued_at=now, sampling_interval_s=SAMPLE_S),
        "probes": Probes(
            leader_epoch=1,
            generation=1,
            issued_at=now,
            reflector_host=target.host,
            reflector_port=target.port,
            probe_id=number,
            key_base64=base64.b64encode(target.key).decode(),
        ),
        "devices": SnmpDevices(leader_epoch=1, generation=1, issued_at=now, devices=(switch,)),
    }
    folder.desired_dir.mkdir()
    for name, document in documents.items():
        (folder.desired_dir / f"{name}.json").write_bytes(codec.encode(document))


async def pass_time(seconds: float, peers: Sequence[Peer]) -> None:
    """Let time pass, asking the peers as often as the agents sample."""
    for _ in range(round(seconds / SAMPLE_S)):
        await asyncio.sleep(SAMPLE_S)
        for peer in peers:
            await asyncio.to_thread(peer.ask)


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything of one run."""

    agents: list[Usage]
    agents_cpu_s_per_min: list[float]
    peers: dict[str, tuple[Usage, float]]
    """What each takes, and its processor seconds a minute."""
    ports_told: int
    wire_bps: float
    probes_bps: float
    trains_in_window: int
    report_bytes: float
    seconds: float


async def measure(
    agents: list[AgentProcess],
    machine: Machine,
    centre: FakeCentre,
    peers: Sequence[Peer],
    minutes: float,
) -> Measured:
    """Warm up, then watch for so many minutes."""
    await pass_time(WARM_UP_S, peers)
    pids = [agent.pid for agent in agents]
    before = [usage(pid) for pid in pids]
    peers_before = [usage(peer.pid) for peer in peers]
    bytes_before, seen_before = machine.bytes_total(), len(centre.received[PointId("p1")])
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await pass_time(minutes * 60, peers)
    seconds = loop.time() - began_s
    after = [usage(pid) for pid in pids]
    peers_after = [usage(peer.pid) for peer in peers]
    told = [r.body for r in centre.received[PointId("p1")] if isinstance(r.body, SnmpBody)]
    fresh = centre.received[PointId("p1")][seen_before:]
    healths = [len(codec.encode(r)) for r in fresh if isinstance(r.body, HealthBody)]
    lines = [r.body.line for r in fresh if isinstance(r.body, HealthBody) and r.body.line]
    probe_bytes = PROBE_WIRE_BYTES * sum(line.sent + line.received for line in lines)
    all_bytes = machine.bytes_total() - bytes_before
    return Measured(
        agents=after,
        agents_cpu_s_per_min=[
            (b.cpu_s - a.cpu_s) / seconds * 60 for a, b in zip(before, after, strict=True)
        ],
        peers={
            peer.name: (after, (after.cpu_s - before.cpu_s) / seconds * 60)
            for peer, before, after in zip(peers, peers_before, peers_after, strict=True)
        },
        ports_told=len(told[-1].devices[0].interfaces) if told else 0,
        wire_bps=(all_bytes - probe_bytes) * 8 / seconds,
        probes_bps=probe_bytes * 8 / seconds,
        trains_in_window=sum(isinstance(r.body, BandwidthBody) for r in fresh),
        report_bytes=statistics.fmean(healths),
        seconds=seconds,
    )


async def run(minutes: float, starts: int, root: Path) -> Measured:
    """Set everything up and measure."""
    pki = Pki(root / "pki")
    with contextlib.ExitStack() as stack:
        machine = stack.enter_context(a_machine())
        broker = stack.enter_context(start_mosquitto(root, pki=pki, host=machine.host))
        reflector = stack.enter_context(
            running_reflector(root / "reflector", port=free_port(), host=machine.host)
        )
        controller = stack.enter_context(running_controller(pki, host=machine.host))
        found = (stack.enter_context(one) for one in (node_exporter(), zabbix_agent2(root)))
        peers = [peer for peer in found if peer is not None]
        answer = drawn_switch().answer
        inside = machine.inside(_udp_socket)
        async with (
            running_centre(broker, acknowledge_every_s=ACKNOWLEDGE_EVERY_S) as centre,
            running_device(answer, sock=inside) as (port, _),
            running_device(answer, port=port),
        ):
            agents = start_agents(root, broker, reflector, machine, controller.url, starts, port)
            try:
                return await measure(agents, machine, centre, peers, minutes)
            finally:
                for agent in agents:
                    agent.stop()


def _udp_socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


def start_agents(
    root: Path,
    broker: Broker,
    reflector: ReflectorProcess,
    machine: Machine,
    controller_url: str,
    starts: int,
    switch_port: int,
) -> list[AgentProcess]:
    """Start the agents; the first one in the namespace."""
    agents = []
    for number in range(1, starts + 1):
        name = f"p{number}"
        folder = make_point(root / name, broker, name, number=number, controller_url=controller_url)
        prepare(folder, reflector, number, switch_port)
        # `ip netns exec` becomes the agent: its number is the agent's.
        prefix = machine.prefix if number == 1 else ()
        agents.append(AgentProcess(folder, write_config(folder), prefix=prefix))
    return agents


def rows(found: Measured) -> list[dict[str, object]]:
    """Return the results as every bench writes them."""

    def median(values: list[float]) -> float:
        return round(statistics.median(values), 3)

    agents, peers = found.agents, found.peers
    memory = [("rss", "<= 48", median([a.rss_mib for a in agents])),
              ("pss", "<= 42", median([a.pss_mib for a in agents]))]  # fmt: skip
    table: list[tuple[str, float, str, str, str, float | None]] = []
    for name, bound, value in memory:
        table += [
            (f"agent_{name}", value, "MiB", bound, peer, getattr(one, f"{name}_mib"))
            for peer, (one, _) in peers.items()
        ] or [(f"agent_{name}", value, "MiB", bound, "", None)]
    cpu = median(found.agents_cpu_s_per_min)
    table += [
        ("agent_cpu", cpu, "CPU-s/min", "<= 0.35", peer, per_min)
        for peer, (_, per_min) in peers.items()
    ] or [("agent_cpu", cpu, "CPU-s/min", "<= 0.35", "", None)]
    table += [
        ("agent_rss_worst", max(a.rss_mib for a in agents), "MiB", "<= 48", "", None),
        ("agent_wire", found.wire_bps / 1000, "kbit/s", "<= 1.5", "", None),
        ("agent_probes", found.probes_bps / 1000, "kbit/s", "<= 25", "", None),
        ("agent_report", found.report_bytes, "bytes", "", "", None),
        ("agent_trains_in_window", found.trains_in_window, "trains", "", "", None),
    ]
    keys = ("name", "value", "unit", "bound", "peer", "peer_value")
    return [
        dict(zip(keys, (n, round(v, 3), u, b, p, None if q is None else round(q, 3)), strict=True))
        for n, v, u, b, p, q in table
    ]


def main_inside(arguments: list[str], module: str = "bench.agent") -> int:
    """Run a program again in a namespace made for it."""
    name = f"dcb-{os.getpid()}"
    inside = ["ip", "netns", "exec", name]
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        command = [*inside, sys.executable, "-m", module, "--inside", *arguments]
        return subprocess.run(command, check=False).returncode
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def main() -> int:
    """Measure, print, write; 1 where a bound is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if os.geteuid() != 0:
        print("bench.agent needs root: it counts bytes in a network namespace of its own")
        return 0
    if not parsed.inside:
        return main_inside(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="diemcau-bench-") as root:
        found = asyncio.run(run(parsed.minutes, parsed.starts, Path(root)))
    if found.ports_told != SWITCH_PORTS:
        print(
            f"of the switch's {SWITCH_PORTS} ports {found.ports_told} were told: it was not asked"
        )
        return 1
    results = rows(found)
    is_good = True
    print(f"{parsed.starts} agents, {found.seconds:.0f} s after a minute of warming up")
    print("(what several agents share lowers their PSS; alone, PSS is at most RSS)")
    for row in results:
        bound = str(row["bound"])
        is_met = not bound or float(str(row["value"])) <= float(bound.removeprefix("<= "))
        is_good = is_good and is_met
        peer = f"{row['peer']} {row['peer_value']}" if row["peer_value"] is not None else ""
        verdict = "" if not bound else ("ok" if is_met else "NOT MET")
        print(f"{row['name']:24} {row['value']:>10} {row['unit']:10} {bound:9} {verdict:8} {peer}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
