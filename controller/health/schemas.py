"""What the API gives of a point's health and uptime."""

from datetime import datetime

from pydantic import BaseModel

from controller.health.outage_queries import OutageSaid
from controller.health.point_queries import PointHealth
from monitoring.judgement.availability import Period, Uptime


class OutageOut(BaseModel):
    """An outage: its three clocks, its cause, `is_certain` or with a question mark, and why.

    `own_began_at`: by the point's own record; `said_before`: another cause that was said first.
    """

    began_at: datetime
    noticed_at: datetime
    ended_at: datetime | None = None
    own_began_at: datetime | None
    cause: str
    is_certain: bool
    is_recorded: bool
    facts: list[str]
    said_before: str | None

    @classmethod
    def of(cls, said: OutageSaid, ended_at: datetime | None = None) -> "OutageOut":
        """Return what is said of an outage as the API shows it."""
        verdict = said.verdict
        return cls(
            began_at=said.began_at,
            noticed_at=said.noticed_at,
            ended_at=ended_at,
            own_began_at=verdict.began_at,
            cause=verdict.cause.value,
            is_certain=verdict.is_certain,
            is_recorded=verdict.is_recorded,
            facts=[fact.key.value for fact in verdict.facts],
            said_before=said.before.cause.value if said.before else None,
        )


class StatusOut(BaseModel):
    """A point now: its state, since when, what is wrong (worst first), its last report."""

    point_id: str
    state: str
    since: datetime | None
    problems: list[str]
    reported_at: datetime | None
    received_at: datetime | None
    outage: OutageOut | None

    @classmethod
    def of(cls, standing: PointHealth) -> "StatusOut":
        """Return a standing as the API shows it."""
        reported = standing.reported
        return cls(
            point_id=standing.point_id,
            state=standing.judgement.state.value,
            since=standing.judgement.since,
            problems=[problem.key.value for problem in standing.judgement.problems],
            reported_at=reported.at if reported else None,
            received_at=reported.received_at if reported else None,
            outage=OutageOut.of(standing.outage) if standing.outage else None,
        )


class UptimeOut(BaseModel):
    """Seconds up, down and unknown in a period; `ratio` is up of what is known."""

    period: str
    begins_at: datetime
    ends_at: datetime
    up_s: float
    down_s: float
    unknown_s: float
    before_s: float
    ratio: float | None

    @classmethod
    def of(cls, name: str, period: Period, uptime: Uptime) -> "UptimeOut":
        """Return an uptime as the API shows it."""
        return cls(
            period=name,
            begins_at=period.begins_at,
            ends_at=period.ends_at,
            up_s=uptime.up.total_seconds(),
            down_s=uptime.down.total_seconds(),
            unknown_s=uptime.unknown.total_seconds(),
            before_s=uptime.before.total_seconds(),
            ratio=uptime.ratio,
        )
