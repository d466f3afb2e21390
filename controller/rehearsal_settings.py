"""Settings of the rehearsals of meetings; controller/settings.py has the whole file."""

from typing import Annotated

from msgspec import Meta

from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.turns import TurnRules
from runtime.settings import Settings


class RehearsalSettings(Settings, frozen=True):
    """When points are rehearsed, how many at once, and from which share on a meeting begins.

    `rate_kbps`: what pictures take; 0: what each room's own settings say. `speakers_required`: a
    meeting does not begin without the points that its agenda names.
    """

    day_before: bool = True
    hour_before: bool = True
    quarter_before: bool = True
    at_once: Annotated[int, Meta(ge=1, le=200)] = 24
    duration_s: Annotated[int, Meta(ge=10, le=30)] = 15
    rate_kbps: Annotated[int, Meta(ge=0, le=100_000)] = 0
    plays_sound: bool = True
    least_percent: Annotated[int, Meta(ge=0, le=100)] = 90
    speakers_required: bool = True

    @property
    def moments(self) -> frozenset[RehearsalMoment]:
        """Return when meetings are rehearsed unasked."""
        wanted = {
            RehearsalMoment.DAY: self.day_before,
            RehearsalMoment.HOUR: self.hour_before,
            RehearsalMoment.QUARTER: self.quarter_before,
        }
        return frozenset(one for one, is_wanted in wanted.items() if is_wanted)

    @property
    def rules(self) -> TurnRules:
        """The same as the planner reads it."""
        return TurnRules(self.at_once, self.duration_s)
