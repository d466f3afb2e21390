"""Looks every few seconds which change of the tree comes into force."""

from controller.dispatch.changes import Changes
from controller.looking import look_for_ever
from controller.places.changing import TreeDesk

LOOK_EVERY_S = 15.0


class TreeWatch:
    """Looks for as long as the process runs, by any clock: what it does follows the clock back."""

    def __init__(self, desk: TreeDesk, changes: Changes) -> None:
        self._desk = desk
        self._changes = changes

    async def run(self) -> None:
        """Look for ever."""
        await look_for_ever(
            "tree",
            self._desk.bring_up,
            lambda _: self._changes.note_everything(is_forced=False),  # others show the names
            every_s=LOOK_EVERY_S,
        )
