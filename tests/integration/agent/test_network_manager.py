"""By which server NetworkManager was lent an address: a real bus, at it a service of our own.

NetworkManager itself is not here: its names, signatures and types are those of its API.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.lan import Lease
from monitoring.collectors import dhcp, network_manager
from monitoring.collectors.dhcp import DhcpCollector
from monitoring.collectors.roots import SYSTEM_BUS
from tests.fakes.dbus import HAS_DBUS, dbus_daemon, serving
from tests.fakes.network_manager import ManagerService

pytestmark = pytest.mark.skipif(not HAS_DBUS, reason="not checked: dbus-daemon is not installed")
LENT = ("enp1s0", "192.168.7.20")
OPTIONS = {
    "ip_address": ("s", "192.168.7.20"),
    "dhcp_server_identifier": ("s", "192.168.7.254"),
    "expiry": ("s", "1790000000"),
}


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Path]:
    with dbus_daemon(tmp_path) as found:
        yield found


async def test_the_server_is_asked_for_and_nothing_is_set(bus: Path) -> None:
    service = ManagerService("enp1s0", OPTIONS)
    async with serving(bus, service):
        found = await network_manager.servers_of(bus, [LENT, ("wlp2s0", "10.0.0.4")])
    assert found == {LENT: "192.168.7.254"}
    assert {member for member, _ in service.asked} == {"GetDeviceByIpIface", "Get"}


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        OPTIONS | {"ip_address": ("s", "192.168.7.21")},
        OPTIONS | {"dhcp_server_identifier": ("s", "<script>")},
        OPTIONS | {"dhcp_server_identifier": ("u", 7)},
    ],
)
async def test_what_is_of_another_address_or_no_server_is_not_told(
    bus: Path, options: dict[str, tuple[str, object]] | None
) -> None:
    async with serving(bus, ManagerService("enp1s0", options)):
        assert await network_manager.servers_of(bus, [LENT]) == {}


async def test_without_network_manager_nobody_is_started_and_nothing_told(bus: Path) -> None:
    assert await network_manager.servers_of(bus, [LENT]) == {}
    assert await network_manager.servers_of(bus.with_name("none"), [LENT]) == {}


async def test_one_that_hangs_leaves_the_lease_told_without_its_server(
    bus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run/dbus").mkdir(parents=True)
    (tmp_path / SYSTEM_BUS).symlink_to(bus)
    lease = Lease(interface="enp1s0", address="192.168.7.20", left_s=60, whole_s=90)
    collector = DhcpCollector(tmp_path, tmp_path, tmp_path)
    service = ManagerService("enp1s0", OPTIONS)
    async with serving(bus, service):
        assert await collector.named([lease]) == [lease]  # NetworkManager does not run
        (tmp_path / dhcp.NETWORK_MANAGER).mkdir()
        [named] = await collector.named([lease])
        assert named.server == "192.168.7.254"
        monkeypatch.setattr(dhcp, "MANAGER_TIMEOUT_S", 0.2)
        service.is_silent = True
        assert await collector.named([lease]) == [lease]
