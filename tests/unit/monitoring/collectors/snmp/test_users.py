"""A device that tells its name to everybody and then falls silent: which key is to blame."""

import asyncio
from typing import cast

import pytest

from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, DeviceTarget, UserKeys
from monitoring.errors import CollectorError, DeviceSilent, RefusedFor, UserRefused
from tests.fakes.snmp_device import OCTETS, SEQUENCE, items, number, object_id, tagged

LIMITS = AskingLimits(request_s=0.15, tries=2, whole_s=2.0)
ENGINE_ID = b"\x80\x00\x1f\x88\x04cong-tac"
UNKNOWN_ENGINES = (1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0)
REPORT, COUNTER32 = 0xA8, 65
KEY = "khoa-xac-thuc-1"


class Naming(asyncio.DatagramProtocol):
    """Answers who asks for its name (RFC 3414, section 4), and nobody else."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Tell the name where the question has none."""
        _, (_, header), (_, security), *_ = items(items(data)[0][1])
        if items(items(security)[0][1])[0][1]:
            return
        (kind, message_id), *_ = items(header)
        variable = tagged(SEQUENCE, object_id(UNKNOWN_ENGINES) + number(1, COUNTER32))
        report = number(0) + number(0) + number(0) + tagged(SEQUENCE, variable)
        usm = tagged(OCTETS, ENGINE_ID) + number(3) + number(900) + tagged(OCTETS, b"") * 3
        name = tagged(OCTETS, ENGINE_ID) + tagged(OCTETS, b"")
        head = tagged(kind, message_id) + number(65_507) + tagged(OCTETS, b"\x00") + number(3)
        answer = number(3) + tagged(SEQUENCE, head) + tagged(OCTETS, tagged(SEQUENCE, usm))
        answer += tagged(SEQUENCE, name + tagged(REPORT, report))
        self.transport.sendto(tagged(SEQUENCE, answer), address)


async def failed(keys: UserKeys) -> CollectorError:
    """Return what is said of the device to a user with these keys."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Naming, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    with pytest.raises(CollectorError) as raised:
        await poll(GufoReader(DeviceTarget("127.0.0.1", keys, port), LIMITS))
    transport.close()
    return raised.value


async def test_the_privacy_key_is_blamed_where_there_is_one() -> None:
    error = await failed(UserKeys("giamsat", KEY, KEY))
    assert isinstance(error, UserRefused)
    assert error.refused is RefusedFor.PRIV_KEY


@pytest.mark.parametrize("auth_key", [None, KEY])
async def test_without_a_privacy_key_silence_is_silence(auth_key: str | None) -> None:
    error = await failed(UserKeys("giamsat", auth_key, None))
    assert isinstance(error, DeviceSilent)
