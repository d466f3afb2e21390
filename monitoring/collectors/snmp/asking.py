"""A device asked once, by the library that the agent polls with."""

from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, DeviceTarget


async def by_gufo(target: DeviceTarget, limits: AskingLimits) -> DeviceReport:
    """Return what a device says.

    Raises:
        CollectorError: it has not answered at all, or does not accept us.
    """
    return await poll(GufoReader(target, limits), counts_faults=limits.counts_faults)
