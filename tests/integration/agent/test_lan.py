"""A room's network for real: dnsmasq lends addresses and answers names, in namespaces."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from contracts.ids import PointId
from contracts.lan import Resolver
from contracts.reports import SUMMED_UP, HealthBody
from monitoring.collectors.dhcp import DhcpCollector
from monitoring.collectors.dns import AGAIN_S, INTERVAL_S, DnsCollector, is_known_here
from monitoring.collectors.interfaces import listed
from monitoring.collectors.lan import LanCollector
from monitoring.collectors.segment import SegmentCollector
from tests.fakes.centre import running_centre
from tests.fakes.dhclient import HAS_DHCLIENT, a_lease
from tests.fakes.dnsmasq import HAS_DNSMASQ, start_dnsmasq
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.namespace import a_machine, run
from tests.fakes.point import make_point, running_agent
from tests.integration.agent.test_trouble import cache, every_second
from tests.waiting import until, until_blocking

pytestmark = [
    pytest.mark.namespace,
    pytest.mark.skipif(not HAS_DNSMASQ, reason="not checked: no dnsmasq"),
]

CENTRE = "hop.laocai.example"
# Of the thread, which is in the machine's namespace, and not of the whole process.
PROC = Path("/proc/thread-self")


@pytest.fixture
def machine():
    with a_machine() as machine:
        yield machine


def collected(machine, collector):
    """Return what a collector finds that runs in the machine's namespace."""
    return machine.inside(lambda: asyncio.run(collector.collect()))


def with_servers(root, *addresses):
    (root / "etc").mkdir(exist_ok=True)
    lines = "".join(f"nameserver {address}\n" for address in addresses)
    (root / "etc/resolv.conf").write_text(f"search xa.example\n{lines}")
    return root


def test_each_name_server_is_asked_for_the_centre(machine, tmp_path):
    files = with_servers(tmp_path, machine.host, "127.9.9.9")
    known = f"--address=/{CENTRE}/192.0.2.10"
    with start_dnsmasq(tmp_path / "dns", machine.host_interface, known):
        found = collected(machine, DnsCollector(files, CENTRE))
        stranger = collected(machine, DnsCollector(with_servers(tmp_path, machine.host), "a.vn"))
        by_address = collected(machine, DnsCollector(files, "192.0.2.10"))
        there = DnsCollector(files, CENTRE, centre_at=lambda: ("192.0.2.7", "192.0.2.10"))
        moved = DnsCollector(files, CENTRE, centre_at=lambda: ("192.0.2.7",))
        right, astray = collected(machine, there), collected(machine, moved)
    first, second = found.resolvers
    assert (found.asked, first.address, first.answer) == (CENTRE, machine.host, "answers")
    assert first.rtt_ms < 1000
    assert [one.resolvers[0].elsewhere for one in (found, right, astray)] == ["", "", "192.0.2.10"]
    assert moved.interval_s == AGAIN_S
    assert found.figures == {"dns_rtt_ms": first.rtt_ms}
    assert second == Resolver(address="127.9.9.9", answer="silent")
    (tmp_path / "etc/hosts").write_text(f"192.0.2.10 centre {CENTRE.upper()}  # by hand\n")
    assert is_known_here(tmp_path, CENTRE)
    assert not is_known_here(tmp_path, f"x.{CENTRE}")
    assert is_known_here(tmp_path, "hop")
    # Without anybody to ask further, it refuses what it does not know.
    assert stranger.resolvers[0].answer == "refuses"
    assert by_address.asked == ""
    assert by_address.resolvers[0].answer == "answers"


def test_a_server_that_is_silent_costs_less_than_a_collection_may(machine, tmp_path):
    files = with_servers(tmp_path, machine.host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind((machine.host, 53))
        collector = DnsCollector(files, CENTRE)
        began_s = time.monotonic()
        found = collected(machine, collector)
    assert time.monotonic() - began_s < collector.timeout_s
    assert found.resolvers == (Resolver(address=machine.host, answer="silent"),)
    assert found.figures == {}
    assert collector.interval_s == AGAIN_S
    with start_dnsmasq(tmp_path / "dns", machine.host_interface):
        collected(machine, collector)
    assert collector.interval_s == INTERVAL_S


@pytest.mark.skipif(not HAS_DHCLIENT, reason="not checked: no dhclient")
def test_a_lease_is_told_with_its_server_and_until_when(machine, tmp_path):
    net = machine.host.rpartition(".")[0]
    lent = f"--dhcp-range={net}.50,{net}.50,255.255.255.0,1h"
    with (
        start_dnsmasq(tmp_path / "dhcp", machine.host_interface, "--port=0", lent),
        a_lease(machine, tmp_path),
    ):
        carrier = tmp_path / f"class/net/{machine.interface}/carrier"
        carrier.parent.mkdir(parents=True)
        carrier.write_text("0\n")
        assert collected(machine, DhcpCollector(PROC, tmp_path, tmp_path)).leases == ()
        carrier.write_text("1\n")
        (lease,) = collected(machine, DhcpCollector(PROC, tmp_path, tmp_path)).leases
    assert (lease.interface, lease.address) == (machine.interface, f"{net}.50")
    assert lease.server == machine.host
    assert 3500 <= lease.left_s <= 3600
    assert abs(lease.whole_s - 3600) <= 1


def test_an_address_that_nobody_lent_is_no_lease(machine, tmp_path):
    assert collected(machine, DhcpCollector(PROC, tmp_path, tmp_path)).leases == ()


def spoken_with(host):
    """Speak with a machine, so that each knows the other's hardware address."""
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection((host, 9), 5):
        pass


def test_who_was_spoken_with_is_told_the_way_out_first(machine, tmp_path):
    hwdb = tmp_path / "usr/lib/udev/hwdb.d/20-OUI.hwdb"
    hwdb.parent.mkdir(parents=True)
    hwdb.write_text("#\n\nOUI:286FB9*\n ID_OUI_FROM_DATABASE=Nokia Shanghai Bell Co., Ltd.\n")
    net = machine.host.rpartition(".")[0]
    for number in (7, 8):
        there = (*machine.prefix, "ip", "neigh", "add", f"{net}.{number}", "dev")
        run(*there, machine.interface, "lladdr", f"28:6f:b9:00:00:0{number}", "nud", "reachable")
    machine.inside(lambda: spoken_with(machine.host))
    found = collected(machine, SegmentCollector(PROC, tmp_path, tmp_path))
    router, *others = found.neighbours
    assert (router.address, router.is_router, router.maker) == (machine.host, True, "")
    assert {one.address for one in others} == {f"{net}.7", f"{net}.8"}
    assert {one.maker for one in others} == {"Nokia Shanghai Bell Co., Ltd."}
    assert found.total == 3
    assert found.figures == {"segment_devices_count": 3}


def test_an_address_of_ipv6_that_somebody_else_has_is_doubled(machine, tmp_path):
    taken = "fd77:1::9/64"
    run("ip", "address", "add", taken, "dev", machine.host_interface, "nodad")
    run(*machine.prefix, "ip", "address", "add", taken, "dev", machine.interface)
    shown = (*machine.prefix, "ip", "-6", "address", "show", "dev", machine.interface)
    assert until_blocking(
        lambda: b"dadfailed" in subprocess.run(shown, capture_output=True, check=True).stdout
    )
    (one,) = collected(machine, SegmentCollector(PROC, tmp_path, tmp_path)).doubled
    assert (one.address, one.is_own) == ("fd77:1::9", True)


def test_seventy_bridges_are_one_row_and_the_way_out_is_first(machine, tmp_path):
    commands = "".join(f"link add br{n:02d} type bridge\n" for n in range(70))
    subprocess.run([*machine.prefix, "ip", "-batch", "-"], input=commands, text=True, check=True)
    uplink, others = collected(machine, LanCollector(PROC, tmp_path)).rates
    assert uplink.name == machine.interface
    assert (others.name, others.count) == (SUMMED_UP, 70)
    found = machine.inside(lambda: listed(PROC, tmp_path))
    assert found.uplink == machine.interface
    assert [one.name for one in found.own] == [machine.interface]


async def test_the_agent_tells_the_centre_of_its_name_server_and_its_router(tmp_path):
    with (
        a_machine() as machine,
        resolved_by(machine, machine.host),
        start_dnsmasq(tmp_path / "dns", machine.host_interface, f"--address=/{CENTRE}/192.0.2.10"),
        start_mosquitto(tmp_path, host=machine.host) as broker,
    ):
        folder = make_point(tmp_path / "p1", broker)
        cache(folder, "policy", every_second())
        async with running_centre(broker) as centre:
            with running_agent(folder, prefix=machine.prefix) as agent:
                told = await until(lambda: sections(centre), 30, agent.log)
    assert [(one.address, one.answer) for one in told["dns"].resolvers] == [
        (machine.host, "answers")
    ]
    assert told["dns"].asked == ""  # this centre has an address and no name
    assert told["dhcp"].leases == ()
    assert told["segment"].neighbours[0].address == machine.host
    assert told["segment"].neighbours[0].is_router


@contextlib.contextmanager
def resolved_by(machine, address):
    """Give a machine a resolv.conf of its own: ip-netns(8) puts it where programs look."""
    folder = Path("/etc/netns") / machine.name
    folder.mkdir(parents=True)
    (folder / "resolv.conf").write_text(f"nameserver {address}\n")
    try:
        yield
    finally:
        shutil.rmtree(folder)


def sections(centre):
    """Return the LAN's sections once the point has told all of them."""
    found = {}
    for report in centre.held[PointId("p1")].values():
        if isinstance(report.body, HealthBody):
            found |= report.body.sections
    return found if {"dns", "dhcp", "segment", "wifi"} <= found.keys() else None
