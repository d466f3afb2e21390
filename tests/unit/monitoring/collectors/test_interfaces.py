"""A machine with containers: the way out and the plugs are told, the rest is one row."""

import shutil
import tarfile
from pathlib import Path

import pytest

from contracts.reports import SUMMED_UP
from monitoring.collectors.interfaces import Counters, is_physical, listed
from monitoring.collectors.inventory import take_inventory
from monitoring.collectors.lan import RECENT_S, ErrorWindow, LanCollector
from monitoring.collectors.roots import Roots

DATA = Path(__file__).parents[3] / "data"
SHARED = Path(__file__).parents[5] / "shared/faults/cases/docker-host.tar.gz"


@pytest.fixture
def machine(tmp_path):
    return shutil.copytree(DATA / "machine-containers", tmp_path / "machine", symlinks=True)


def read(name, errors, packets):
    return Counters(name, 0, 0, packets_total=packets, errors_total=errors, drops_total=0)


async def test_the_way_out_comes_first_then_what_has_a_plug_then_one_row_for_all_others(machine):
    seconds = iter((100.0, 110.0))
    lan = LanCollector(machine / "proc", machine / "sys", monotonic=lambda: next(seconds))
    await lan.collect()
    table = machine / "proc/net/dev"
    table.write_text(table.read_text().replace(" 1000 10 0", " 1500 10 0"))
    uplink, spare, others = (await lan.collect()).rates
    assert (uplink.name, uplink.kind, uplink.has_carrier) == ("wlp2s0", "physical", True)
    assert (spare.name, spare.kind, spare.has_carrier) == ("eno2", "physical", False)
    assert (others.name, others.kind, others.count) == (SUMMED_UP, "virtual", 95)
    assert (uplink.rx_bps, others.rx_bps, others.tx_bps) == (400, 95 * 400, 0)
    assert others.has_carrier
    # What the tunnel t1 counts as errors is nobody's trouble.
    assert (others.errors_total, others.recent_errors) == (0, 0)


def test_the_inventory_knows_the_way_out_too(machine):
    found = take_inventory(
        Roots(machine / "proc", machine / "sys"),
        os_release=machine / "os-release", agent_version="9.9", disk_bytes=7,
    )  # fmt: skip
    assert [(i.name, i.is_uplink) for i in found.interfaces] == [("wlp2s0", True), ("eno2", False)]
    assert found.virtual_interfaces == 95


def test_a_way_out_that_is_virtual_is_told_by_its_own_name(machine):
    route = machine / "proc/net/route"
    route.write_text(route.read_text().replace("wlp2s0", "bond0"))
    found = listed(machine / "proc", machine / "sys")
    assert [one.name for one in found.own] == ["bond0", "eno2", "wlp2s0"]


def test_the_kernel_tells_what_is_virtual_before_the_name_does(tmp_path):
    net = tmp_path / "class/net"
    net.mkdir(parents=True)
    for name, where in (("lan0", "devices/virtual/net/lan0"), ("dsa1", "devices/soc/net/dsa1")):
        (tmp_path / where).mkdir(parents=True)
        (net / name).symlink_to(tmp_path / where)
    (tmp_path / "devices/pci/net/veth-card/device").mkdir(parents=True)
    (net / "veth-card").symlink_to(tmp_path / "devices/pci/net/veth-card")
    names = ("lan0", "dsa1", "veth-card", "veth0", "eth0")
    assert [is_physical(tmp_path, name) for name in names] == [False, True, True, False, True]


@pytest.mark.skipif(not SHARED.exists(), reason="not checked: no ../shared")
async def test_a_recorded_host_with_98_interfaces_tells_its_way_out(tmp_path):
    with tarfile.open(SHARED) as archive:
        archive.extractall(tmp_path, filter="data")
    root = tmp_path / "docker-host"
    found = (await LanCollector(root / "proc", root / "sys").collect()).rates
    assert found[0].name == "wlp2s0"
    assert found[-1].name == SUMMED_UP
    assert sum(one.count for one in found) == 98
    assert len(found) <= 4


def test_errors_are_counted_over_the_last_minutes_only():
    window = ErrorWindow()
    assert window.grown(read("e", 500, 10_000), 0.0) == (0, 0)
    assert window.grown(read("e", 503, 11_000), 100.0) == (3, 1000)
    assert window.grown(read("e", 503, 12_000), RECENT_S) == (3, 2000)
    assert window.grown(read("e", 503, 12_500), RECENT_S + 50) == (0, 1500)


def test_a_counter_that_began_anew_is_no_error():
    window = ErrorWindow()
    window.grown(read("e", 500, 10_000), 0.0)
    assert window.grown(read("e", 2, 30), 10.0) == (0, 0)
    assert window.grown(read("e", 4, 90), 20.0) == (2, 60)
