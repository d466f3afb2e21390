"""Power supplies on USB, by NUT's upsd on this machine: told as devices that SNMP asks are told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog

from agent.health import seen_device
from agent.health.device_watch import DeviceWatch
from agent.health.seen_device import Polled
from contracts.devices import USB_SUPPLIES, DeviceAnswer, SeenDevice
from monitoring.collectors import nut_client
from monitoring.collectors.nut_client import NutSupply
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.errors import DeviceSilent, DeviceUnreadable
from runtime.guard import beside, guarded

ASK_EVERY_S = 5.0
_log = structlog.get_logger()


@dataclass(slots=True)
class UsbSupplies:
    """Asks for as long as the agent runs; port 0: there is none to ask.

    `seen`: each as it was last asked.

    A supply is known by its place in upsd's list. One that was there and is not any more is
    silent, and so is the first where none ever was: somebody has set it up.
    """

    port: int
    now: Callable[[], datetime]
    seen: dict[str, SeenDevice] = field(default_factory=dict)

    async def run_beside(self, watch: DeviceWatch) -> None:
        """Ask for as long as others are asked by SNMP, and have all told of in one report."""
        watch.beside = lambda: self.seen.values()
        async with beside(self.run, name="usb-supplies"):
            await watch.run()

    async def run(self) -> None:
        """Ask for ever."""
        while self.port:
            with guarded("usb_supplies"):
                await self.ask()
            await asyncio.sleep(ASK_EVERY_S)

    async def ask(self) -> None:
        """Ask once."""
        asked_at = self.now()
        found: list[NutSupply] = []
        answer: DeviceAnswer = "silent"
        try:
            found = await nut_client.supplies(self.port, most=len(USB_SUPPLIES))
        except DeviceSilent:
            pass  # as a supply that is not there any more
        except DeviceUnreadable:
            answer = "unreadable"
        reports = {name: one.report for name, one in zip(USB_SUPPLIES, found, strict=False)}
        names = [one for one in USB_SUPPLIES if one in reports or one in self.seen]
        self.seen = {
            name: self._seen(name, asked_at, reports.get(name), answer)
            for name in names or USB_SUPPLIES[:1]
        }

    def _seen(
        self, name: str, asked_at: datetime, report: DeviceReport | None, answer: DeviceAnswer
    ) -> SeenDevice:
        before = self.seen.get(name)
        head = SeenDevice(device_id=name, asked_at=asked_at, answer=answer)
        if report is not None:
            now = seen_device.seen(head, Polled(report, 0.0), None, answered_at=asked_at)
        else:
            now = msgspec.structs.replace(before or head, asked_at=asked_at, answer=answer)
        if before is None or before.answer != now.answer:
            _log.info("usb_supply", device=name, answer=now.answer)
        return now
