"""Who made a device, from the tables as Debian installs them."""

from pathlib import Path

import pytest

from monitoring.collectors.makers import MAX_KNOWN, Makers

UDEV = """# This file is part of systemd.

OUI:0055DA*
 ID_OUI_FROM_DATABASE=IEEE Registration Authority

OUI:0055DA0*
 ID_OUI_FROM_DATABASE=Shinko Technos co.,ltd.

OUI:286FB9*
 ID_OUI_FROM_DATABASE=Nokia Shanghai Bell Co., Ltd.
"""
IEEE = """OUI/MA-L                                                    Organization

28-6F-B9   (hex)\t\tNokia Shanghai Bell Co., Ltd.
286FB9     (base 16)\t\tNokia Shanghai Bell Co., Ltd.
"""
ROUTER, SMALL, BLOCK = "28:6f:b9:00:00:01", "00:55:da:01:02:03", "00:55:da:f1:02:03"
MADE_UP, UNKNOWN = "2a:6f:b9:00:00:01", "44:44:44:00:00:01"


def makers(root, path, text):
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text)
    return Makers(root)


def test_udevs_table_names_them_the_smallest_block_first(tmp_path):
    found = makers(tmp_path, "usr/lib/udev/hwdb.d/20-OUI.hwdb", UDEV)
    macs = [ROUTER, SMALL, BLOCK, MADE_UP, UNKNOWN]
    found.look_up(macs)
    assert [found.of(mac) for mac in macs] == [
        "Nokia Shanghai Bell Co., Ltd.", "Shinko Technos co.,ltd.",
        "IEEE Registration Authority", "", "",
    ]  # fmt: skip


def test_ieee_data_serves_where_udev_has_none(tmp_path):
    found = makers(tmp_path, "usr/share/ieee-data/oui.txt", IEEE)
    found.look_up([ROUTER, UNKNOWN])
    assert (found.of(ROUTER), found.of(UNKNOWN)) == ("Nokia Shanghai Bell Co., Ltd.", "")


def test_without_a_table_nobody_is_named_and_nothing_fails(tmp_path):
    found = makers(tmp_path, "usr/share/ieee-data/oui.txt", "")
    found.look_up([ROUTER])
    assert found.of(ROUTER) == ""


def test_no_more_are_remembered_than_there_is_room_for(tmp_path):
    found = Makers(tmp_path)
    for number in range(3 * MAX_KNOWN):
        found.look_up([f"44:44:44:44:{number >> 8:02x}:{number & 255:02x}"])
    assert len(found._known) <= MAX_KNOWN


@pytest.mark.skipif(
    not Path("/usr/lib/udev/hwdb.d/20-OUI.hwdb").exists(), reason="not checked: no udev here"
)
def test_the_table_of_this_machine_is_of_that_form():
    found = Makers(Path("/"))
    found.look_up([ROUTER])
    assert "Nokia" in found.of(ROUTER)
