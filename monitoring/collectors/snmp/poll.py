"""One poll of one device: everything that is asked, in its order, and the report."""

import asyncio

from monitoring.collectors.snmp.findings import Findings
from monitoring.collectors.snmp.interfaces import read_interfaces
from monitoring.collectors.snmp.makers import template_for
from monitoring.collectors.snmp.neighbours import read_neighbours
from monitoring.collectors.snmp.poe import read_poe
from monitoring.collectors.snmp.reader import SnmpReader
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.sensors import read_sensors
from monitoring.collectors.snmp.system import read_system
from monitoring.collectors.snmp.ups import read_ups


async def poll(reader: SnmpReader, *, counts_faults: bool = True) -> DeviceReport:
    """Return what is known of a device.

    Args:
        counts_faults: ask ports for damaged and dropped frames too.

    Raises:
        CollectorError: it has not answered at all, or does not accept us.
    """
    findings = Findings()
    system = await read_system(reader, findings)
    template = template_for(system.object_id)
    interfaces = await read_interfaces(reader, findings, counts_faults=counts_faults)
    # Between parts others have their turn: a part of a large device takes milliseconds.
    await asyncio.sleep(0)
    ups = await read_ups(reader, findings, template)
    ports = {row.index: row.name for row in interfaces}
    neighbours = await read_neighbours(reader, findings, ports)
    sensors = await read_sensors(reader, findings, template)
    poe = await read_poe(reader, findings, ports, template)
    return DeviceReport(
        sys_descr=system.descr,
        sys_object_id=system.object_id,
        sys_name=system.name,
        uptime_s=system.uptime_s,
        interfaces=interfaces,
        ups=ups,
        neighbours=neighbours,
        sensors=sensors,
        problems=findings.sentences(),
        poe=poe,
    )
