"""Looks every ten seconds whose line is to be tested, and what came of tests."""

from collections.abc import Callable

from controller.line_tests.service import LineTestDesk
from controller.looking import look_for_ever
from controller.web.live import Hub
from runtime.clock_trust import Doubt

LOOK_EVERY_S = 10.0


class LineTestWatch:
    """Looks for as long as the process runs; not by a clock that is in doubt."""

    def __init__(
        self,
        desk: LineTestDesk,
        hub: Hub,
        *,
        doubt: Callable[[], Doubt | None],
        is_bus_connected: Callable[[], bool],
    ) -> None:
        self._desk = desk
        self._hub = hub
        self._doubt = doubt
        self._is_bus_connected = is_bus_connected

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "line_tests",
            self._desk.look,
            lambda point_id: self._hub.publish("throughput", {"point_id": point_id}),
            every_s=LOOK_EVERY_S,
            may_look=lambda: self._doubt() is None and self._is_bus_connected(),
        )
