"""One point's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.reports import BandwidthBody
from controller.devices import trap_view
from controller.devices import view as devices_view
from controller.devices.service import PointDevice
from controller.devices.trap_view import KeptTrap, TrapRow
from controller.devices.view import DevicesPanel
from controller.health import states
from controller.health.boot_queries import KnownBoot
from controller.health.outage_queries import OutageSaid
from controller.health.point_now import PointNow
from controller.health.point_queries import LastReports
from controller.health.spans import ChartSpan
from controller.health.states import PointState
from controller.health.views import (
    device,
    lan,
    machine,
    outage_causes,
    span_choice,
    uptime_cards,
)
from controller.health.views.attention import began_at, first_cause
from controller.health.views.causes import Cause
from controller.health.views.device import Fact, InterfaceRow
from controller.health.views.history import BucketRow
from controller.health.views.lan import LanPanel
from controller.health.views.machine import MachineView
from controller.health.views.outage_causes import OutageTold
from controller.health.views.span_choice import SpanView
from controller.health.views.uptime_cards import UptimeCard
from controller.places.service import Unit
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.availability import Interval, Outage, outages
from monitoring.judgement.health import LineWindow
from monitoring.judgement.presence import PresenceState

_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One interruption, or a time the centre does not know about."""

    key: str
    badge: Badge
    began: str
    lasted: str
    ended: str
    told: OutageTold


@dataclass(frozen=True, slots=True)
class PointView:
    """All the page shows."""

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
    rows: tuple[BucketRow, ...]
    outages: tuple[OutageRow, ...]
    outage_summary: str
    outage_none: str
    uptimes: tuple[UptimeCard, ...]
    device: tuple[Fact, ...]
    machine: MachineView
    snmp: DevicesPanel
    traps: tuple[TrapRow, ...]
    interfaces: tuple[InterfaceRow, ...]
    lan: LanPanel | None
    reported: str
    is_enrolled: bool
    enrolment: str
    enrolment_consequence: str


def view(
    words: Language,
    now: datetime,
    one: PointNow,
    reports: LastReports,
    path: Sequence[Unit],
    intervals: Sequence[Interval],
    said: Mapping[datetime, OutageSaid],
    span: ChartSpan,
    rows: tuple[BucketRow, ...],
    devices: Sequence[PointDevice],
    traps: Sequence[KeptTrap],
    boots: Sequence[KnownBoot],
    *,
    can_be_sealed_to: bool,
) -> PointView:
    """Return the page's view. `intervals` and `said` are of the last 30 days."""
    is_new = one.state is PointState.NOT_ENROLLED
    main = None if is_new else first_cause(words, now, one)
    badge = states.of_point(one.state, words)
    reported = one.last_heard_at
    is_enrolled = one.point.enrolled_at is not None
    return PointView(
        point_id=one.point.point_id,
        name=one.point.name,
        subline=_subline(words, one),
        crumbs=_crumbs(words, path, one.point.name),
        key=one.state.value,
        badge=badge,
        sentence=_sentence(words, one, badge.word, main),
        since=_since(words, now, one, main.whose if main else ""),
        evidence=_evidence(words, now, one, main),
        remedy=_remedy(words, main, is_new=is_new),
        figures=_figures(words, one, reports.bandwidth),
        span=span_choice.view(words, span),
        rows=rows,
        outages=_outages(words, now, intervals, said),
        outage_summary=_outage_summary(words, now, intervals),
        outage_none=words.gettext("No interruption is known of the last 30 days."),
        uptimes=uptime_cards.cards(words, one.uptimes),
        device=device.facts(words, reports.health, reports.inventory),
        machine=machine.view(words, now, reports.health, reports.inventory, reports.clock, boots),
        snmp=devices_view.panel(
            words, now, devices, reports.snmp, can_be_sealed_to=can_be_sealed_to
        ),
        traps=trap_view.rows(words, now, traps, devices, reports.snmp),
        interfaces=device.interfaces(words, reports.health, reports.inventory),
        lan=lan.panel(words, reports.health),
        reported=words.gettext("reported %(time)s", time=words.time_exact(reported))
        if reported
        else "",
        is_enrolled=is_enrolled,
        enrolment=_enrolment(words, one),
        enrolment_consequence=words.gettext(
            "A machine that enrols with the new code takes the place of the present one."
        )
        if is_enrolled
        else words.gettext("The code is shown once and is good for one machine."),
    )


def _sentence(words: Language, one: PointNow, word: str, main: Cause | None) -> str:
    if main is None:
        return word
    if one.state is PointState.UP:
        return words.gettext("%(state)s, worth a look: %(what)s", state=word, what=main.what)
    return f"{word}: {main.what}"


def _subline(words: Language, one: PointNow) -> str:
    parts = [words.gettext("Point number %(number)s", number=one.point.number)]
    if one.point.contract_rate_bps:
        rate = words.rate(one.point.contract_rate_bps)
        parts.append(words.gettext("contract %(rate)s", rate=rate))
    if one.point.is_metered:
        parts.append(words.gettext("charged by volume"))
    return " · ".join(parts)


def _crumbs(words: Language, path: Sequence[Unit], name: str) -> tuple[Crumb, ...]:
    units = (Crumb(unit.name, "/points") for unit in path)
    return (Crumb(words.gettext("Points"), "/points"), *units, Crumb(name))


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
        Fact(words.gettext("Loss, 10 min"), words.percent(line.loss_ratio), "loss"),
        Fact(words.gettext("Jitter"), words.milliseconds(line.jitter_ms), "jitter"),
        Fact(words.gettext("Available rate"), words.rate(rate), "rate"),
    )


def _outages(
    words: Language,
    now: datetime,
    intervals: Sequence[Interval],
    said: Mapping[datetime, OutageSaid],
) -> tuple[OutageRow, ...]:
    down = outages(intervals)
    shown = {PresenceState.DEGRADED: PointState.DEGRADED, PresenceState.UNKNOWN: PointState.UNKNOWN}
    others = [
        (one.began_at, one.ended_at, shown[one.state], _NONE)
        for one in intervals
        if one.state in shown and not any(_is_within(one, outage) for outage in down)
    ]
    rows = [*((o.began_at, o.ended_at, PointState.DOWN, o.unknown) for o in down), *others]
    return tuple(
        OutageRow(
            key=f"{began_at:%Y%m%d%H%M%S%f}",
            badge=states.of_point(state, words),
            began=words.moment(began_at, now),
            lasted=_lasted(words, (ended_at or now) - began_at, unknown),
            ended=words.moment(ended_at, now) if ended_at else words.gettext("still open"),
            told=_told(words, now, state, said.get(began_at)),
        )
        for began_at, ended_at, state, unknown in sorted(rows, reverse=True, key=lambda row: row[0])
    )[:200]


def _told(words: Language, now: datetime, state: PointState, said: OutageSaid | None) -> OutageTold:
    if state is PointState.UNKNOWN:
        return OutageTold(
            what=words.gettext("The centre was not listening"), whose=words.gettext("the province")
        )
    return outage_causes.told(words, now, said if state is PointState.DOWN else None)


def _is_within(one: Interval, outage: Outage) -> bool:
    """Whether the centre was blind in the middle of an outage; its row says for how long."""
    is_begun = outage.began_at <= one.began_at
    return is_begun and (
        outage.ended_at is None or (one.ended_at is not None and one.ended_at <= outage.ended_at)
    )


def _lasted(words: Language, span: timedelta, unknown: timedelta) -> str:
    if not unknown:
        return words.duration(span)
    return words.gettext(
        "%(span)s, unknown %(unknown)s of it",
        span=words.duration(span),
        unknown=words.duration(unknown),
    )


def _outage_summary(words: Language, now: datetime, intervals: Sequence[Interval]) -> str:
    down = outages(intervals)
    if not down:
        return ""
    return words.ngettext(
        "%(n)s time down · %(span)s",
        "%(n)s times down · %(span)s",
        len(down),
        span=words.duration(sum((one.down(now) for one in down), _NONE)),
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
