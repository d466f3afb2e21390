"""What the machine's firmware says of it, and its disks: what an asset register wants.

The serial numbers of machine and board are root's alone; who asks the disks leaves a copy.
"""

from pathlib import Path

from contracts.machine import MachineFacts
from monitoring.collectors.disks import disk_facts
from monitoring.collectors.sysfs import line

# What makers leave where they were to write something.
_UNSAID = frozenset((
    "default string", "empty", "invalid", "n/a", "na", "none", "not applicable", "not available",
    "not specified", "o.e.m.", "oem", "system manufacturer", "system product name",
    "system serial number", "to be filled by o.e.m.", "unknown", "undefined",
    "123456789", "0123456789", "1234567890",
))  # fmt: skip


def machine_facts(sys: Path, asked: Path, *, now_s: float) -> MachineFacts:
    """Return what is known of the machine.

    Args:
        asked: where what only root may read was left.
    """
    dmi = sys / "class/dmi/id"
    board = (said(dmi / "board_vendor"), said(dmi / "board_name"))
    firmware = (said(dmi / "bios_vendor"), said(dmi / "bios_version"), said(dmi / "bios_date"))
    # Boards without such firmware (ARM) say their model in the device tree.
    tree = sys / "firmware/devicetree/base"
    return MachineFacts(
        maker=said(dmi / "sys_vendor"),
        model=said(dmi / "product_name") or said(tree / "model"),
        serial=said(asked / "product_serial") or said(tree / "serial-number"),
        board=" ".join(filter(None, board))[:120],
        board_serial=said(asked / "board_serial"),
        firmware=" ".join(filter(None, firmware))[:120],
        disks=tuple(disk_facts(sys, asked, now_s=now_s)),
    )


def said(path: Path) -> str:
    """Return what is said, if anything is: not the words that stand where nobody wrote."""
    text = line(path)
    is_unsaid = text.lower() in _UNSAID or not set(text) - set("0. -xX")
    return "" if is_unsaid else text
