"""One point's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.reports import BandwidthBody
from controller.contacts.panel import ContactsPanel
from controller.devices.trap_view import TrapRow
from controller.devices.view import DevicesPanel
from controller.health import states
from controller.health.availability_queries import ThreeWays
from controller.health.boot_queries import KnownBoot
from controller.health.interruptions import Interruption
from controller.health.point_now import PointNow, state_of
from controller.health.point_queries import LastReports
from controller.health.spans import ChartSpan
from controller.health.states import PointState
from controller.health.views import (
    availability,
    device,
    interruption_rows,
    lan,
    links,
    machine,
    outage_causes,
    report_choice,
    span_choice,
    uplink,
    uptime_cards,
)
from controller.health.views.attention import began_at, first_cause
from controller.health.views.availability import WaysRow
from controller.health.views.causes import Cause, cause
from controller.health.views.device import Fact, InterfaceRow
from controller.health.views.history import BucketRow
from controller.health.views.interruption_rows import OutageRow
from controller.health.views.lan import LanPanel
from controller.health.views.links import LinksView
from controller.health.views.machine import MachineView
from controller.health.views.report_choice import MonthOption
from controller.health.views.span_choice import SpanView
from controller.health.views.uplink import UplinkPanel
from controller.health.views.uptime_cards import UptimeCard
from controller.health.views.way import WayPanel
from controller.line_tests.panel import LineTestPanel
from controller.maintenance.panel import MaintenancePanel
from controller.places.service import Unit
from controller.rehearsals.panel import PastRehearsals
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.health import LineWindow


@dataclass(frozen=True, slots=True)
class PointView:
    """All the page shows; `way` is put to it by who asks for both."""

    point_id: str
    name: str
    subline: str
    crumbs: tuple[Crumb, ...]
    key: str
    badge: Badge
    sentence: str
    since: str
    evidence: str
    remedy: str
    figures: tuple[Fact, ...]
    span: SpanView
    compare: str
    links: LinksView
    rows: tuple[BucketRow, ...]
    outages: tuple[OutageRow, ...]
    outage_title: str
    outage_summary: str
    outage_none: str
    uptimes: tuple[UptimeCard, ...]
    ways: tuple[WaysRow, ...]
    months: tuple[MonthOption, ...]
    maintenance: MaintenancePanel
    line_tests: LineTestPanel
    device: tuple[Fact, ...]
    machine: MachineView
    snmp: DevicesPanel
    traps: tuple[TrapRow, ...]
    interfaces: tuple[InterfaceRow, ...]
    lan: LanPanel | None
    uplink: UplinkPanel | None
    reported: str
    is_enrolled: bool
    enrolment: str
    enrolment_consequence: str
    contract: tuple[Crumb, ...] = ()
    thresholds: Crumb | None = None
    way: WayPanel | None = None
    further: tuple[str, ...] = ()
    contacts: ContactsPanel | None = None
    rehearsals: PastRehearsals | None = None


def view(
    words: Language,
    now: datetime,
    one: PointNow,
    reports: LastReports,
    path: Sequence[Unit],
    interrupted: Sequence[Interruption],
    span: ChartSpan,
    rows: tuple[BucketRow, ...],
    snmp: DevicesPanel,
    traps: tuple[TrapRow, ...],
    boots: Sequence[KnownBoot],
    *,
    link: str,
    ways: Mapping[str, ThreeWays],
    maintenance: MaintenancePanel,
    line_tests: LineTestPanel,
) -> PointView:
    """Return the page's view. `interrupted`: in 30 days. `link`: whose charts are asked for."""
    main = _main(words, now, one)
    badge = states.of_point(one.state, words)
    times = _times(words, one, span, link)
    interfaces = device.interfaces(words, reports.health, reports.inventory)
    return PointView(
        point_id=one.point.point_id,
        name=one.point.name,
        subline=subline(words, one),
        crumbs=_crumbs(words, path, one.point.name),
        key=one.state.value,
        badge=badge,
        sentence=_sentence(words, one, badge.word, main),
        since=_maintained(words, now, one) or _since(words, now, one, main.whose if main else ""),
        evidence=_evidence(words, now, one, main),
        remedy=_remedy(words, main, is_new=one.state is PointState.NOT_ENROLLED),
        figures=_figures(words, one, reports.bandwidth),
        span=times,
        compare=span_choice.compared(one.point.point_id, span),
        links=links.view(words, link, interfaces, snmp.rows, times.query),
        rows=rows,
        outages=interruption_rows.rows(words, now, interrupted),
        outage_title=words.gettext("Interruptions, 30 days"),
        outage_summary=interruption_rows.summary(words, interrupted, one.uptimes[-1].down, now),
        outage_none=words.gettext("No interruption is known of the last 30 days."),
        uptimes=uptime_cards.cards(words, one.uptimes),
        ways=availability.usual_rows(words, ways),
        months=report_choice.months(words, now),
        maintenance=maintenance,
        line_tests=line_tests,
        device=device.facts(words, reports.health, reports.inventory),
        machine=machine.view(words, now, reports.health, reports.inventory, reports.clock, boots),
        snmp=snmp,
        traps=traps,
        interfaces=interfaces,
        lan=lan.panel(words, reports.health),
        uplink=uplink.panel(words, reports.health, now, one.standing.judgement.problems),
        reported=_reported(words, one.last_heard_at),
        is_enrolled=one.point.enrolled_at is not None,
        enrolment=_enrolment(words, one),
        enrolment_consequence=_enrolment_consequence(words, one),
    )


def _times(words: Language, one: PointNow, span: ChartSpan, link: str) -> SpanView:
    kept = [("link", link)] if link else []
    return span_choice.view(words, span, f"/points/{one.point.point_id}", kept)


def _main(words: Language, now: datetime, one: PointNow) -> Cause | None:
    is_new = one.state is PointState.NOT_ENROLLED
    return None if is_new or one.maintenance else first_cause(words, now, one)


def further(words: Language, now: datetime, one: PointNow) -> tuple[str, ...]:
    """Return what else is wrong than what the page begins with, and what to do of each."""
    main = _main(words, now, one)
    if main is None or one.state is PointState.DOWN:
        return ()
    others = (cause(problem, words, now) for problem in one.standing.judgement.problems)
    return tuple(
        ". ".join(filter(None, (other.what, other.evidence, other.remedy))).rstrip(".") + "."
        for other in others
        if other != main
    )


def _sentence(words: Language, one: PointNow, word: str, main: Cause | None) -> str:
    if one.maintenance is not None:
        return f"{word}: {one.maintenance.reason}"
    if main is None:
        return word
    if one.state is PointState.UP:
        return words.gettext("%(state)s, worth a look: %(what)s", state=word, what=main.what)
    return f"{word}: {main.what}"


def _reported(words: Language, at: datetime | None) -> str:
    return words.gettext("reported %(time)s", time=words.time_exact(at)) if at else ""


def subline(words: Language, one: PointNow, *, has_contract: bool = False) -> str:
    """Return what is said below the name. `has_contract`: a carrier's, which is said for itself."""
    parts = [words.gettext("Point number %(number)s", number=one.point.number)]
    if one.point.contract_rate_bps and not has_contract:
        rate = words.rate(one.point.contract_rate_bps)
        parts.append(words.gettext("contract %(rate)s", rate=rate))
    if one.point.is_metered:
        parts.append(words.gettext("charged by volume"))
    return " · ".join(parts)


def _crumbs(words: Language, path: Sequence[Unit], name: str) -> tuple[Crumb, ...]:
    units = (Crumb(unit.name, "/points") for unit in path)
    return (Crumb(words.gettext("Points"), "/points"), *units, Crumb(name))


def _maintained(words: Language, now: datetime, one: PointNow) -> str:
    """Return what is declared of a point now, and how it is all the same; empty: nothing is."""
    if one.maintenance is None:
        return ""
    declared = words.gettext(
        "Declared by %(who)s from %(begins)s to %(ends)s.",
        who=one.maintenance.made_by,
        begins=words.moment(one.maintenance.period.begins_at, now),
        ends=words.moment(one.maintenance.period.ends_at, now),
    )
    state = states.of_point(state_of(one.point, one.standing), words).word
    now_so = words.gettext("Now: %(state)s.", state=state)
    return f"{declared} {now_so}"


def _since(words: Language, now: datetime, one: PointNow, whose: str) -> str:
    began = began_at(one)
    if one.state is PointState.NOT_ENROLLED:
        return words.gettext("No machine holds this point's certificate yet.")
    text = words.gettext("Over the last 10 minutes.")
    if began is not None:
        text = words.gettext(
            "Since %(since)s, for %(span)s.",
            since=words.moment(began, now),
            span=words.duration(now - began),
        )
    if not whose:
        return text
    party = words.gettext("Whose: %(party)s.", party=whose)
    return f"{text} {party}"


def _evidence(words: Language, now: datetime, one: PointNow, main: Cause | None) -> str:
    """Return how the cause of an outage is known, since when, and what was said before."""
    if main is None or not main.evidence:
        return ""
    told = outage_causes.told(words, now, one.standing.outage)
    return ". ".join(filter(None, (main.evidence, told.times, told.before))) + "."


def _remedy(words: Language, main: Cause | None, *, is_new: bool) -> str:
    if is_new:
        return words.gettext("Issue an enrolment code and type it on the point's machine.")
    return main.remedy if main else ""


def _figures(words: Language, one: PointNow, train: BandwidthBody | None) -> tuple[Fact, ...]:
    line, rate = one.standing.line, train.available_bps if train else None
    if one.state is PointState.DOWN:
        # What was measured before it went is no figure of a line that nobody answers on.
        line, rate = LineWindow(), None
    return (
        Fact(words.gettext("Round trip"), words.milliseconds(line.rtt_ms), "rtt"),
        Fact(words.gettext("Loss, 10 min"), _loss(words, line), "loss"),
        Fact(words.gettext("Jitter"), words.milliseconds(line.jitter_ms), "jitter"),
        Fact(words.gettext("Available rate"), words.rate(rate), "rate"),
    )


def _loss(words: Language, line: LineWindow) -> str:
    """Return the loss, and where there is any which way."""
    if not line.loss_ratio or line.loss_up_ratio is None:
        return words.percent(line.loss_ratio)
    return words.gettext(
        "%(loss)s (up %(up)s, down %(down)s)",
        loss=words.percent(line.loss_ratio),
        up=words.percent(line.loss_up_ratio),
        down=words.percent(line.loss_down_ratio),
    )


def _enrolment_consequence(words: Language, one: PointNow) -> str:
    if one.point.enrolled_at is None:
        return words.gettext("The code is shown once and is good for one machine.")
    return words.gettext(
        "A machine that enrols with the new code takes the place of the present one."
    )


def _enrolment(words: Language, one: PointNow) -> str:
    enrolled = one.point.enrolled_at
    if enrolled is None:
        return words.gettext(
            "No machine holds this point's certificate. Issue a code to enrol one."
        )
    text = words.gettext("Enrolled %(date)s.", date=words.date(enrolled))
    expires = one.point.certificate_expires_at
    if expires is None:
        return text
    until = words.gettext("Its certificate is good until %(date)s.", date=words.date(expires))
    return f"{text} {until}"
