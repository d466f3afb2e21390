"""Whoever opens connections to the broker without end keeps nobody else out."""

import resource
import socket
import ssl
import subprocess
from contextlib import ExitStack
from pathlib import Path

import aiomqtt
import pytest

from tests.fakes.mosquitto import DEFAULT_ACL, Broker
from tests.fakes.namespace import Machine, a_machine
from tests.fakes.pki import Pki
from tests.waiting import until

DOOR = Path(__file__).parents[3] / "systemd" / "broker-door.sh"
# What the broker has here in all; its own files are among them.
DESCRIPTORS = 640
LIMIT, BEYOND = 512, 700


def opened(held: ExitStack, broker: Broker, sources: tuple[str, ...]) -> int:
    """Open silent connections, from each address in turn; return how many were let in."""
    count = 0
    for number in range(BEYOND):
        source = (sources[number % len(sources)], 0)
        try:
            address = (broker.host, broker.port)
            held.enter_context(socket.create_connection(address, 2, source_address=source))
        except OSError:
            continue
        count += 1
    return count


async def comes_in(broker: Broker, source: str) -> bool:
    """Return whether a point is let in that connects from an address."""
    issued = broker.cert("p-a")
    tls = ssl.create_default_context(cafile=str(broker.ca))
    tls.load_cert_chain(issued.certificate_file, issued.key_file)
    try:
        async with aiomqtt.Client(
            broker.host, broker.port, identifier="p-a", tls_context=tls, timeout=5,
            bind_address=source,
        ):  # fmt: skip
            return True
    except aiomqtt.MqttError:
        return False


def door(machine: Machine, *words: str) -> None:
    """Run the door's script on the broker's machine."""
    subprocess.run([*machine.prefix, str(DOOR), *words], check=True)


def rules(machine: Machine) -> str:
    """Return all rules of the broker's machine."""
    listed = [*machine.prefix, "nft", "list", "ruleset"]
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout


@pytest.mark.namespace
@pytest.mark.parametrize(
    ("is_v6", "strangers", "point"),
    [(False, (), "10.99.99.9"), (True, ("fd78:1::5", "fd78:1::6"), "fd78:2::9")],
    ids=["ipv4", "ipv6, a /64 together"],
)
async def test_who_opens_connections_without_end_keeps_no_point_out(
    tmp_path: Path, *, is_v6: bool, strangers: tuple[str, ...], point: str
) -> None:
    with a_machine(is_v6=is_v6) as machine:
        for address in (*strangers, point):
            machine.also_at(address)
        sources = strangers or (machine.host,)
        broker = Broker(
            tmp_path, Pki(tmp_path / "pki"), host=machine.address, port=8883, acl=DEFAULT_ACL
        )
        machine.inside(broker.start)
        try:
            resource.prlimit(broker.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
            with ExitStack() as held:
                opened(held, broker, sources)
                assert not await comes_in(broker, point), "the fault that the door is for is gone"
            door(machine, str(tmp_path / "mosquitto.conf"))
            with ExitStack() as held:
                assert opened(held, broker, sources) == LIMIT
                assert await comes_in(broker, point)

            async def is_free() -> bool:
                return await comes_in(broker, sources[0])

            await until(is_free, what="who leaves makes room")
            door(machine, "--remove")
            assert rules(machine) == ""
            of_both = tmp_path / "of_both.conf"  # as it is written for both families
            of_both.write_text(f"listener {broker.port}\n")
            door(machine, str(of_both))
            assert f"dport {broker.port} " in rules(machine)
        finally:
            broker.stop()


def test_without_nftables_the_door_says_so_and_lets_the_broker_start(tmp_path: Path) -> None:
    (tmp_path / "mosquitto.conf").write_text("listener 8883\n")
    text = DOOR.read_text().replace("/usr/sbin/nft", str(tmp_path / "none"))
    script = tmp_path / "door.sh"
    script.write_text(text)
    said = subprocess.run(
        ["/bin/sh", str(script), str(tmp_path / "mosquitto.conf")],
        capture_output=True, text=True, check=True, env={"PATH": "/bin/none"},
    )  # fmt: skip
    assert "apt-get install nftables" in said.stderr
