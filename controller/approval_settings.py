"""Settings of rooms that others have to agree to; controller/settings.py has the whole file."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from controller.meetings.holds.rules import AskWhom, HoldTimes, Ranked
from runtime.settings import Settings


class ApprovalSettings(Settings, frozen=True):
    """Whose yes a room needs, how long it is held for that, and who goes before whom.

    `asks`: `appointed`: of rooms of others whose owner has appointed who agrees; `others`: of all
    rooms of others; `all`: of one's own too; `none`: of none. `priority`: types of meetings,
    owners of meetings, or `own` (a room's own owner), the first goes before all others.
    """

    asks: AskWhom = "appointed"
    hold_h: Annotated[int, Meta(ge=1, le=720)] = 48
    before_min: Annotated[int, Meta(ge=0, le=10_080)] = 60
    priority: Annotated[tuple[Ranked, ...], Meta(max_length=12)] = ("emergency",)

    @property
    def times(self) -> HoldTimes:
        """Return how long a room is held that nobody has answered for."""
        return HoldTimes(timedelta(hours=self.hold_h), timedelta(minutes=self.before_min))
