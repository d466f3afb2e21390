"""What the figures of a report are of: its meetings, and its points in meetings, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlencode

from controller.errors import BadEntry
from controller.meetings.held import HeldMeeting
from controller.meetings.kinds import LEVELS, HeldAs
from controller.meetings.rollcall.rules import RollState
from controller.places.owner import Owner
from controller.reports import names
from controller.reports.report import MeetingReport
from controller.reports.turns import PointTurn, TurnHeard
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language

PER_PAGE = 200
NO_LEVEL, NO_CAUSE = "0", "-"
_BADGES = {
    TurnHeard.UNINTERRUPTED: ("up", "state-up"),
    TurnHeard.INTERRUPTED: ("down", "state-down"),
    TurnHeard.EXCLUDED: ("excluded", "state-unknown"),
    TurnHeard.UNKNOWN: ("unknown", "state-unknown"),
    TurnHeard.IN_PERSON: ("excluded", "state-unknown"),
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EvidenceWanted:
    """Which of them; None and empty: all."""

    held_as: HeldAs | None = None
    owner: Owner | None = None
    level: str = ""
    meeting: str = ""
    point: str = ""
    heard: TurnHeard | None = None
    cause: str = ""
    roll: RollState | None = None

    @property
    def query(self) -> str:
        """What asks for it in an address, to go after what asks for the report."""
        given = {
            "held_as": self.held_as and self.held_as.value,
            "owner": self.owner and self.owner.value,
            "level": self.level,
            "meeting": self.meeting,
            "point": self.point,
            "heard": self.heard and self.heard.value,
            "cause": self.cause,
            "roll": self.roll and self.roll.value,
        }
        named = {key: value for key, value in given.items() if value}
        return f"&{urlencode(named)}" if named else ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page of a long list."""

    name: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CountedMeetingLine:
    """One meeting that was counted."""

    title: str
    href: str
    when: str
    second: str
    held: str
    turns: str
    turns_href: str
    cut: str
    away: str


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One point in one meeting. `evidence`: where its minutes are shown; empty: nowhere."""

    meeting: str
    meeting_href: str
    when: str
    point: str
    point_href: str
    heard: Badge
    good: str
    longest: str
    cause: str
    roll: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A list of either."""

    crumbs: tuple[Crumb, ...]
    title: str
    count: str
    meetings: tuple[CountedMeetingLine, ...] = ()
    turns: tuple[TurnLine, ...] = ()
    pages: tuple[PageLink, ...] = ()


def wanted(asked: Mapping[str, str]) -> EvidenceWanted:
    """Return what an address asks for.

    Raises:
        BadEntry: there is no such.
    """
    try:
        level = asked.get("level", "")
        if level and level != NO_LEVEL and int(level) not in LEVELS:
            raise ValueError(level)
        return EvidenceWanted(
            held_as=HeldAs(asked["held_as"]) if asked.get("held_as") else None,
            owner=Owner(asked["owner"]) if asked.get("owner") else None,
            level=level,
            meeting=asked.get("meeting", ""),
            point=asked.get("point", ""),
            heard=TurnHeard(asked["heard"]) if asked.get("heard") else None,
            cause=asked.get("cause", ""),
            roll=RollState(asked["roll"]) if asked.get("roll") else None,
        )
    except ValueError as exc:
        raise BadEntry(
            "Không có cách lọc này; mở lại từ trang báo cáo.",
            "There is no such choice; open it from the report's page again.",
        ) from exc


def meetings_wanted(report: MeetingReport, want: EvidenceWanted) -> list[HeldMeeting]:
    """Return the meetings of a report that are asked for, the earliest first."""
    return [
        one
        for one in report.counted.meetings
        if (want.held_as is None or one.held_as is want.held_as)
        and (want.owner is None or one.owner is want.owner)
        and (not want.level or str(one.level or NO_LEVEL) == want.level)
        and (not want.meeting or one.meeting_id == want.meeting)
    ]


def turns_wanted(
    report: MeetingReport, want: EvidenceWanted
) -> list[tuple[HeldMeeting, PointTurn]]:
    """Return the turns of a report that are asked for, the earliest first."""
    return [
        (meeting, turn)
        for meeting in meetings_wanted(report, want)
        for turn in report.counted.turns.get(meeting.meeting_id, ())
        if (not want.point or turn.point_id == want.point)
        and (want.heard is None or turn.heard is want.heard)
        and (not want.cause or (turn.cause or NO_CAUSE) == want.cause)
        and (want.roll is None or turn.roll is want.roll)
    ]


def of_meetings(
    words: Language, report: MeetingReport, want: EvidenceWanted, page: int
) -> ReportEvidence:
    """Return a page of the meetings."""
    found = meetings_wanted(report, want)
    said = [names.held_as(words, want.held_as)] if want.held_as else []
    said += [names.owner(words, want.owner)] if want.owner else []
    said += [names.level(words, int(want.level) or None)] if want.level else []
    said += [names.kind(words, one) for one in report.asked.kinds]
    address = f"/reports/meetings?{report.asked.query}{want.query}"
    return ReportEvidence(
        crumbs=_crumbs(words, report, words.gettext("Meetings")),
        title=", ".join((words.gettext("Meetings"), *said)),
        count=words.ngettext("%(n)s meeting", "%(n)s meetings", len(found)),
        meetings=tuple(_meeting_line(words, report, one) for one in _page(found, page)),
        pages=_pages(words, address, len(found), page),
    )


def of_turns(
    words: Language, report: MeetingReport, want: EvidenceWanted, page: int
) -> ReportEvidence:
    """Return a page of the turns."""
    found = turns_wanted(report, want)
    title = words.gettext("Point-meetings")
    said = [report.point(want.point)] if want.point else []
    said += [names.heard(words, want.heard)] if want.heard else []
    said += [names.cause(words, want.cause)] if want.cause else []
    said += [names.roll(words, want.roll)] if want.roll else []
    said += [one.title for one in meetings_wanted(report, want)] if want.meeting else []
    address = f"/reports/turns?{report.asked.query}{want.query}"
    return ReportEvidence(
        crumbs=_crumbs(words, report, title),
        title=", ".join((title, *said)),
        count=words.ngettext("%(n)s point-meeting", "%(n)s point-meetings", len(found)),
        turns=tuple(_turn_line(words, report, *one) for one in _page(found, page)),
        pages=_pages(words, address, len(found), page),
    )


def _crumbs(words: Language, report: MeetingReport, last: str) -> tuple[Crumb, ...]:
    title = words.gettext("Report of %(period)s", period=names.period(words, report.asked.period))
    return (Crumb(title, f"/reports?{report.asked.query}"), Crumb(last))


def _meeting_line(words: Language, report: MeetingReport, one: HeldMeeting) -> CountedMeetingLine:
    sums = report.turns_of(one.meeting_id)
    second = [names.held_as(words, one.held_as), names.kind(words, one.kind)]
    host = report.unit_names.get(one.host_unit_id or "")
    second += [host] if host else []
    return CountedMeetingLine(
        title=one.title,
        href=f"/meetings/{one.meeting_id}",
        when=f"{words.date(one.begins_at)} {words.time(one.begins_at)}",
        second=", ".join(second),
        held=words.duration(one.held),
        turns=words.number(sums.count),
        turns_href=f"/reports/turns?{report.asked.query}&{urlencode({'meeting': one.meeting_id})}",
        cut=words.number(sums.interrupted) if one.is_online else "–",
        away=words.number(sums.absent) if sums.rolled else "–",
    )


def _turn_line(
    words: Language, report: MeetingReport, meeting: HeldMeeting, turn: PointTurn
) -> TurnLine:
    good = "–"
    if turn.good_minutes is not None and turn.held_minutes is not None:
        good = words.gettext(
            "%(good)s of %(all)s min",
            good=words.number(turn.good_minutes),
            all=words.number(turn.held_minutes),
        )
    cut = words.duration(timedelta(seconds=turn.longest_cut_s)) if turn.longest_cut_s else "–"
    is_minuted = turn.good_minutes is not None
    evidence = f"/meetings/{turn.meeting_id}/heard/{turn.point_id}" if is_minuted else ""
    rolled = names.roll(words, turn.roll)
    if turn.absence:
        rolled = f"{rolled}: {turn.absence}"
    elif turn.late_min:
        rolled = words.gettext("Late by %(n)s min", n=words.number(turn.late_min))
    return TurnLine(
        meeting=meeting.title,
        meeting_href=f"/meetings/{meeting.meeting_id}",
        when=f"{words.date(meeting.begins_at)} {words.time(meeting.begins_at)}",
        point=report.point(turn.point_id),
        point_href=f"/points/{turn.point_id}",
        heard=Badge(*_BADGES[turn.heard], names.heard(words, turn.heard)),
        good=good,
        longest=cut,
        cause=names.cause(words, turn.cause) if turn.cause else "",
        roll=rolled,
        evidence=evidence,
    )


def _page(found: Sequence[T], page: int) -> Iterable[T]:
    return found[PER_PAGE * (page - 1) : PER_PAGE * page]


def _pages(words: Language, address: str, count: int, page: int) -> tuple[PageLink, ...]:
    last = max(1, -(-count // PER_PAGE))
    if last == 1:
        return ()
    near = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    return tuple(
        PageLink(words.number(one), f"{address}&page={one}", is_chosen=one == page) for one in near
    )
