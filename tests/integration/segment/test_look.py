"""One look at a segment for real: other DHCP servers answer, another device has our address."""

import json
import sys
from pathlib import Path
from subprocess import DEVNULL, Popen
from subprocess import run as ran

import pytest

from contracts.lan import DhcpServer, DoubledAddress
from monitoring.collectors.dhcp import DhcpCollector
from monitoring.collectors.segment import SegmentCollector
from monitoring.collectors.segment_look import FILE
from tests.fakes.dhclient import HAS_DHCLIENT, a_lease
from tests.fakes.dnsmasq import HAS_DNSMASQ, start_dnsmasq
from tests.fakes.namespace import a_machine, run
from tests.fakes.networkd import HAS_NETWORKD, a_networkd_lease
from tests.fakes.stranger import INTERFACE, a_stranger
from tests.integration.agent.test_lan import PROC, collected

pytestmark = [
    pytest.mark.namespace,
    pytest.mark.skipif(not HAS_DNSMASQ, reason="not checked: no dnsmasq"),
]
PROJECT = Path(__file__).parents[3]


@pytest.fixture
def machine():
    with a_machine() as machine:
        yield machine


def look(machine, root):
    """Look as the unit does, by the program and its file."""
    out = root / FILE
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [*machine.prefix, sys.executable, "-m", "agent.segment", "--out", str(out)]
    done = ran(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())


def lending(folder, interface, net, *options, prefix=()):
    ranges = f"--dhcp-range={net}.50,{net}.90,255.255.255.0,1h"
    return start_dnsmasq(folder, interface, "--port=0", ranges, *options, prefix=prefix)


def test_both_dhcp_servers_answer_and_the_agent_tells_them(machine, tmp_path):
    net = machine.host.rpartition(".")[0]
    with (
        lending(tmp_path / "own", machine.host_interface, net),
        a_stranger(machine, f"{net}.9") as stranger,
        lending(tmp_path / "other", INTERFACE, net, prefix=stranger.prefix),
    ):
        look(machine, tmp_path)
        found = collected(machine, DhcpCollector(PROC, tmp_path, tmp_path)).servers
    assert set(found) == {
        DhcpServer(interface=machine.interface, address=address, router=address)
        for address in (machine.host, f"{net}.9")
    }


@pytest.mark.parametrize("rights", ["+net_raw,+net_bind_service", "+net_bind_service", ""])
def test_the_rights_of_its_unit_suffice_and_without_them_nothing_is_said(machine, tmp_path, rights):
    net = machine.host.rpartition(".")[0]
    given = f"-all,{rights}".rstrip(",")
    asked = ("setpriv", "--reuid=65534", "--clear-groups", f"--inh-caps={given}")
    asked += (f"--ambient-caps={given}", f"--bounding-set={given}")
    looking = [*machine.prefix, *asked, sys.executable, "-m", "agent.segment"]
    if ran([*looking, "--help"], cwd=PROJECT, capture_output=True, check=False).returncode:
        pytest.skip("not checked: nobody but root can run Python here")
    with lending(tmp_path / "own", machine.host_interface, net):
        done = ran(looking, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    servers = [one["address"] for one in seen["servers"] or ()]
    assert servers == ([machine.host] if "net_raw" in rights else [])
    assert (seen["servers"] is None) == ("net_raw" not in rights)


@pytest.mark.skipif(not HAS_NETWORKD, reason="not checked: no networkd")
def test_beside_networkd_a_lease_is_told_and_the_segment_heard(machine, tmp_path):
    net = machine.host.rpartition(".")[0]
    with (
        lending(tmp_path / "own", machine.host_interface, net),
        a_networkd_lease(machine, tmp_path),
    ):
        look(machine, tmp_path)
        carrier = tmp_path / f"class/net/{machine.interface}/carrier"
        carrier.parent.mkdir(parents=True)
        carrier.write_text("1\n")
        found = collected(machine, DhcpCollector(PROC, tmp_path, tmp_path))
    (lease,) = found.leases
    assert lease.address.startswith(net)
    assert lease.server == machine.host
    assert 3500 <= lease.left_s <= lease.whole_s <= 3601
    assert [one.address for one in found.servers] == [machine.host]


@pytest.mark.skipif(not HAS_DHCLIENT, reason="not checked: no dhclient")
def test_the_machines_own_client_borrows_while_we_look_and_we_look_beside_it(machine, tmp_path):
    net = machine.host.rpartition(".")[0]
    looking = [*machine.prefix, sys.executable, "-m", "agent.segment"]
    with lending(tmp_path / "own", machine.host_interface, net):
        before = Popen(looking, cwd=PROJECT, stdout=DEVNULL)
        with a_lease(machine, tmp_path):
            seen = look(machine, tmp_path)
        assert before.wait(20) == 0
    assert [one["address"] for one in seen["servers"]] == [machine.host]
    assert seen["doubled"] == []


def test_without_any_server_none_is_told_and_nobody_has_our_address(machine, tmp_path):
    seen = look(machine, tmp_path)
    assert (seen["servers"], seen["doubled"]) == ([], [])


def test_another_device_with_our_address_is_found_by_its_hardware_address(machine, tmp_path):
    with a_stranger(machine, machine.address) as stranger:
        look(machine, tmp_path)
        found = collected(machine, SegmentCollector(PROC, tmp_path, tmp_path)).doubled
    own = DoubledAddress(address=machine.address, macs=(stranger.mac,), is_own=True)
    assert found == (own,)


def test_another_card_of_the_same_machine_on_the_segment_is_no_stranger(machine, tmp_path):
    """As with cable and Wi-Fi in one network: each card answers for all of the machine."""
    run(
        "ip", "link", "add", "dcsecond", "link", machine.host_interface,
        "netns", machine.name, "type", "macvlan", "mode", "bridge",
    )  # fmt: skip
    own = f"{machine.host.rpartition('.')[0]}.7/24"
    run(*machine.prefix, "ip", "address", "add", own, "dev", "dcsecond")
    run(*machine.prefix, "ip", "link", "set", "dcsecond", "up")
    assert look(machine, tmp_path)["doubled"] == []


def test_two_devices_with_the_gateways_address_are_found(machine, tmp_path):
    with a_stranger(machine, machine.host) as stranger:
        (one,) = look(machine, tmp_path)["doubled"]
    assert one["address"] == machine.host
    assert len(one["macs"]) == 2
    assert stranger.mac in one["macs"]
    assert "is_own" not in one
