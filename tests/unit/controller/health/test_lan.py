"""A point's LAN in words."""

import pytest

from contracts.lan import (
    DhcpSection,
    DhcpServer,
    DnsSection,
    DoubledAddress,
    Lease,
    Resolver,
    SegmentDevice,
    SegmentSection,
)
from contracts.reports import HealthBody
from contracts.section import Section
from controller.health.views.lan import panel
from controller.web.i18n.catalogue import languages

VI = languages()["vi"]


def facts(**sections):
    found = panel(VI, HealthBody(**sections))
    return [] if found is None else [(one.name, one.shown) for one in found.facts]


def test_of_a_point_that_tells_nothing_of_its_lan_nothing_is_shown():
    assert panel(VI, None) is None
    assert panel(VI, HealthBody(open={"load": Section(figures={"swap_ratio": 0.5})})) is None


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("answers", "10.0.0.1 trả lời sau 3,0\N{NO-BREAK SPACE}ms"),
        ("unknown_name", "10.0.0.1 báo không có tên hop.vn"),
        ("refuses", "10.0.0.1 từ chối trả lời"),
        ("fails", "10.0.0.1 không tra được hop.vn"),
        ("silent", "10.0.0.1 không trả lời"),
    ],
)
def test_each_name_server_says_how_it_answered(answer, shown):
    server = Resolver(address="10.0.0.1", answer=answer, rtt_ms=3.0)
    dns = DnsSection(asked="hop.vn", resolvers=(server,), figures={"dns_rtt_ms": 3.0})
    assert facts(dns=dns) == [("Máy chủ tên miền", shown)]


def test_a_lease_says_by_whom_where_that_is_known():
    lease = Lease(interface="eth0", address="10.0.0.9", left_s=3600, whole_s=7200)
    (one,) = facts(dhcp=DhcpSection(leases=(lease,)))
    assert one == ("Địa chỉ của eth0", "10.0.0.9, được cấp, còn hạn 1 giờ")


@pytest.mark.parametrize(
    ("addresses", "shown"),
    [((), "không máy nào trả lời"), (("10.0.0.1", "10.0.0.2"), "10.0.0.1, 10.0.0.2")],
)
def test_dhcp_servers_are_named_where_somebody_looked(addresses, shown):
    servers = tuple(DhcpServer(interface="eth0", address=one) for one in addresses)
    assert facts(dhcp=DhcpSection(servers=servers)) == [("Máy chủ DHCP", shown)]


def test_an_address_of_two_names_the_other_and_the_signal_has_its_unit():
    doubled = DoubledAddress(address="10.0.0.9", macs=("aa:bb:cc:00:00:01",), is_own=True)
    wifi = {"wifi": Section(figures={"wifi_signal_dbm": -61.0})}
    assert facts(segment=SegmentSection(doubled=(doubled,)), open=wifi) == [
        ("Bị dùng trùng", "10.0.0.9, aa:bb:cc:00:00:01"),
        ("Sóng Wi-Fi", "-61 dBm"),
    ]


def test_who_is_there_with_the_maker_and_how_many_more():
    router = SegmentDevice(
        address="10.0.0.1", mac="28:6f:b9:00:00:01", maker="Nokia", is_router=True
    )
    phone = SegmentDevice(address="10.0.0.7", mac="2a:6f:b9:00:00:02")
    other = SegmentDevice(address="10.0.0.8", mac="28:6f:b9:00:00:03")
    found = panel(
        VI, HealthBody(segment=SegmentSection(total=5, neighbours=(router, phone, other)))
    )
    assert [(row.address, row.role, row.maker) for row in found.rows] == [
        ("10.0.0.1", "bộ định tuyến", "Nokia"),
        ("10.0.0.7", "", "địa chỉ tự đặt"),
        ("10.0.0.8", "", "không rõ hãng"),
    ]
    assert found.devices == "5 thiết bị trong giờ qua"
    assert found.left_out == "và 2 thiết bị nữa"
