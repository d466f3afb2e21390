"""The page of a report: two figures with their targets, what they are made of, what cut them."""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from controller.meetings.meeting_state import MeetingPhase
from controller.report_settings import ReportSettings
from controller.reports import chart, names
from controller.reports.asked import ReportAsked
from controller.reports.chart import ShareChart, ShareOf
from controller.reports.choice import AskedForm
from controller.reports.figures import MeetingSums, is_reached
from controller.reports.part_tables import PartTable, part_tables
from controller.reports.point_rows import ReportPointRow, point_rows, turns_href
from controller.reports.report import MeetingReport
from controller.reports.turns import TurnHeard
from controller.web.elements import Badge
from controller.web.i18n.language import N_, Language

MOST_POINTS = 10


@dataclass(frozen=True, slots=True)
class FigureCard:
    """One of the two figures. `share`: empty where there is none, `of`: what it is a share of;
    `notes`: what was left out of it."""

    key: str
    title: str
    share: str
    of: str
    href: str
    target: Badge
    before: str
    chart: ShareChart
    floor: str
    ticks: tuple[tuple[float, str], ...]
    target_line: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CauseBar:
    """One cause of interruptions: how many, which share in per cent, and those themselves."""

    name: str
    count: str
    share: str
    width: float
    href: str


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A line of the roll calls; `href` empty: nothing opens."""

    name: str
    count: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page."""

    title: str
    days: str
    tree: str
    asked: AskedForm
    query: str
    is_empty: bool
    until: str
    cards: tuple[FigureCard, ...]
    cut_title: str
    outside: tuple[NamedCount, ...]
    causes: tuple[CauseBar, ...]
    points: tuple[ReportPointRow, ...]
    point_count: str
    roll_note: str
    roll: tuple[NamedCount, ...]
    absences: tuple[NamedCount, ...]
    parts: tuple[PartTable, ...]
    left_out: str
    how: tuple[str, ...]


def view(
    words: Language, report: MeetingReport, form: AskedForm, settings: ReportSettings, now: datetime
) -> ReportView:
    """Return the page of a report."""
    asked, figures, turns = report.asked, report.figures, report.figures.whole.turns
    cut = words.ngettext(
        "%(n)s point-meeting interrupted, by cause",
        "%(n)s point-meetings interrupted, by cause",
        turns.interrupted,
    )
    until = words.gettext("The period is not over: figures of %(at)s.", at=words.moment(now, now))
    return ReportView(
        title=words.gettext("Report of %(period)s", period=names.period(words, asked.period)),
        days=names.span(asked.period),
        tree=names.tree(words, report.tree_day, is_now=asked.is_tree_now),
        asked=form,
        query=asked.query,
        is_empty=not figures.whole.count,
        until="" if report.is_over else until,
        cards=(_online(words, report, settings), _heard(words, report, settings)),
        cut_title=cut,
        outside=_left_out_turns(words, report),
        causes=_causes(words, report),
        points=tuple(point_rows(words, report)[:MOST_POINTS]),
        point_count=words.number(len(figures.points)),
        roll_note=words.gettext(
            "Roll called in %(n)s of %(all)s meetings",
            n=words.number(figures.whole.rolled),
            all=words.number(figures.whole.count),
        ),
        roll=_roll(words, report),
        absences=tuple(
            NamedCount(reason, words.number(count)) for reason, count in figures.absences
        ),
        parts=part_tables(words, report),
        left_out=_left_out_meetings(words, report),
        how=_how(words, settings),
    )


def _online(words: Language, report: MeetingReport, settings: ReportSettings) -> FigureCard:
    whole, target = report.figures.whole, Fraction(str(settings.online_target_ratio))
    of = words.gettext(
        "%(n)s of %(all)s meetings", n=words.number(whole.online), all=words.number(whole.count)
    )
    shares = [_online_bar(words, report.asked.before, report.before.whole, is_before=True)]
    shares += [
        _online_bar(words, replace(report.asked, period=month), sums)
        for month, (_, sums) in zip(report.asked.months, report.figures.months, strict=True)
    ]
    return _card(
        words, "online", words.gettext("Meetings held online"), whole.online_share, of,
        f"/reports/meetings?{report.asked.query}&held_as=online", target,
        report, report.before.whole.online_share, chart.drawn(shares, target, is_cut=False),
    )  # fmt: skip


def _heard(words: Language, report: MeetingReport, settings: ReportSettings) -> FigureCard:
    turns, target = report.figures.whole.turns, Fraction(str(settings.uninterrupted_target_ratio))
    of = words.gettext(
        "%(n)s of %(all)s point-meetings",
        n=words.number(turns.uninterrupted),
        all=words.number(turns.judged),
    )
    shares = [_heard_bar(words, report.asked.before, report.before.whole, is_before=True)]
    shares += [
        _heard_bar(words, replace(report.asked, period=month), sums)
        for month, (_, sums) in zip(report.asked.months, report.figures.months, strict=True)
    ]
    return _card(
        words, "uninterrupted", words.gettext("Uninterrupted point-meetings"),
        turns.uninterrupted_share, of,
        turns_href(report.asked, heard=TurnHeard.UNINTERRUPTED.value), target,
        report, report.before.whole.turns.uninterrupted_share,
        chart.drawn(shares, target, is_cut=True),
    )  # fmt: skip


def _card(
    words: Language,
    key: str,
    title: str,
    share: Fraction | None,
    of: str,
    href: str,
    target: Fraction,
    report: MeetingReport,
    before: Fraction | None,
    drawing: ShareChart,
) -> FigureCard:
    aim = names.aim(words, float(target))
    said = words.gettext("target %(aim)s", aim=aim)
    if target < 1:
        said = words.gettext("target above %(aim)s", aim=aim)
    badges = {
        True: Badge("up", "state-up", words.gettext("reached: %(target)s", target=said)),
        False: Badge(
            "degraded", "state-degraded", words.gettext("missed: %(target)s", target=said)
        ),
        None: Badge(
            "unknown", "state-unknown", words.gettext("no figure; %(target)s", target=said)
        ),
    }
    floor = names.share(words, drawing.floor)
    return FigureCard(
        key=key,
        title=title,
        share="" if share is None else names.share(words, share),
        of=of,
        href=href,
        target=badges[is_reached(share, target)],
        before=_before(words, report, before),
        chart=drawing,
        floor=words.gettext("The axis begins at %(floor)s to show differences.", floor=floor)
        if drawing.floor
        else "",
        ticks=tuple((one.y, names.share(words, one.share)) for one in drawing.ticks),
        target_line=words.gettext("Dashed line: %(target)s. Hatched: the period before.",
                                  target=said),
    )  # fmt: skip


def _before(words: Language, report: MeetingReport, share: Fraction | None) -> str:
    """Return the share of the period before, or why there is none."""
    name = names.period(words, report.asked.before.period)
    if share is not None:
        return f"{name}: {names.share(words, share)}"
    if not report.before.whole.count:
        return words.gettext("%(period)s: no meeting to compare with", period=name)
    return words.gettext("%(period)s: no figure to compare with", period=name)


def _online_bar(
    words: Language, asked: ReportAsked, sums: MeetingSums, *, is_before: bool = False
) -> ShareOf:
    counts = f"{words.number(sums.online)}/{words.number(sums.count)}"
    return _bar(words, asked, sums.online_share, counts, is_before=is_before)


def _heard_bar(
    words: Language, asked: ReportAsked, sums: MeetingSums, *, is_before: bool = False
) -> ShareOf:
    turns = sums.turns
    counts = f"{words.number(turns.uninterrupted)}/{words.number(turns.judged)}"
    return _bar(words, asked, turns.uninterrupted_share, counts, is_before=is_before)


def _bar(
    words: Language, asked: ReportAsked, share: Fraction | None, counts: str, *, is_before: bool
) -> ShareOf:
    shown = names.share(words, share)
    return ShareOf(
        names.period_short(words, asked.period),
        shown,
        counts,
        share,
        f"/reports?{asked.query}",
        is_before,
        short=names.period_number(asked.period),
        shown_short=shown.removesuffix("%").strip(),
    )


def _causes(words: Language, report: MeetingReport) -> tuple[CauseBar, ...]:
    total = report.figures.whole.turns.interrupted
    most = max((count for _, count in report.figures.causes), default=1)
    return tuple(
        CauseBar(
            names.cause(words, cause),
            words.number(count),
            names.share(words, Fraction(count, total)),
            round(100 * count / most, 2),
            turns_href(report.asked, heard=TurnHeard.INTERRUPTED.value, cause=cause or "-"),
        )
        for cause, count in report.figures.causes
    )


def _roll(words: Language, report: MeetingReport) -> tuple[NamedCount, ...]:
    turns = report.figures.whole.turns
    counts = (
        ("present", N_("Present"), turns.present),
        ("late", N_("Late"), turns.late),
        ("substitute", N_("Substitute"), turns.substitute),
        ("absent", N_("Absent"), turns.absent),
        ("uncalled", N_("Not called"), turns.uncalled),
    )
    return tuple(
        NamedCount(
            words.gettext(name),
            words.number(count),
            turns_href(report.asked, roll=key) if count else "",
        )
        for key, name, count in counts
    )


def _left_out_turns(words: Language, report: MeetingReport) -> tuple[NamedCount, ...]:
    """Return what is in no share, each with what it is of."""
    turns = report.figures.whole.turns
    counts = (
        (TurnHeard.EXCLUDED, turns.excluded,
         N_("%(n)s not counted (declared maintenance, absent with a reason)")),
        (TurnHeard.UNKNOWN, turns.unknown, N_("%(n)s not known")),
    )  # fmt: skip
    return tuple(
        NamedCount(
            words.gettext(name, n=words.number(count)),
            words.number(count),
            turns_href(report.asked, heard=heard.value),
        )
        for heard, count, name in counts
        if count
    )


def _left_out_meetings(words: Language, report: MeetingReport) -> str:
    cancelled = report.otherwise.get(MeetingPhase.CANCELLED, 0)
    open_ones = sum(report.otherwise.values()) - cancelled
    said = []
    if cancelled:
        said.append(words.gettext("%(n)s cancelled", n=words.number(cancelled)))
    if open_ones:
        said.append(words.gettext("%(n)s not over yet or drafts", n=words.number(open_ones)))
    if not said:
        return ""
    return words.gettext("Not counted, of all units: %(what)s.", what=", ".join(said))


def _how(words: Language, settings: ReportSettings) -> tuple[str, ...]:
    rules = [
        words.gettext(
            "Meetings count that have ended, on the day they were set for. Those in person are in "
            "the denominator of the share held online."
        ),
        words.gettext(
            "A point-meeting is one point in one meeting. One online is uninterrupted when sound "
            "was heard in all minutes of the meeting but those allowed."
        ),
        words.gettext(
            "A meeting is of a branch when its host is in it or a point of it was invited; of its "
            "points those of the branch count."
        ),
    ]
    if settings.month_begins_on > 1:
        day, last = settings.month_begins_on, settings.month_begins_on - 1
        rules.append(
            words.gettext(
                "A month runs from the %(first)s of the month before to the %(last)s.", first=day,
                last=last,
            )
        )  # fmt: skip
    return tuple(rules)
