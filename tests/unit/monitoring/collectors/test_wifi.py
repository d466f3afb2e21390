"""The Wi-Fi's signal from the kernel's file, as a laptop's looked, and by its netlink."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors import nl80211
from monitoring.collectors.wifi import WifiCollector, signal_dbm
from monitoring.errors import CollectorError

HEAD = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
"""
ROUTES = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"


@pytest.fixture
def proc(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net/route").write_text(
        f"{ROUTES}wlp2s0 00000000 0101A8C0 0003 0 0 600 00000000 0 0 0\n"
    )
    return tmp_path


def write(proc, *lines):
    (proc / "net/wireless").write_text(HEAD + "".join(f"{line}\n" for line in lines))


def collector(proc, by_netlink=None, *, is_wifi=False):
    """Return the collector on made folders; `by_netlink`: what the kernel says there."""
    sys = proc / "sys"
    if is_wifi:
        (sys / "class/net/wlp2s0/phy80211").mkdir(parents=True, exist_ok=True)

    def asked(interface):
        assert is_wifi and interface == "wlp2s0"
        return by_netlink

    return WifiCollector(proc, sys, by_netlink=asked)


async def test_the_signal_of_the_way_out_is_told(proc):
    other = "wlan1: 0000   10.  -40.  -256        0      0      0      0      0        0"
    write(
        proc, other, "wlp2s0: 0000   49.  -61.  -256        0      0      0      0     12        0"
    )
    assert (await collector(proc).collect()).figures == {"wifi_signal_dbm": -61.0}


async def test_by_cable_there_is_none_and_without_the_file_neither(proc):
    assert (await collector(proc).collect()).figures == {}
    write(proc)
    assert (await collector(proc).collect()).figures == {}


@pytest.mark.parametrize("level", ["195.", "-256.", "0."])
def test_a_driver_that_counts_otherwise_is_not_believed(proc, level):
    write(proc, f"wlp2s0: 0000   49.  {level}  -256        0      0")
    assert signal_dbm(proc, "wlp2s0") is None


def test_another_form_is_a_failure(proc):
    write(proc, "wlp2s0: 0000 49.")
    with pytest.raises(CollectorError):
        signal_dbm(proc, "wlp2s0")


@pytest.mark.parametrize(
    ("said", "expected"),
    [(-58, {"wifi_signal_dbm": -58.0}), (None, {}), (0, {}), (-121, {}), (44, {})],
)
async def test_a_kernel_without_the_file_is_asked_by_netlink(proc, said, expected):
    assert (await collector(proc, said, is_wifi=True).collect()).figures == expected
    # A card of Wi-Fi 7 is not in the file that the kernel has for others.
    write(proc, "wlan1: 0000   10.  -40.  -256        0      0      0      0      0        0")
    assert (await collector(proc, said, is_wifi=True).collect()).figures == expected


async def test_what_the_file_says_need_not_be_asked(proc):
    write(proc, "wlp2s0: 0000   49.  -61.  -256        0      0")
    found = await collector(proc, -20, is_wifi=True).collect()
    assert found.figures == {"wifi_signal_dbm": -61.0}


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def station(*, signal=None, average=None, command=19):
    """Return a station as the kernel's net/wireless/nl80211.c writes one."""
    told = attribute(1, struct.pack("=I", 12)) + attribute(2, struct.pack("=I", 98_765))
    for kind, value in ((7, signal), (13, average)):
        told += attribute(kind, struct.pack("=b", value)) if value is not None else b""
    told += attribute(8 | 0x8000, attribute(1, struct.pack("=H", 866)))
    head = struct.pack("=BBH", command, 1, 0)
    own = attribute(3, struct.pack("=I", 3)) + attribute(6, bytes.fromhex("286fb9000001"))
    return head + own + attribute(46, struct.pack("=I", 7)) + attribute(21 | 0x8000, told)


def test_one_access_point_says_its_signal_smoothed_where_it_is():
    assert nl80211.signal_of([station(signal=-60, average=-63)]) == -63
    assert nl80211.signal_of([station(signal=-60)]) == -60
    assert nl80211.signal_of([station()]) is None
    assert nl80211.signal_of([]) is None
    assert nl80211.signal_of([station(signal=-60, command=20)]) is None
    # Several are clients of ours: none of them is the way out.
    assert nl80211.signal_of([station(signal=-60), station(signal=-50)]) is None


def test_the_familys_number_is_read():
    head = struct.pack("=BBH", 1, 2, 0)
    assert nl80211.family_of(head + attribute(2, b"nl80211\0") + attribute(1, b"\x1e\0")) == 30
    assert nl80211.family_of(head) is None
    assert nl80211.family_of(b"") is None


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_a_value_or_none(data):
    for found in (nl80211.signal_of([data]), nl80211.signal_of([b"\x13\1\0\0" + data])):
        assert found is None or -128 <= found < 128
    assert nl80211.family_of(data) is None or nl80211.family_of(data) >= 0


def test_this_kernel_answers_whether_it_has_wifi_or_not():
    """With Wi-Fi the loopback has no station; without, there is no such family."""
    assert nl80211.signal_dbm("lo") is None
    assert nl80211.signal_dbm("none-of-that") is None
