"""A child for the crash test: makes the clock's moves over and over until it is killed."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from controller.clock import WatchedClock
from controller.db.engine import open_engine
from controller.dispatch.changes import Changes
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.scheduler import Scheduler
from controller.settings import ControllerSettings, KnownRelay

SETTINGS = ControllerSettings(
    data_dir=Path("data"),
    public_hosts=("localhost",),
    relays=(KnownRelay(url="https://localhost"),),
)


class Nobody:
    """Stands where the dispatcher's lanes are: the child has no broker."""

    def note_meeting(self, *_: object) -> None:
        """Tell nobody."""


def scheduler(url: str, now: datetime) -> Scheduler:
    """Return a scheduler over a database, at a given time."""
    state = open_engine(url, durability="FULL")
    lifecycle = Lifecycle(state, cast(Changes, Nobody()), lambda: now, SETTINGS)
    clock = WatchedClock(wall=lambda: now, is_synchronised=lambda: True)
    return Scheduler(lifecycle, clock)


if __name__ == "__main__":
    turning = scheduler(sys.argv[1], datetime.fromisoformat(sys.argv[2]).astimezone(UTC))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    turning.turn()
