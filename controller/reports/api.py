"""Reports for programs: the figures, what they are of, and the files of the pages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from controller.reports import answers, evidence
from controller.reports.asked import ReportAsked, asked
from controller.reports.evidence import PER_PAGE, EvidenceWanted
from controller.reports.figures import MeetingSums
from controller.reports.report import MeetingReport
from controller.reports.service import report_of
from controller.reports.turns import TurnSums
from controller.web.deps import StateSession, Viewer, WebParts

router = APIRouter(prefix="/api/v1", tags=["reports"])
_HOUR = timedelta(hours=1)


class TurnSumsOut(BaseModel):
    """Points in meetings: by the roll call, and by what was heard; either adds up to `count`.

    `uninterrupted_ratio` is of uninterrupted and interrupted; null: none was judged.
    """

    count: int
    present: int
    late: int
    substitute: int
    absent: int
    uncalled: int
    unrolled: int
    uninterrupted: int
    interrupted: int
    excluded: int
    unknown: int
    in_person: int
    uninterrupted_ratio: float | None

    @classmethod
    def of(cls, sums: TurnSums) -> "TurnSumsOut":
        """Return sums as the API shows them."""
        counts = {name: getattr(sums, name) for name in TurnSums.__dataclass_fields__}
        ratio = _ratio(sums.uninterrupted_share)
        return cls(count=sums.count, uninterrupted_ratio=ratio, **counts)


class MeetingSumsOut(BaseModel):
    """Meetings; `online_ratio` is of all of them, null: there is none."""

    meetings: int
    online: int
    in_person: int
    online_ratio: float | None
    hours: float
    point_hours: float
    rolled: int
    turns: TurnSumsOut

    @classmethod
    def of(cls, sums: MeetingSums) -> "MeetingSumsOut":
        """Return sums as the API shows them."""
        return cls(
            meetings=sums.count,
            online=sums.online,
            in_person=sums.in_person,
            online_ratio=_ratio(sums.online_share),
            hours=sums.held / _HOUR,
            point_hours=sums.point_time / _HOUR,
            rolled=sums.rolled,
            turns=TurnSumsOut.of(sums.turns),
        )


class ReportPartOut(BaseModel):
    """What of a report has one key: a month's first day, a type, levels, an owner."""

    key: str
    sums: MeetingSumsOut


class ReportPlaceOut(BaseModel):
    """A unit or a point with its turns; `causes` of those that were interrupted."""

    id: str
    name: str
    turns: TurnSumsOut
    causes: dict[str, int] = {}


class ReportOut(BaseModel):
    """A report; `before` is the same of the period before."""

    period: str
    first_day: date
    last_day: date
    tree_day: date
    as_of: datetime
    is_over: bool
    whole: MeetingSumsOut
    before: MeetingSumsOut
    months: list[ReportPartOut]
    kinds: list[ReportPartOut]
    levels: list[ReportPartOut]
    owners: list[ReportPartOut]
    units: list[ReportPlaceOut]
    points: list[ReportPlaceOut]
    causes: dict[str, int]
    absences: dict[str, int]
    not_counted: dict[str, int]


class CountedMeetingOut(BaseModel):
    """A meeting that was counted."""

    meeting_id: str
    title: str
    begins_at: datetime
    held_s: float
    held_as: str
    kind: str
    turns: TurnSumsOut


class TurnOut(BaseModel):
    """A point in a meeting. `roll` null: no roll was called."""

    meeting_id: str
    point_id: str
    roll: str | None
    absence: str
    late_min: int | None
    heard: str
    cause: str
    good_minutes: int | None
    held_minutes: int | None
    longest_cut_s: float | None


def _asked(
    _: Viewer,
    web: WebParts,
    period: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
    unit: str = "",
    kind: Annotated[list[str] | None, Query()] = None,
    tree: str = "",
) -> ReportAsked:
    begins_on = web.settings.reports.month_begins_on
    return asked(
        period=period, first=first, last=last, unit=unit, kinds=kind or [], begins_on=begins_on,
        now=web.now(), tree=tree,
    )  # fmt: skip


def _report(
    _: Viewer, web: WebParts, session: StateSession, of: Annotated[ReportAsked, Depends(_asked)]
) -> MeetingReport:
    return report_of(session, of, web.now())


def _wanted(
    _: Viewer,
    held_as: str = "",
    owner: str = "",
    level: str = "",
    meeting: str = "",
    point: str = "",
    heard: str = "",
    cause: str = "",
    roll: str = "",
) -> EvidenceWanted:
    return evidence.wanted(
        {"held_as": held_as, "owner": owner, "level": level, "meeting": meeting, "point": point,
         "heard": heard, "cause": cause, "roll": roll}
    )  # fmt: skip


AskedReport = Annotated[MeetingReport, Depends(_report)]
WantedOnes = Annotated[EvidenceWanted, Depends(_wanted)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/reports")
def read_report(report: AskedReport, _: Viewer) -> ReportOut:
    """Return a report: `period` 2026-07, 2026-Q3 or 2026, or `from` and `to`; of a `unit`.

    `tree=now`: by the units as they stand now, in place of those of the end of the period.
    """
    figures, of = report.figures, report.asked.period
    return ReportOut(
        period=of.key,
        first_day=of.first_day,
        last_day=of.last_day,
        tree_day=report.tree_day,
        as_of=report.until,
        is_over=report.is_over,
        whole=MeetingSumsOut.of(figures.whole),
        before=MeetingSumsOut.of(report.before.whole),
        months=_parts((day.isoformat(), sums) for day, sums in figures.months),
        kinds=_parts((kind.value, sums) for kind, sums in figures.kinds),
        levels=_parts((str(level or ""), sums) for level, sums in figures.levels),
        owners=_parts((owner.value, sums) for owner, sums in figures.owners),
        units=[
            ReportPlaceOut(id=one, name=report.unit_names.get(one, ""), turns=TurnSumsOut.of(sums))
            for one, sums in figures.units
        ],
        points=[
            ReportPlaceOut(
                id=one.point_id,
                name=report.point(one.point_id),
                turns=TurnSumsOut.of(one.sums),
                causes=dict(one.causes),
            )
            for one in figures.points
        ],
        causes=dict(figures.causes),
        absences=dict(figures.absences),
        not_counted={phase.value: count for phase, count in report.otherwise.items()},
    )


@router.get("/reports/meetings")
def list_counted_meetings(
    report: AskedReport, want: WantedOnes, _: Viewer, page: PageNumber = 1
) -> list[CountedMeetingOut]:
    """Return the meetings that a figure is of, 200 a page."""
    found = evidence.meetings_wanted(report, want)[PER_PAGE * (page - 1) : PER_PAGE * page]
    return [
        CountedMeetingOut(
            meeting_id=one.meeting_id,
            title=one.title,
            begins_at=one.begins_at,
            held_s=one.held.total_seconds(),
            held_as=one.held_as.value,
            kind=one.kind.value,
            turns=TurnSumsOut.of(report.turns_of(one.meeting_id)),
        )
        for one in found
    ]


@router.get("/reports/turns")
def list_turns(
    report: AskedReport, want: WantedOnes, _: Viewer, page: PageNumber = 1
) -> list[TurnOut]:
    """Return the points in meetings that a figure is of, 200 a page."""
    found = evidence.turns_wanted(report, want)[PER_PAGE * (page - 1) : PER_PAGE * page]
    return [
        TurnOut(
            meeting_id=one.meeting_id,
            point_id=one.point_id,
            roll=one.roll.value if one.roll else None,
            absence=one.absence,
            late_min=one.late_min,
            heard=one.heard.value,
            cause=one.cause,
            good_minutes=one.good_minutes,
            held_minutes=one.held_minutes,
            longest_cut_s=one.longest_cut_s,
        )
        for _, one in found
    ]


@router.get("/reports/report.xlsx")
def report_xlsx(report: AskedReport, _: Viewer) -> Response:
    """Return a report as a workbook."""
    return answers.xlsx(report)


@router.get("/reports/report.docx")
def report_docx(web: WebParts, session: StateSession, report: AskedReport, _: Viewer) -> Response:
    """Return a report as a Word file."""
    return answers.docx(report, web, session)


@router.get("/reports/{table}.csv")
def report_csv(report: AskedReport, _: Viewer, table: str) -> Response:
    """Return one table of a report: summary, months, kinds, levels, owners, units, points, …"""
    return answers.csv(report, table)


def _parts(found: Iterable[tuple[str, MeetingSums]]) -> list[ReportPartOut]:
    return [ReportPartOut(key=key, sums=MeetingSumsOut.of(sums)) for key, sums in found]


def _ratio(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
