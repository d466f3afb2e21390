"""When the point's devices are told of: what has changed, and not too often."""

import math
from collections.abc import Sequence

from agent.health import seen_device
from contracts.devices import METERED_REPORT_S, SeenDevice
from runtime.limits import TokenBucket

REPORT_S = 300.0
LEAST_S, METERED_LEAST_S = 30.0, 300.0
AT_ONCE = 6


class DeviceNews:
    """Knows what was told last, and when.

    Whatever changes waits for a least pause, and then is told as it is by then. What somebody
    waits for is told within the pause too: six times, and then once in five minutes, or a device
    that answers every second time would send all the others each minute.
    """

    def __init__(self) -> None:
        self._told: dict[str, tuple[object, object]] = {}
        self._told_s = -math.inf
        self._at_once = TokenBucket(per_s=1 / METERED_LEAST_S, burst=AT_ONCE)

    def take(
        self, devices: Sequence[SeenDevice], *, is_whole: bool, is_metered: bool, now_s: float
    ) -> bool:
        """Say whether all are to be told of now, and then take them for told.

        Args:
            devices: those of which something is known.
            is_whole: that is all of the list.
        """
        state = {
            one.device_id: (seen_device.urgent(one), seen_device.signature(one)) for one in devices
        }
        span_s = now_s - self._told_s
        every_s, least_s = (
            (METERED_REPORT_S, METERED_LEAST_S) if is_metered else (REPORT_S, LEAST_S)
        )
        if state == self._told and not (devices and span_s >= every_s):
            return False
        if span_s < least_s and not (
            self._is_urgent(devices, is_whole) and self._at_once.take(now_s=now_s)
        ):
            return False
        self._told, self._told_s = state, now_s
        return True

    def _is_urgent(self, devices: Sequence[SeenDevice], is_whole: bool) -> bool:
        if self._told.keys() - {one.device_id for one in devices}:
            return True
        for one in devices:
            told = self._told.get(one.device_id)
            # At the start of an agent one after the other is known: they are told of together.
            is_news = (
                is_whole or seen_device.is_on_battery(one)
                if told is None
                else told[0] != seen_device.urgent(one)
            )
            if is_news:
                return True
        return False
