"""A room's network with nothing wrong in it, its words as long as they come."""

from contracts.lan import (
    MAX_NEIGHBOURS,
    DhcpSection,
    DhcpServer,
    DnsSection,
    Lease,
    Resolver,
    SegmentDevice,
    SegmentSection,
)
from contracts.section import Section

DNS = DnsSection(
    asked="trung-tam.hop-truc-tuyen.laocai.example",
    resolvers=(
        Resolver(address="192.168.1.1", answer="answers", rtt_ms=2.4),
        Resolver(address="2402:800:6131:2f00:2e0:4cff:fe68:53", answer="answers", rtt_ms=18.0),
    ),
    figures={"dns_rtt_ms": 2.4},
)
DHCP = DhcpSection(
    leases=(
        Lease(
            interface="enp1s0", address="192.168.1.20", left_s=41_230, whole_s=86_400,
            server="192.168.1.1",
        ),
    ),
    servers=(DhcpServer(interface="enp1s0", address="192.168.1.1", router="192.168.1.1"),),
)  # fmt: skip
_MAKERS = ("Hangzhou Hikvision Digital Technology Co.,Ltd.", "", "Nokia Shanghai Bell Co., Ltd.")
SEGMENT = SegmentSection(
    total=MAX_NEIGHBOURS + 3,
    neighbours=tuple(
        SegmentDevice(
            address=f"192.168.1.{number}" if number % 4 else f"fe80::2e0:4cff:fe68:{number:04x}",
            mac=f"{0x28 + number % 3:02x}:6f:b9:00:00:{number:02x}",
            interface="enp1s0",
            maker=_MAKERS[number % 3],
            is_router=number == 1,
        )
        for number in range(1, MAX_NEIGHBOURS + 1)
    ),
)
WIFI = Section(figures={"wifi_signal_dbm": -61.0})
