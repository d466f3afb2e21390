"""The Wi-Fi's signal from the kernel's file, as a laptop's looked."""

import pytest

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


async def test_the_signal_of_the_way_out_is_told(proc):
    other = "wlan1: 0000   10.  -40.  -256        0      0      0      0      0        0"
    write(
        proc, other, "wlp2s0: 0000   49.  -61.  -256        0      0      0      0     12        0"
    )
    assert (await WifiCollector(proc).collect()).figures == {"wifi_signal_dbm": -61.0}


async def test_by_cable_there_is_none_and_without_the_file_neither(proc):
    assert (await WifiCollector(proc).collect()).figures == {}
    write(proc)
    assert (await WifiCollector(proc).collect()).figures == {}


@pytest.mark.parametrize("level", ["195.", "-256.", "0."])
def test_a_driver_that_counts_otherwise_is_not_believed(proc, level):
    write(proc, f"wlp2s0: 0000   49.  {level}  -256        0      0")
    assert signal_dbm(proc, "wlp2s0") is None


def test_another_form_is_a_failure(proc):
    write(proc, "wlp2s0: 0000 49.")
    with pytest.raises(CollectorError):
        signal_dbm(proc, "wlp2s0")
