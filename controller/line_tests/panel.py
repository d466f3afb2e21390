"""What a point's page shows of its line's throughput tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.carriers import service as carriers
from controller.ingest.throughput_table import Throughput
from controller.line_tests import refusals, test_queries
from controller.line_tests.service import ASKED, SILENT, LineTestDesk
from controller.line_tests.tables import LineTestRow
from controller.places.service import Point
from controller.web.elements import Badge
from controller.web.i18n.language import Language
from controller.web.page_request import PageRequest
from monitoring.judgement.line_tests import WAYS, Allowed, Refused, TestRules
from monitoring.throughput.figures import per_minute

SHOWN = 8
TELLS_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test in the list."""

    __test__ = False

    key: str
    when: str
    cause: str
    badge: Badge
    down: str
    up: str
    round_trips: str
    note: str
    found: str


@dataclass(frozen=True, slots=True)
class LineTestPanel:
    """The card. `running`: what is said while one is on; `refused`: why there can be none now.

    `cost`: what a test takes, where that has to be confirmed first.
    """

    running: str
    refused: str
    cost: str
    takes: str
    contract: str
    lines: tuple[TestLine, ...]
    note: str


def of_point(asked: PageRequest, point: Point) -> LineTestPanel:
    """Return the card of a point."""
    words, now = asked.words, asked.now
    desk = asked.web.part(LineTestDesk)
    rows = test_queries.of_point(asked.state, point.point_id, most=SHOWN)
    said = test_queries.results(asked.series, rows)
    on = next((one for one in rows if _is_on(one, said, now)), None)
    verdict = desk.verdict(point.point_id, is_confirmed=True)
    cost = takes = ""
    if isinstance(verdict, Allowed):
        size = words.data(WAYS * verdict.most_bytes)
        takes = words.gettext(
            "About %(lasts)s, up to %(size)s. It stops by itself when a meeting begins.",
            lasts=words.duration(verdict.lasts),
            size=size,
        )
        if point.is_metered:
            cost = words.gettext(
                "This line is charged by volume. The test takes up to %(size)s of it.", size=size
            )
    return LineTestPanel(
        running=_running(words, now, on) if on else "",
        refused=refusals.sentence(words, verdict, now)
        if isinstance(verdict, Refused) and on is None
        else "",
        cost=cost,
        takes=takes,
        contract=_contract(asked, point),
        lines=tuple(_line(words, now, one, said.get(one.test_id)) for one in rows),
        note=_note(words, desk.rules, point, at_night=desk.settings.line_tests.at_night),
    )


def _is_on(row: LineTestRow, said: Mapping[str, Throughput], now: datetime) -> bool:
    return not row.outcome and row.test_id not in said and now < row.ends_at + TELLS_WITHIN


def _running(words: Language, now: datetime, row: LineTestRow) -> str:
    if row.stopped_by:
        return words.gettext("Being stopped…")
    lasts = Allowed(row.most_bytes, row.duration_s).lasts
    return words.gettext(
        "Being tested since %(time)s; the result comes after about %(lasts)s.",
        time=words.time_exact(row.begins_at),
        lasts=words.duration(lasts),
    )


def _contract(asked: PageRequest, point: Point) -> str:
    words = asked.words
    held = carriers.held_now(asked.state, asked.now, [point.point_id]).get(point.point_id)
    if held is not None:
        return words.gettext(
            "By contract %(down)s down, %(up)s up.",
            down=words.rate(held.terms.down_bps),
            up=words.rate(held.terms.up_bps),
        )
    if point.contract_rate_bps:
        return words.gettext("By contract %(rate)s.", rate=words.rate(point.contract_rate_bps))
    return ""


def _note(words: Language, rules: TestRules, point: Point, *, at_night: bool) -> str:
    if point.is_metered or not at_night or not rules.at_once:
        return words.gettext("This line is tested only where somebody asks for it.")
    return words.gettext(
        "Each night between %(begins)s and %(ends)s this line is tested once.",
        begins=f"{rules.night_begins:%H:%M}",
        ends=f"{rules.night_ends:%H:%M}",
    )


def _line(words: Language, now: datetime, row: LineTestRow, said: Throughput | None) -> TestLine:
    asked_by = words.gettext("asked by %(who)s", who=row.asked_by)
    return TestLine(
        key=row.test_id,
        when=words.moment(said.at if said else row.begins_at, now),
        cause=asked_by if row.cause == ASKED else words.gettext("at night"),
        badge=_badge(words, row, said),
        down=_rate(words, said.down_bps, is_at_least=said.down_at_least) if said else "",
        up=_rate(words, said.up_bps, is_at_least=said.up_at_least) if said else "",
        round_trips=_round_trips(words, said) if said else "",
        note=_why(words, said) if said else "",
        found=_found(words, said) if said else "",
    )


def _found(words: Language, said: Throughput) -> str:
    """Return what a test that was not made whole found all the same."""
    ways = (
        (words.gettext("Download"), said.down_bps),
        (words.gettext("Upload"), said.up_bps),
    )
    return " · ".join(f"{name} {words.rate(bps)}" for name, bps in ways if bps is not None)


def _badge(words: Language, row: LineTestRow, said: Throughput | None) -> Badge:
    outcome = said.outcome if said else row.outcome
    return {
        "done": Badge("up", "state-up", words.gettext("Measured")),
        "stopped": Badge("excluded", "state-excluded", words.gettext("Stopped")),
        "refused": Badge("excluded", "state-excluded", words.gettext("Not made")),
        "failed": Badge("degraded", "state-degraded", words.gettext("Failed")),
        SILENT: Badge("unknown", "state-unknown", words.gettext("Nothing heard")),
    }.get(outcome, Badge("scheduled", "state-excluded", words.gettext("Under way")))


def _rate(words: Language, bps: int | None, *, is_at_least: bool) -> str:
    shown = words.rate(bps)
    return words.gettext("at least %(rate)s", rate=shown) if bps and is_at_least else shown


def _round_trips(words: Language, said: Throughput) -> str:
    loaded: Sequence[float] = [one for one in (said.down_rtt_ms, said.up_rtt_ms) if one is not None]
    if said.idle_rtt_ms is None or not loaded:
        return ""
    return words.gettext(
        "%(idle)s idle, %(down)s full down, %(up)s full up (%(rpm)s a minute)",
        idle=words.milliseconds(said.idle_rtt_ms),
        down=words.milliseconds(said.down_rtt_ms),
        up=words.milliseconds(said.up_rtt_ms),
        rpm=words.number(per_minute(max(loaded)) or 0),
    )


def _why(words: Language, said: Throughput) -> str:
    """Return why it was not made whole, in our words: the machine's own stand in its log."""
    return {
        "meeting": words.gettext("A meeting was on or near."),
        "backlog": words.gettext("Reports of an outage were being sent."),
        "clock": words.gettext("The point's clock is not known."),
        "late": words.gettext("The point heard of it too late."),
        "reflector": words.gettext(
            "The reflector did not answer by TCP: is its port open for TCP as well?"
        ),
        "busy": words.gettext("The reflector had other tests."),
        "line": words.gettext("The connection was lost."),
        "superseded": words.gettext("It was stopped, or another one was asked for."),
    }.get(said.reason, "")
