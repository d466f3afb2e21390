"""Whether the default gateway answers, and how fast: the LAN as far as it is ours."""

from pathlib import Path

from contracts.reports import GatewaySection
from monitoring.collectors import icmp
from monitoring.collectors.routes import default_route

ANSWER_TIMEOUT_S = 1.0


class GatewayCollector:
    """One echo per collection, a second one where the first is lost."""

    name = "gateway"
    timeout_s = 3.0
    interval_s = 0.0

    def __init__(self, proc: Path) -> None:
        self._proc = proc

    async def collect(self) -> GatewaySection:
        """Return the gateway's section; empty where no gateway is configured.

        Raises:
            CollectorError: the routes cannot be read, or ICMP is not permitted.
        """
        route = default_route(self._proc)
        if route is None or route.gateway is None:
            return GatewaySection()
        rtt_ms = await icmp.round_trip_ms(route.gateway, timeout_s=ANSWER_TIMEOUT_S)
        if rtt_ms is None:
            rtt_ms = await icmp.round_trip_ms(route.gateway, timeout_s=ANSWER_TIMEOUT_S)
        rounded_ms = None if rtt_ms is None else round(rtt_ms, 2)
        return GatewaySection(address=route.gateway, rtt_ms=rounded_ms)
