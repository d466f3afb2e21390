"""What pysnmp raises, in the words of the protocol: no traceback where a probe has a sentence."""

import pytest
from pyasn1.error import PyAsn1Error
from pysnmp.error import PySnmpError

from monitoring.collectors.snmp.pysnmp_session import PysnmpReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from monitoring.errors import CollectorError, DeviceSilent, DeviceUnreadable

LIMITS = AskingLimits(request_s=0.1, tries=1, whole_s=1.0)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (PyAsn1Error("no value"), DeviceUnreadable),
        (PySnmpError("no answer"), DeviceUnreadable),
        (OSError("network is unreachable"), DeviceSilent),
    ],
    ids=["pyasn1", "pysnmp", "os"],
)
async def test_an_error_of_a_request(raised: Exception, told: type[CollectorError]) -> None:
    async def request(_: object) -> object:
        raise raised

    target = DeviceTarget("127.0.0.1", Community("cong-tac"), 9)
    async with PysnmpReader(target, LIMITS) as reader:
        with pytest.raises(told):
            await reader._asked(request)


async def test_an_address_that_no_way_leads_to() -> None:
    target = DeviceTarget("fe80::1%khong", Community("cong-tac"))
    with pytest.raises(DeviceSilent):
        async with PysnmpReader(target, LIMITS):
            raise AssertionError("there is no such interface")
