"""Looks every few seconds which rehearsals are due, whose turn it is, and what came of them."""

from collections.abc import Callable

from controller.looking import look_for_ever
from controller.rehearsals.service import RehearsalDesk
from controller.web.live import Hub
from runtime.clock_trust import Doubt

LOOK_EVERY_S = 4.0


class RehearsalWatch:
    """Looks for as long as the process runs.

    What somebody asked for is judged by any clock; none is begun by one that is in doubt.
    """

    def __init__(
        self,
        desk: RehearsalDesk,
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
            "rehearsals",
            lambda: self._desk.look(may_begin=self._doubt() is None).meetings,
            lambda meeting_id: self._hub.publish("rehearsal", {"meeting_id": meeting_id}),
            every_s=LOOK_EVERY_S,
            may_look=self._is_bus_connected,
        )
