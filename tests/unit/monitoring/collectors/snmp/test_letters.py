"""A word of any letters leaves as UTF-8, by whichever library asks."""

import socket
from collections.abc import Awaitable, Callable

import pytest

from monitoring.collectors.snmp.asking import by_gufo
from monitoring.collectors.snmp.pysnmp_session import PysnmpReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from monitoring.errors import DeviceSilent

WORD = "cộng-tác-bí-mật"
Asking = Callable[[DeviceTarget, AskingLimits], Awaitable[object]]
LIMITS = AskingLimits(request_s=0.1, tries=1, whole_s=1.0)


async def by_pysnmp(target: DeviceTarget, limits: AskingLimits) -> object:
    async with PysnmpReader(target, limits) as reader:
        return await reader.scalars(["1.3.6.1.2.1.1.3.0"])


@pytest.mark.parametrize("asking", [by_gufo, by_pysnmp])
async def test_a_word_is_sent_as_octets_of_utf_8(asking: Asking) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        port = device.getsockname()[1]
        with pytest.raises(DeviceSilent):
            await asking(DeviceTarget("127.0.0.1", Community(WORD), port), LIMITS)
        device.settimeout(1)
        assert WORD.encode() in device.recv(4096)
