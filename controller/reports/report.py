"""A report as it is known at a time: its figures, those of the period before, what they are of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from controller.meetings.meeting_state import MeetingPhase
from controller.reports.asked import ReportAsked
from controller.reports.figures import CountedMeetings, Figures
from controller.reports.turns import TurnSums, sums_of


@dataclass(frozen=True, slots=True)
class MeetingReport:
    """A report. `otherwise`: how many meetings of all units were not held, by their phase."""

    asked: ReportAsked
    tree_day: date
    until: datetime
    figures: Figures
    before: Figures
    counted: CountedMeetings
    unit_names: Mapping[str, str] = field(default_factory=dict)
    point_names: Mapping[str, str] = field(default_factory=dict)
    otherwise: Mapping[MeetingPhase, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether its period is."""
        return self.until >= self.asked.period.period.ends_at

    def point(self, point_id: str) -> str:
        """Return what a point is called."""
        return self.point_names.get(point_id, point_id)

    def turns_of(self, meeting_id: str) -> TurnSums:
        """Return how the turns of a meeting stand."""
        return sums_of(self.counted.turns.get(meeting_id, ()))
