"""Sends a message by whatever service Apprise knows: the one door to that library."""

import logging
import re

from apprise import Apprise, AppriseAsset, NotifyFormat, PersistentStoreMode
from apprise.logger import LogCapture

from controller.incidents.parcel import Delivery, Parcel

# What nearly every service of the library says of each receiver that has it.
_HAS_IT = re.compile(r" - INFO - Sent ")
_CODE = re.compile(r"error=(\d{3})\b")


def send(parcel: Parcel) -> Delivery:
    """Hand a message to the service that the address names. It writes and reads no file."""
    asset = AppriseAsset(
        app_id="Diem-Cau",  # goes into headers of HTTP
        app_desc="Diem-Cau",
        app_url="",
        async_mode=False,
        secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
        plugin_paths=[],
    )
    service = Apprise(asset=asset)
    if not service.add(parcel.secret):
        return Delivery("address")
    with LogCapture(level=logging.INFO) as said:  # type: ignore[no-untyped-call] # as it comes
        is_sent = service.notify(
            title=parcel.title, body=parcel.text, body_format=NotifyFormat.TEXT
        )
        if is_sent:
            return Delivery("sent")
        if _HAS_IT.search(said.getvalue()):
            return Delivery("partly")
        code = _CODE.search(said.getvalue())
    return Delivery("refused", code[1]) if code else Delivery("unreachable")
