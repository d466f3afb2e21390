"""What the API gives of a point's health and uptime."""

from datetime import datetime

from pydantic import BaseModel

from controller.health.interruptions import Interruption, Kind
from controller.health.outage_queries import OutageSaid
from controller.health.point_queries import PointHealth
from monitoring.judgement.availability import Uptime
from monitoring.judgement.periods import Period


class OutageOut(BaseModel):
    """An outage: its three clocks, its cause, `is_certain` or with a question mark, and why.

    `kind`: down, shut_out (its certificate was revoked) or maintenance (of `reason`); the cause
    is null of the latter two, and while nothing is said yet. `own_began_at`: by the point's own
    record; `said_before`, `began_before`: another cause or beginning that was said first.
    `excluded_s`: of it under declared maintenance.
    """

    kind: str = Kind.DOWN.value
    began_at: datetime
    noticed_at: datetime | None = None
    ended_at: datetime | None = None
    own_began_at: datetime | None = None
    excluded_s: float = 0
    cause: str | None = None
    is_certain: bool = False
    is_recorded: bool = False
    facts: list[str] = []
    said_before: str | None = None
    began_before: datetime | None = None
    reason: str = ""

    @classmethod
    def of(cls, one: Interruption) -> "OutageOut":
        """Return an interruption as the API shows it."""
        said = cls.said(one.said) if one.said else cls(began_at=one.began_at)
        return said.model_copy(
            update={
                "kind": one.kind.value,
                "began_at": one.began_at,
                "ended_at": one.ended_at,
                "excluded_s": one.excluded.total_seconds(),
                "reason": one.maintenance.reason if one.maintenance else "",
            }
        )

    @classmethod
    def said(cls, said: OutageSaid) -> "OutageOut":
        """Return what is said of an outage as the API shows it."""
        verdict = said.verdict
        return cls(
            began_at=said.began_at,
            noticed_at=said.noticed_at,
            own_began_at=verdict.began_at,
            cause=verdict.cause.value,
            is_certain=verdict.is_certain,
            is_recorded=verdict.is_recorded,
            facts=[fact.key.value for fact in verdict.facts],
            said_before=said.before.cause.value if said.before else None,
            began_before=said.began_before,
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
            outage=OutageOut.said(standing.outage) if standing.outage else None,
        )


class UptimeOut(BaseModel):
    """Seconds of a period; `ratio` is up of what is known; `degraded_s` is part of `up_s`."""

    period: str
    begins_at: datetime
    ends_at: datetime
    up_s: float
    degraded_s: float
    down_s: float
    excluded_s: float
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
            degraded_s=uptime.degraded.total_seconds(),
            down_s=uptime.down.total_seconds(),
            excluded_s=uptime.excluded.total_seconds(),
            unknown_s=uptime.unknown.total_seconds(),
            before_s=uptime.before.total_seconds(),
            ratio=uptime.ratio,
        )
