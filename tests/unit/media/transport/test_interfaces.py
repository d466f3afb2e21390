"""Which interfaces lead out, by the kernel's own tables."""

from media.transport.interfaces import WayOut, ways_out

V4 = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wwan0\t00000000\t0102000A\t0003\t0\t0\t700\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
wlan0\t00000000\t010200C0\t0002\t0\t0\t50\t00000000\t0\t0\t0
"""
NOWHERE = "0" * 32
V6 = f"""fd{"0" * 30} 40 {NOWHERE} 00 {NOWHERE} 00000100 00000002 00000000 00000001     eth0
{NOWHERE} 00 {NOWHERE} 00 fe80{"0" * 27}1 00000400 00000003 00000000 00000003     eth0
{NOWHERE} 00 {NOWHERE} 00 {NOWHERE} ffffffff 00000001 00000000 00200200       lo
"""


def test_the_preferred_interface_of_each_family_comes_first(tmp_path):
    (tmp_path / "route").write_text(V4)
    (tmp_path / "ipv6_route").write_text(V6)
    assert ways_out(tmp_path) == [
        WayOut(4, 100, "eth0"),
        WayOut(4, 700, "wwan0"),
        WayOut(6, 0x400, "eth0"),
    ]


def test_a_kernel_without_a_family_has_no_way_out_of_it(tmp_path):
    (tmp_path / "route").write_text(V4)
    assert [way.version for way in ways_out(tmp_path)] == [4, 4]
