"""What other subjects and the pages read of points: each with its state and uptime."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlmodel import Session

from contracts.ids import PointId
from contracts.machine import ScreenState
from contracts.reports import HealthBody, InventoryBody, RoomSection
from controller.enrolment import revocation
from controller.enrolment import strangers as enrolment
from controller.health import (
    ailment_queries,
    boot_queries,
    call_queries,
    heard_queries,
    outage_queries,
    point_queries,
    presence_queries,
    replay_queries,
    uptime_queries,
)
from controller.health.ailment_queries import Ailing as Ailing
from controller.health.outage_queries import Began as Began
from controller.health.outage_queries import OutageSaid
from controller.health.point_now import PointNow, state_of
from controller.health.point_queries import PointHealth
from controller.health.screen_makers import maker_name
from controller.health.states import PointState
from controller.health.troubles import Troubles as Troubles
from controller.health.troubles import troubles as troubles
from controller.health.views import attention, causes, outage_causes
from controller.health.views.causes import Cause as Cause
from controller.ingest import readings
from controller.ingest.line_minute import BriefMinute, LineMinute
from controller.maintenance import service as maintenance
from controller.meetings import service as meetings
from controller.meetings.attendance import Attendance
from controller.places.service import Point
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from monitoring.judgement import shared_lines as learned
from monitoring.judgement.availability import Interval, Outage, Uptime, outages
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.outage_cause import OutageCause
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey, Thresholds
from monitoring.judgement.replay import KeptWeek
from monitoring.judgement.shared_lines import SharedLine
from monitoring.judgement.uninterrupted import MinuteHeard
from monitoring.judgement.way_out import way_of

LEARNED_FOR, MOST_CUTS = timedelta(days=90), 10_000
_SILENT = (ProblemKey.SILENT, ProblemKey.REPORTS_SILENT, ProblemKey.CENTRE_UNREACHED)


@dataclass(frozen=True, slots=True)
class SaidOutage:
    """A time in which the centre did not hear a point, and why; `cause` None: nothing is said yet.

    It begins by the point's own record where that tells; still out, it ends now.
    """

    began_at: datetime
    ended_at: datetime
    cause: OutageCause | None = None
    is_certain: bool = False
    is_declared: bool = False

    @classmethod
    def of(cls, outage: Outage, said: OutageSaid | None, *, now: datetime) -> "SaidOutage":
        """Return an outage with what is said of it."""
        ended_at = outage.ended_at or max(now, outage.began_at)
        if said is None:
            return cls(outage.began_at, ended_at)
        verdict = said.verdict
        began_at = min(verdict.began_at or outage.began_at, outage.began_at)
        return cls(began_at, ended_at, verdict.cause, verdict.is_certain, verdict.is_declared)


@dataclass(frozen=True, slots=True)
class PointSaid:
    """One point in short: how it is, and where it is wrong, what, since when and whose."""

    point: Point
    state: PointState
    cause: Cause | None = None
    since: datetime | None = None
    next_meeting_at: datetime | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether it does not do what it should."""
        return self.state in (PointState.DOWN, PointState.DEGRADED, PointState.UNKNOWN)

    @property
    def is_worth_a_look(self) -> bool:
        """Whether it does, and something about it is not as it should be."""
        return self.state is PointState.UP and self.cause is not None


def newest_data(series: Session) -> datetime | None:
    """Return until when the centre has listened so far; None: it never has."""
    return presence_queries.listened_until(series)


def reporting(series: Session, now: datetime, point_ids: Collection[PointId]) -> set[PointId]:
    """Return which points are up, or degraded by something that does not keep them silent."""
    judged = point_queries.judged(series, now, point_ids)
    return {
        one
        for one, standing in judged.items()
        if standing.judgement.state in (PresenceState.UP, PresenceState.DEGRADED)
        and not any(problem.key in _SILENT for problem in standing.judgement.problems)
    }


def points_now(asked: PageRequest, points: Iterable[Point]) -> list[PointNow]:
    """Return points with their states, uptimes, and meetings on and next."""
    series, now, shown = asked.series, asked.now, list(points)
    ids = [PointId(point.point_id) for point in shown]
    excluded = maintenance.excluded(asked.state, ids, since=now - uptime_queries.LONGEST)
    uptimes = uptime_queries.uptimes_of_usual_periods(
        series, now, ids, revocation.shut_out(asked.state, now=now), excluded
    )
    return _now(asked, shown, point_queries.standings(series, now, ids), list(uptimes.values()))


def points_said(asked: PageRequest, points: Iterable[Point]) -> list[PointSaid]:
    """Return points in short: of thousands no more is read than whether all is well."""
    standings = point_queries.judged(asked.series, asked.now, None)
    return [
        _said(asked, one) if attention.is_wrong(one) else PointSaid(one.point, one.state)
        for one in _now(asked, list(points), standings, ())
    ]


def worst_first(asked: PageRequest, points: Iterable[PointNow]) -> list[PointSaid]:
    """Return points in short, who needs a person first; also what is worth a look is said."""
    return [
        _said(asked, one)
        if attention.is_wrong(one) or attention.is_worth_a_look(one)
        else PointSaid(one.point, one.state)
        for one in sorted(points, key=attention.order)
    ]


def _said(asked: PageRequest, one: PointNow) -> PointSaid:
    cause = attention.first_cause(asked.words, asked.now, one)
    since = attention.began_at(one)
    return PointSaid(one.point, one.state, cause, since, one.next_meeting_at)


def blind_since(series: Session, now: datetime) -> datetime | None:
    """Return since when the centre hears nobody; None: it listens, or it never has."""
    if presence_queries.is_listening(series, now):
        return None
    return presence_queries.listened_until(series)


def _now(
    asked: PageRequest,
    shown: Sequence[Point],
    standings: Mapping[PointId, PointHealth],
    uptimes: Sequence[Mapping[PointId, Uptime]],
) -> list[PointNow]:
    state, now = asked.state, asked.now
    ids = [PointId(point.point_id) for point in shown]
    maintained = maintenance.under(state, ids, now)
    busy = meetings.points_in_meetings(state, asked.web.part(Attendance))
    following = meetings.next_begins(state, now, asked.web.settings.pages)
    heard = [one for one in ids if one in standings and standings[one].judgement.since is not None]
    since = now - enrolment.TOLD_FOR
    refused = meetings.refused_certificates(state, now, since=since)
    strangers = enrolment.strangers(state, shown, refused, heard)
    found: list[PointNow] = []
    for point, point_id in zip(shown, ids, strict=True):
        standing = standings.get(point_id) or point_queries.never_heard(point_id)
        found.append(
            PointNow(
                point=point,
                state=state_of(point, standing, maintained.get(point_id)),
                standing=standing,
                uptimes=tuple(of.get(point_id, Uptime()) for of in uptimes),
                is_in_meeting=point.point_id in busy,
                next_meeting_at=following.get(point_id),
                is_stranger=point.point_id in strangers,
                maintenance=maintained.get(point_id),
            )
        )
    return found


def last_reports(series: Session, points: Iterable[str]) -> dict[str, HealthBody]:
    """Return what points last reported, section by section."""
    wanted = [PointId(one) for one in points]
    if not wanted:
        return {}
    found = readings.latest(series, wanted, ("health",))
    bodies = ((one, readings.body_of(own.get("health"), HealthBody)) for one, own in found.items())
    return {one: body for one, body in bodies if body is not None}


def inventories(series: Session) -> dict[str, InventoryBody]:
    """Return what the machine of every point is made of, as it said last."""
    found = readings.latest(series, None, ("inventory",))
    bodies = (
        (one, readings.body_of(own["inventory"], InventoryBody)) for one, own in found.items()
    )
    return {one: body for one, body in bodies if body is not None}


def plugged_screens(series: Session) -> dict[str, tuple[ScreenState, ...]]:
    """Return the screens of every point, as it said last; makers by name where they are known."""
    found = readings.latest(series, None, ("health",))
    bodies = ((one, readings.body_of(own["health"], HealthBody)) for one, own in found.items())
    return {
        one: tuple(
            replace(screen, maker=maker_name(screen.maker))
            for screen in body.screens.screens
            if screen.is_connected
        )
        for one, body in bodies
        if body is not None and body.screens is not None
    }


def first_seen(series: Session) -> dict[str, datetime]:
    """Return since when points are known by their reports, as far back as boots are kept."""
    return boot_queries.first_boots(series)


def rooms(series: Session, points: Iterable[str]) -> dict[str, RoomSection]:
    """Return what the rooms of points last said of themselves."""
    bodies = last_reports(series, points)
    return {one: body.room for one, body in bodies.items() if body.room is not None}


def minutes_of_meeting(series: Session, meeting_id: str) -> dict[str, dict[datetime, LineMinute]]:
    """Return what was kept of each point's line in a meeting, by the minute, oldest first."""
    return call_queries.minutes_of(series, meeting_id)


def brief_minutes_of_meeting(
    series: Session, meeting_id: str
) -> dict[str, dict[datetime, BriefMinute]]:
    """Return what a page says of each point's line in a meeting, by the minute, oldest first."""
    return call_queries.brief_minutes_of(series, meeting_id)


def heard_of_meeting(series: Session, meeting_id: str) -> dict[str, dict[datetime, MinuteHeard]]:
    """Return what each point said that it heard of a meeting, by the minute."""
    return heard_queries.of_meeting(series, meeting_id)


def newly_heard(series: Session, since: datetime) -> dict[str, datetime]:
    """Return of which meetings points told something after a time, and when last."""
    return heard_queries.changed_since(series, since)


def heard_now(series: Session, now: datetime) -> frozenset[PointId]:
    """Return the points that the centre hears; nobody while ingest itself does not listen."""
    if not presence_queries.is_listening(series, now):
        return frozenset()
    return frozenset(
        point_id
        for point_id, one in presence_queries.open_intervals(series).items()
        if one.state in (PresenceState.UP, PresenceState.DEGRADED)
    )


def is_down(series: Session, point_id: PointId, now: datetime) -> bool:
    """Whether the centre has heard a point and hears it no more."""
    standing = point_queries.standing(series, point_id, now)
    return standing.judgement.state is PresenceState.DOWN


def point_states(series: Session, points: Iterable[Point], now: datetime) -> dict[str, PointState]:
    """Return only the states of points."""
    shown = list(points)
    standings = point_queries.standings(series, now, [PointId(one.point_id) for one in shown])
    return {
        one.point_id: state_of(
            one,
            standings.get(PointId(one.point_id))
            or point_queries.never_heard(PointId(one.point_id)),
        )
        for one in shown
    }


def heard(series: Session, now: datetime) -> Ailing:
    """Return of which points something is known, and what is seriously wrong with them."""
    return ailment_queries.heard(series, now)


def goodbyes(series: Session, point_ids: Collection[PointId]) -> dict[PointId, datetime]:
    """Return when points said goodbye, of those whose last word that was."""
    return outage_queries.goodbyes(series, point_ids)


def evidence(series: Session, point_id: str, key: str) -> str:
    """Return the values of what is wrong with a point, to be kept beside its key."""
    return ailment_queries.evidence(series, point_id, key)


def shared_lines(series: Session, now: datetime) -> list[SharedLine]:
    """Return the lines that points share, as their cuts of late have shown."""
    cuts = outage_queries.cuts_of_lines(series, now - LEARNED_FOR, most=MOST_CUTS)
    return learned.shared_lines(cuts)


def causes_of_outages(
    series: Session, words: Language, now: datetime, outages: Collection[Began]
) -> dict[Began, Cause]:
    """Return why points were out, as their pages say it; of some nothing is said yet."""
    said = outage_queries.said_of(series, outages)
    return {one: outage_causes.as_cause(words, now, of) for one, of in said.items()}


def cause(words: Language, now: datetime, key: str, kept: str, since: datetime) -> Cause | None:
    """Return what was wrong, whose it is and what to do; None: no such thing is known."""
    problem = ailment_queries.problem_of(key, kept, since)
    if problem is None:
        return None
    try:
        return causes.cause(problem, words, now)
    except KeyError:  # what was kept has not all that the text wants: it was over by then
        return None


def kept_weeks(
    series: Session,
    points: Mapping[PointId, Contracted | None],
    period: Period,
    limits: Sequence[Thresholds],
    *,
    most: int,
) -> dict[PointId, KeptWeek] | None:
    """Return what any of some thresholds finds something wrong with; None: it is too much.

    Args:
        points: whose, and what the line of each is sold for, where somebody knows.
        most: rows of all points together.
    """
    sold = {one: found for one, found in points.items() if found is not None}
    reports = last_reports(series, sold)
    ways = {one: way_of(reports[one]) for one in sold if one in reports}
    asked = replay_queries.WeekAsked(list(points), period, limits, sold, ways)
    try:
        return replay_queries.weeks(series, asked, most=most)
    except replay_queries.TooMuch:
        return None


def silences(
    series: Session, point_ids: Iterable[PointId], period: Period
) -> dict[PointId, list[Interval]]:
    """Return when points were not heard in a period, oldest first."""
    found = presence_queries.intervals_of(series, point_ids, period)
    return {
        point_id: [one for one in own if one.state is PresenceState.DOWN]
        for point_id, own in found.items()
    }


def outages_during(
    series: Session, point_ids: Iterable[PointId], period: Period, now: datetime
) -> dict[PointId, list[SaidOutage]]:
    """Return when points were out in a period and why, oldest first; each point has an entry.

    A point whose presence is not known at all in the period has no entry.
    """
    ids = list(point_ids)
    found = presence_queries.intervals_of(series, ids, period)
    out = {one: outages(own) for one, own in found.items()}
    began = [(one, outage.began_at) for one, own in out.items() for outage in own]
    said = outage_queries.said_of(series, began)
    return {
        one: [SaidOutage.of(outage, said.get((one, outage.began_at)), now=now) for outage in own]
        for one, own in out.items()
    }


def cause_named(words: Language, cause: str, *, is_certain: bool, is_declared: bool) -> str:
    """Return what the cause of an outage is called, by the value under which it is kept."""
    return outage_causes.called(
        words, OutageCause(cause), is_certain=is_certain, is_declared=is_declared
    )
