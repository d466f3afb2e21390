"""An outage's cause as rows: said when it begins, corrected when the point's record comes."""

import random
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy
from sqlmodel import col, select

from contracts.devices import SeenTrap, TrapsBody
from contracts.ids import PointId
from contracts.line import LineSection
from contracts.reports import GatewaySection, InterfaceRate
from controller.db.engine import reading
from controller.health import outage_queries, point_queries
from controller.ingest import cause_rows, declared
from controller.ingest.cause_rows import Touched
from controller.ingest.cause_tables import OutageVerdict
from controller.ingest.store import SeriesStore
from controller.ingest.tables import PresenceInterval
from monitoring.judgement.outage_cause import FactKey
from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.outage_evidence import Word, WordKind
from monitoring.judgement.periods import Period
from monitoring.judgement.presence import (
    PointBecameUnknown,
    PointCameUp,
    PointWentDown,
)
from tests.bodies import health_body
from tests.integration.ingest.judged import store_presence
from tests.integration.ingest.reports import P1, P2, arrival, at

DOWN_S, UP_S = 100.0, 220.0
"""Of reports 1 to 10 the last comes as the outage begins, number 22 as it ends."""


def way(*, cable=True, router=True, line=True):
    """Return what a report says of a way to the centre that is whole or is not."""
    return health_body(
        interfaces=(InterfaceRate(name="eth0", has_carrier=cable),),
        gateway=GatewaySection(address="192.168.1.1", rtt_ms=1.0 if cable and router else None),
        link=LineSection(sent=5, received=5 if cable and router and line else 0),
    )


@pytest.fixture
def store(series):
    return SeriesStore(series)


def judge(store, now_s, *points):
    touched = {one: Touched(at(DOWN_S), at(now_s)) for one in points or (P1,)}
    return turn(store, now_s, touched).judged


def turn(store, now_s, touched):
    return store.run(
        lambda connection: cause_rows.judge(connection, touched=touched, now=at(now_s), unit_of={})
    )


def go_down(store, *points):
    store.commit([arrival(n, body=way()) for n in range(1, 11)])
    up = [PointCameUp(one, at(0), at(0)) for one in points or (P1,)]
    down = [PointWentDown(one, at(DOWN_S), at(DOWN_S + 25)) for one in points or (P1,)]
    store_presence(store, [*up, *down], at(DOWN_S + 25))


def come_back(store):
    store_presence(store, [PointCameUp(P1, at(UP_S), at(UP_S))], at(UP_S))
    store.commit([arrival(22, body=way())])


def late(*numbers, **broken):
    return [
        arrival(n, body=way(**broken), received_at=at(UP_S + 5)) for n in numbers or range(11, 22)
    ]


def causes(series):
    query = select(OutageVerdict).order_by(col(OutageVerdict.verdict_id))
    with reading(series) as session:
        return [(row.cause, row.is_certain, row.is_recorded) for row in session.exec(query)]


def said(series):
    with reading(series) as session:
        return outage_queries.said_of(session, [(P1, at(DOWN_S))])[P1, at(DOWN_S)]


def test_what_is_said_while_it_lasts_is_corrected_by_the_points_record_and_stays(series, store):
    go_down(store)
    will = Word(WordKind.WILL, at(DOWN_S + 95))
    store.run(lambda connection: cause_rows.write_words(connection, [(P1, will)]))
    assert [one.verdict.cause for one in judge(store, 200)] == [Cause.LINE]
    with reading(series) as session:
        now = point_queries.standing(session, P1, at(200)).outage
    assert now.verdict.cause is Cause.LINE and not now.verdict.is_certain
    assert now.noticed_at == at(DOWN_S + 25)
    come_back(store)
    store.commit(late(router=False))
    judge(store, 230)
    assert causes(series)[-1] == ("lan", True, True)
    last = said(series)
    assert (last.verdict.cause, last.before.cause) == (Cause.LAN, Cause.LINE)
    assert last.verdict.began_at == at(DOWN_S)
    facts = [fact.key for fact in last.verdict.facts]
    assert facts == [FactKey.GATEWAY_SILENT]
    assert last.verdict.facts[0].arguments == {"address": "192.168.1.1"}


@pytest.mark.parametrize(
    ("broken", "cause"),
    [({"cable": False}, "lan"), ({"router": False}, "lan"), ({"line": False}, "line")],
)
def test_late_data_in_any_order_ends_in_the_same_verdict(series, store, broken, cause):
    go_down(store)
    judge(store, 130)
    come_back(store)
    reports = late(**broken)
    random.Random(cause).shuffle(reports)
    for n, one in enumerate(reports):
        store.commit([one])
        judge(store, 231 + n)
    assert causes(series)[-1] == (cause, True, True)
    certain = {one for one, is_certain, _ in causes(series) if is_certain}
    assert certain == {cause}


def test_nothing_is_written_where_nothing_else_is_said(series, store):
    go_down(store)
    for now_s in (130, 140, 150):
        judge(store, now_s)
    assert len(causes(series)) == 1


def test_a_machine_that_started_anew_after_the_ups_was_on_battery_had_no_power(series, store):
    trap = TrapsBody(traps=(SeenTrap(device_id="ups1", kind="on_battery", age_ms=0.0),))
    go_down(store)
    store.commit([arrival(11, body=trap, measured_at=at(90))])
    store_presence(store, [PointCameUp(P1, at(UP_S), at(UP_S))], at(UP_S))
    new_boot = {"boot_id": "cd" * 16, "monotonic_ms": 20_000}
    store.commit([arrival(12, body=way(), measured_at=at(UP_S), **new_boot)])
    judge(store, 230)
    assert causes(series)[-1] == ("power", True, True)
    assert said(series).verdict.facts[0].arguments == {"at": at(UP_S - 20)}


def test_most_points_at_once_are_the_centre_and_two_of_two_are_not(series, store):
    many = [P1, P2, PointId("xa-ba")]
    go_down(store, *many)
    assert {one.verdict.cause for one in judge(store, 130, *many)} == {Cause.CENTRE}


def test_a_judgement_reads_no_history_of_other_points(series, store):
    if series.dialect.name != "sqlite":
        pytest.skip("counts the steps of SQLite")
    go_down(store)
    few = steps_of_judging(store, 130)
    rows = [
        {"point_id": f"xa-{n % 50}", "state": "down", "began_at": began, "noticed_at": began,
         "ended_at": began + timedelta(minutes=5)}
        for n in range(20_000)
        for began in [at(-86_400 - 10 * n)]
    ]  # fmt: skip
    table = PresenceInterval.metadata.tables["presence_interval"]
    store.run(lambda connection: connection.execute(sqlalchemy.insert(table), rows))
    assert steps_of_judging(store, 140) < few + 20


def test_a_point_with_many_outages_is_judged_in_several_turns_newest_first(series, store):
    changes = [PointCameUp(P1, at(0), at(0))]
    for n in range(30):
        changes.append(PointWentDown(P1, at(DOWN_S + 120 * n), at(DOWN_S + 120 * n + 25)))
        changes.append(PointCameUp(P1, at(DOWN_S + 120 * n + 60), at(DOWN_S + 120 * n + 60)))
    store_presence(store, changes, at(4000))
    touched, sizes, began = {P1: Touched(at(DOWN_S), at(4000))}, [], []
    while touched:
        found = turn(store, 4000, touched)
        sizes.append(len(found.judged))
        began += [one.outage.began_at for one in found.judged]
        touched = found.left
    assert max(sizes) == sizes[0] == cause_rows.AT_ONCE
    assert set(began) == {at(DOWN_S + 120 * n) for n in range(30)}
    assert at(DOWN_S + 120 * 29) in began[: cause_rows.AT_ONCE]


def steps_of_judging(store, now_s):
    """Return how many thousand steps the database took."""
    steps = []

    def run(connection):
        raw = connection.connection.dbapi_connection
        raw.set_progress_handler(lambda: steps.append(1), 1000)
        try:
            touched = {P1: Touched(at(DOWN_S), at(now_s))}
            cause_rows.judge(connection, touched=touched, now=at(now_s), unit_of={})
        finally:
            raw.set_progress_handler(None, 0)

    store.run(run)
    return len(steps)


def test_an_outage_that_the_centres_blindness_ended_in_is_the_centres(series, store):
    store.commit([arrival(n, body=way()) for n in range(1, 11)])
    blind = PointBecameUnknown(P1, at(60), at(70))
    down = PointWentDown(P1, at(DOWN_S), at(DOWN_S + 25))
    store_presence(store, [PointCameUp(P1, at(0), at(0)), blind, down], at(DOWN_S + 25))
    assert [one.verdict.cause for one in judge(store, 130)] == [Cause.CENTRE]


def test_a_point_whose_cause_cannot_be_judged_costs_no_other_its_own(store, monkeypatch):
    judged = cause_rows.judged
    go_down(store, P1, P2)

    def fails(evidence):
        if evidence.records:
            raise ValueError("no")
        return judged(evidence)

    monkeypatch.setattr(cause_rows, "judged", fails)
    assert [one.point_id for one in judge(store, 130, P1, P2)] == [P2]


def test_an_outage_declared_afterwards_becomes_planned_and_is_itself_again_when_withdrawn(
    series, store
):
    go_down(store)
    will = Word(WordKind.WILL, at(DOWN_S + 95))
    store.run(lambda connection: cause_rows.write_words(connection, [(P1, will)]))
    judge(store, 200)
    window = [Period(at(DOWN_S - 50), at(400))]

    def judged_with(times, now_s):
        before, after = ([], times) if times else (window, [])
        touched = {P1: declared.changed(before, after)}
        work = partial(cause_rows.judge, touched=touched, now=at(now_s), unit_of={},
                       maintenance={P1: times} if times else {})  # fmt: skip
        return store.run(work).judged

    assert [one.verdict.cause for one in judged_with(window, 300)] == [Cause.PLANNED]
    planned = said(series)
    assert (planned.verdict.is_certain, planned.before.cause) == (True, Cause.LINE)
    assert planned.verdict.facts[0].key is FactKey.MAINTENANCE
    assert judged_with(window, 310) == []
    assert [one.verdict.cause for one in judged_with([], 320)] == [Cause.LINE]
    assert said(series).before.cause is Cause.PLANNED
    assert declared.changed(window, window) is None
