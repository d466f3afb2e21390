"""What is wrong is judged once and stored with every change; pages read the rows."""

import json
from datetime import timedelta

import msgspec
import pytest
from alembic import command
from sqlmodel import col, delete, func, select

from contracts.line import LineSection, LineWay
from contracts.reports import BandwidthBody, ClockState, InterfaceRate
from contracts.throughput import ThroughputBody, ThroughputWay
from controller.db.engine import open_engine, reading, writing
from controller.db.migrate import configuration, upgrade
from controller.health import point_queries
from controller.ingest import retention
from controller.ingest.presence_book import PresenceBook
from controller.ingest.problem_tables import OpenProblem, ProblemFlip
from controller.ingest.tables import LatestReport, StoredReport
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.presence import PresenceLimits, PresenceState
from monitoring.judgement.problem import ProblemKey, Thresholds
from tests.integration.ingest.judged import judge, store_of_one_up, store_presence
from tests.integration.ingest.reports import BANDWIDTH, P1, arrival, at, health

UNSET = ClockState(source="unknown")


@pytest.fixture
def store(series):
    return store_of_one_up(series)


def history(series):
    with reading(series) as session:
        rows = session.exec(select(ProblemFlip).order_by(col(ProblemFlip.flip_id))).all()
    return [(row.point_id, row.problem, row.was, row.became, row.at) for row in rows]


def now_wrong(series, now):
    with reading(series) as session:
        return point_queries.standing(session, P1, now).judgement


def test_a_problem_is_a_row_while_it_lasts_and_a_flip_at_each_end(series, store):
    store.commit([arrival(1, clock=UNSET)])
    assert len(judge(store, at(11))) == 1
    assert judge(store, at(12)) == []
    [problem] = now_wrong(series, at(12)).problems
    assert (problem.key, problem.arguments) == (ProblemKey.CLOCK_UNKNOWN, {"since": at(11)})
    assert now_wrong(series, at(12)).state is PresenceState.DEGRADED
    store.commit([arrival(2)])
    judge(store, at(21))
    assert now_wrong(series, at(21)).problems == ()
    assert history(series) == [
        (P1, "clock_unknown", None, "serious", at(11)),
        (P1, "clock_unknown", "serious", None, at(21)),
    ]


def test_newer_evidence_changes_the_row_and_is_no_flip(series, store):
    store.commit([arrival(seq) for seq in range(1, 31)])
    judge(store, at(300))
    with reading(series) as session:
        first = session.exec(select(OpenProblem)).one()
    with writing(series) as session:
        for row in session.exec(select(StoredReport)):
            row.probes_received -= 1
            session.add(row)
    judge(store, at(301))
    with reading(series) as session:
        second = session.exec(select(OpenProblem)).one()
    assert (first.problem, first.began_at) == (second.problem, second.began_at) == ("loss", at(300))
    assert json.loads(second.evidence)["percent"] > json.loads(first.evidence)["percent"]
    assert len(history(series)) == 1


def test_thresholds_are_those_of_the_settings(series, store):
    store.commit([arrival(seq) for seq in range(1, 31)])
    assert judge(store, at(300), Thresholds(loss_ratio=0.9)) == []
    assert len(judge(store, at(300), Thresholds(loss_ratio=0.1))) == 1


def test_silence_is_stored_with_the_change_of_presence(series, store):
    store.commit([arrival(1, clock=UNSET)])
    judge(store, at(11))
    book = PresenceBook(PresenceLimits())
    book.heard(P1, at(11), at(11))
    book.take_changes()
    book.tick(at(60))
    store_presence(store, book.take_changes(), at(60))
    store.keep_span(at(60))
    shown = now_wrong(series, at(60))
    assert (shown.state, [p.key for p in shown.problems]) == (
        PresenceState.DOWN,
        [ProblemKey.SILENT],
    )
    assert [(problem, became) for _, problem, _, became, _ in history(series)[1:]] == [
        ("silent", "serious"),
        ("clock_unknown", None),
    ]


def test_pages_read_what_was_judged_and_judge_nothing(series, store):
    store.commit([arrival(1, clock=UNSET)])
    judge(store, at(11))
    with writing(series) as session:
        session.exec(delete(LatestReport))
    assert [p.key for p in now_wrong(series, at(12)).problems] == [ProblemKey.CLOCK_UNKNOWN]


def test_old_changes_leave_and_what_is_wrong_stays(series, store):
    store.commit([arrival(1, clock=UNSET)])
    judge(store, at(11))
    for age, left in ((retention.FLIPS, 1), (retention.FLIPS + timedelta(seconds=12), 0)):
        for step in retention.steps(store.run(retention.outbox_keys), at(11) + age):
            while store.run(step):
                pass
        with reading(series) as session:
            counted = session.exec(select(func.count()).select_from(ProblemFlip)).one()
            assert session.exec(select(OpenProblem)).one().problem == "clock_unknown"
        assert counted == left


def test_a_point_that_flaps_keeps_its_last_changes_only(series, store, monkeypatch):
    monkeypatch.setattr(retention, "MAX_FLIPS", 3)
    for turn in range(6):
        clock = {"clock": UNSET} if turn % 2 == 0 else {}
        store.commit([arrival(turn + 1, **clock)])
        judge(store, at(10 * turn + 11))
    for step in retention.excess_steps([P1]):
        while store.run(step):
            pass
    assert [moment for *_, moment in history(series)] == [at(41), at(51), at(61)]


def test_a_train_far_below_the_contract_is_a_problem_until_it_is_old(series, store):
    train = msgspec.structs.replace(BANDWIDTH, available_bps=988_000, confidence_ratio=0.99)
    store.commit([arrival(1), arrival(2, body=train)])

    def below_contract(now):
        judge(store, now, contracted=Contracted.one_figure(20_000_000))
        problems = now_wrong(series, now).problems
        return [p.arguments["mbps"] for p in problems if p.key is ProblemKey.BELOW_CONTRACT]

    store.keep_span(at(2000))
    assert below_contract(at(21)) == [1.0]
    assert below_contract(at(20 + 1801)) == []


def test_a_train_that_says_nothing_of_a_way_ends_nothing_of_it(series, store):
    """Two of three are not sent back, and one in a hundred is not answered."""
    back = msgspec.structs.replace(
        BANDWIDTH, available_bps=9_000_000, confidence_ratio=0.99,
        down_bps=8_000_000, down_confidence_ratio=0.99,
    )  # fmt: skip
    plain = msgspec.structs.replace(BANDWIDTH, available_bps=9_000_000, confidence_ratio=0.99)
    unanswered = BandwidthBody(sent=14, received=0, train_bytes=17_000, problem="no answer")
    sold = Contracted(40_000_000, 10_000_000)

    def came(seq, body, now):
        store.commit([arrival(seq, body=body)])
        judge(store, now, contracted=sold)
        problems = now_wrong(series, now).problems
        return [p.arguments["down_mbps"] for p in problems if p.key is ProblemKey.BELOW_CONTRACT]

    store.commit([arrival(1)])
    store.keep_span(at(3600))
    assert came(2, back, at(21)) == [8.0]
    assert came(62, plain, at(621)) == [8.0]
    assert came(66, unanswered, at(661)) == [8.0]
    fine = msgspec.structs.replace(back, down_bps=39_000_000)
    assert came(182, fine, at(1821)) == []
    assert [one[1] for one in history(series)].count("below_contract") == 2


def test_a_loss_that_is_judged_says_which_way(series, store):
    line = LineSection(
        sent=100, received=94, rtt_ms=20.0,
        up=LineWay(sent=100, received=95), down=LineWay(sent=95, received=94),
    )  # fmt: skip
    body = msgspec.structs.replace(health(1), line=line)
    store.commit([arrival(seq, body=body) for seq in range(1, 31)])
    judge(store, at(301))
    (loss,) = (p for p in now_wrong(series, at(301)).problems if p.key is ProblemKey.LOSS)
    assert loss.arguments["percent"] == 6.0
    assert loss.arguments["up_percent"] == pytest.approx(5.0, abs=0.1)


def test_after_an_outage_the_loss_is_over_though_the_window_still_holds_it(series, store):
    def probed(seq, received):
        line = LineSection(sent=3, received=received, rtt_ms=20.0)
        return arrival(seq, body=msgspec.structs.replace(health(seq), line=line))

    cut = [probed(seq, 0 if 20 <= seq < 40 else 3) for seq in range(1, 41)]
    store.commit(cut)
    judge(store, at(401))
    assert ("loss", None, "serious") in {row[1:4] for row in history(series)}
    store.commit([probed(seq, 3) for seq in range(41, 47)])
    judge(store, at(461))
    assert history(series)[-1][1:4] == ("loss", "serious", None)


def test_a_line_that_was_slow_for_three_nights_is_a_problem_until_a_test_finds_it_well(
    series, store
):
    def problem_after(day: int, mbps: int) -> list[float]:
        seq = day * 8640  # a report in ten seconds
        way = ThroughputWay(rate_bps=mbps * 1_000_000, test_bytes=9_000_000)
        body = ThroughputBody(test_id=f"{seq:016x}", outcome="done", up=way, down=way)
        now = at(10 * seq + 20)
        store.commit([arrival(seq, body=body), arrival(seq + 1)])
        store.keep_span(now)
        judge(store, now, contracted=Contracted(40_000_000, 15_000_000))
        problems = now_wrong(series, now).problems
        return [p.arguments for p in problems if p.key is ProblemKey.SLOW_NIGHTS]

    # Up it carries more than its 15 Mbit/s all the while: only the way that is slow is named.
    *first, third, last = [
        problem_after(day, mbps) for day, mbps in ((1, 18), (2, 17), (3, 16), (4, 37))
    ]
    assert (first, last) == ([[], []], [])
    (said,) = third
    assert {name: said[name] for name in said if name != "since"} == {
        "down_mbps": 18.0, "down_contract_mbps": 40.0, "nights": 3, "tests": 3,
    }  # fmt: skip
    flips = [one[1:4] for one in history(series) if one[1] == "slow_nights"]
    assert flips == [("slow_nights", None, "serious"), ("slow_nights", "serious", None)]


def test_a_line_that_is_full_one_way_is_said_while_it_is_and_not_of_another_interface(
    series, store
):
    def full_after(first: int, rx_mbps: int, tx_mbps: int) -> list[dict]:
        rates = tuple(
            InterfaceRate(name=name, has_carrier=True, rx_bps=rx * 10**6, tx_bps=tx * 10**6)
            for name, rx, tx in (("eth0", rx_mbps, tx_mbps), ("eth1", 99, 99))
        )
        seqs = range(first, first + 100)
        store.commit([arrival(seq, body=health(seq, interfaces=rates)) for seq in seqs])
        now = at(10 * seqs[-1] + 1)
        store.keep_span(now)
        limits = Thresholds(utilisation_ratio=0.75)
        judge(store, now, limits, contracted=Contracted(40_000_000, 10_000_000))
        problems = now_wrong(series, now).problems
        return [dict(p.arguments) for p in problems if p.key is ProblemKey.LINE_FULL]

    assert full_after(1, 8, 7) == []
    (full,) = full_after(101, 8, 9)
    assert (full["percent"], full["up_percent"], "down_percent" in full) == (90, 90, False)
    flips = history(series)
    judge(store, at(2011))  # ingest has begun anew, and has not read the contracts yet
    assert history(series) == flips
    assert full_after(202, 29, 7) == []


def test_open_problems_of_ports_are_told_apart_by_the_port_after_an_upgrade(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/series.db")
    with engine.begin() as connection:
        command.upgrade(configuration("series", connection), "0019")
        for problem, about, evidence in (
            ("port_errors", "Gi7 (switch)", '{"name": "Gi7 (switch)", "port": "sw01/7"}'),
            ("port_errors", "#7", '{"name": "#7", "port": "sw01/7"}'),
            ("port_errors", "Gi8", '{"name": "Gi8"}'),
            ("poe_fault", "Gi9", '{"name": "Gi9"}'),
        ):
            connection.exec_driver_sql(
                "INSERT INTO open_problem (point_id, problem, about, severity, began_at, evidence)"
                " VALUES (?, ?, ?, 'minor', 1000, ?)",
                (P1, problem, about, evidence),
            )
    upgrade(engine, "series")
    with reading(engine) as session:
        left = sorted((one.problem, one.about) for one in session.exec(select(OpenProblem)))
    assert left == [("poe_fault", "Gi9"), ("port_errors", "Gi8"), ("port_errors", "sw01/7")]
    engine.dispose()
