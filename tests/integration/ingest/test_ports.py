"""What devices say of their interfaces, over five minutes and hours, on both kinds of database."""

import msgspec
import pytest
from sqlmodel import func, select

from contracts.devices import SeenDevice, SeenInterface, SeenPoe, SnmpBody
from controller.db.engine import reading
from controller.devices.ports import PortFaults
from controller.health import link_queries, point_queries
from controller.ingest import retention
from controller.ingest.port_words import MOST_OF_A_POINT
from controller.ingest.problem_tables import ProblemFlip
from controller.ingest.quotas import INTERFACES_AT_ONCE
from controller.ingest.retention import Kept
from controller.ingest.store import SeriesStore
from controller.ingest.tables import HAS_ERRORS, Figure1H, Health1H, Interface1H, Port1H, Port5Min
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey, Thresholds
from tests.integration.ingest.judged import judge, store_of_one_up
from tests.integration.ingest.reports import P1, P2, T0, arrival, at


def port(index, in_bps, out_bps=500, *, is_up=True, **faults):
    return SeenInterface(index=index, is_up=is_up, in_bps=in_bps, out_bps=out_bps, **faults)


def switch(seq, *ports, answer="answers", point=P1, **more):
    return arrival(seq, body=SnmpBody((a_switch(seq, *ports, answer=answer, **more),)), point=point)


def a_switch(seq, *ports, answer="answers", device_id="sw01", **more):
    return SeenDevice(
        device_id=device_id, asked_at=at(10 * seq), answer=answer, answered_at=at(10 * seq),
        interfaces=ports, name="sw-hop", **more,
    )  # fmt: skip


@pytest.fixture
def store(series):
    return SeriesStore(series)


def test_rates_are_rolled_up_whatever_order_they_come_in(series, store):
    store.commit([switch(31, port(7, 3000)), switch(2, port(7, 1000), port(8, None, None))])
    store.commit([switch(1, port(7, 2000, is_up=False)), switch(31, port(7, 3000))])
    with reading(series) as session:
        fine = session.exec(select(Port5Min).order_by(Port5Min.begins_at, Port5Min.if_index)).all()
        hours = session.exec(select(Port1H).where(Port1H.if_index == 7)).all()
    assert [(p.begins_at, p.if_index, p.samples, p.up_samples) for p in fine] == [
        (T0, 7, 2, 1), (T0, 8, 1, 1), (at(300), 7, 1, 1),
    ]  # fmt: skip
    assert [(p.in_samples, p.in_sum_bps, p.in_max_bps) for p in fine] == [
        (2, 3000, 2000), (0, 0, None), (1, 3000, 3000),
    ]  # fmt: skip
    assert [(p.samples, p.in_sum_bps, p.in_max_bps, p.out_sum_bps) for p in hours] == [
        (3, 6000, 3000, 1500)
    ]


def test_what_ports_counted_adds_up_and_nothing_is_not_unknown(series, store):
    store.commit([switch(2, port(7, 1, errors=40), port(8, 1), counted_s=300)])
    store.commit([switch(3, port(7, 1), port(8, 1)), switch(1, port(9, 1))])  # nobody counted
    store.commit([
        switch(4, port(7, 1, errors=7, drops=3), port(8, 1, errors=None), counted_s=90),
        switch(5, port(7, 1), port(9, 1), counted_s=90, uncounted=("errors",)),
        switch(40, port(7, 1, errors=100), counted_s=90),
    ])  # fmt: skip
    for table, sevens in ((Port5Min, [(47, 3), (100, 0)]), (Port1H, [(147, 3)])):
        with reading(series) as session:
            rows = session.exec(select(table).order_by(table.begins_at, table.if_index)).all()
        found = [(one.if_index, one.errors_counted, one.drops_counted) for one in rows]
        assert [tuple(counts) for index, *counts in found if index == 7] == sevens
        assert [tuple(counts) for index, *counts in found if index == 8] == [(0, 0)]
        assert [tuple(counts) for index, *counts in found if index == 9] == [(None, 0)]
    with reading(series) as session:
        lately = link_queries.lately(session, P1, since=T0, damaging={"sw01/7"})
    assert lately["sw01", 9] == PortFaults(None, 0)
    assert lately["sw01", 7] == PortFaults(147, 3, is_damaging=True)


def wrong(series, store, now_s, limits=None):
    store.keep_span(at(now_s))
    judge(store, at(now_s), limits)
    with reading(series) as session:
        judgement = point_queries.standing(session, P1, at(now_s)).judgement
    return judgement.state, [(one.key, dict(one.arguments)) for one in judgement.problems]


def named(found):
    return [(key, said["name"]) for key, said in found[1]]


BAD = [(ProblemKey.PORT_ERRORS, "Gi1/0/7 (sw-hop)")]


def test_a_port_whose_errors_grow_is_named_until_it_has_few(series):
    store, limits = store_of_one_up(series), Thresholds(port_errors_count=100)
    named_port = msgspec.structs.replace(port(7, 1, errors=90), name="Gi1/0/7")
    store.commit([switch(1, named_port, counted_s=300)])
    assert wrong(series, store, 20, limits)[1] == []
    store.commit([switch(31, named_port, counted_s=300)])
    state, [(key, said)] = wrong(series, store, 320, limits)
    assert (state, key, said["errors"]) == (PresenceState.UP, ProblemKey.PORT_ERRORS, 180)
    assert named(wrong(series, store, 3_800, limits)) == BAD  # 90: too few to begin with
    assert wrong(series, store, 4_300, limits)[1] == []


def test_ports_with_errors_are_found_among_all_others_by_their_index(series):
    """Of 3,321 points a million rows of the last hour have none."""
    with reading(series) as session:
        if session.connection().dialect.name != "sqlite":
            pytest.skip("PostgreSQL reads a table of no rows without an index")
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN "
            "SELECT point_id FROM port_5min WHERE errors_counted > 0 AND begins_at > 1"
        )
        [row] = plan
    assert str(HAS_ERRORS) == "errors_counted > 0"
    assert "ix_port_5min_errors" in str(row)


def test_a_port_that_is_told_of_no_more_has_its_number_for_a_name(series):
    store = store_of_one_up(series)
    store.commit([switch(n, port(7, 1, errors=900), counted_s=300) for n in (1, 31)])
    store.commit([switch(32)])
    assert named(wrong(series, store, 330)) == [(ProblemKey.PORT_ERRORS, "#7")]


@pytest.mark.parametrize("later", [switch(32, answer="silent"), switch(32, port(8, 1))])
def test_a_port_that_is_known_to_be_bad_keeps_its_name(series, later):
    """A silent switch tells of no port; one of 500 only of others, and cuts long names."""
    store = store_of_one_up(series)
    bad = msgspec.structs.replace(port(7, 1, errors=900), name="Gi1/0/7")
    store.commit([switch(n, bad, counted_s=300) for n in (1, 31)])
    assert named(wrong(series, store, 320)) == BAD
    store.commit([later])
    assert named(wrong(series, store, 330)) == BAD
    with reading(series) as session:
        [flip] = session.exec(select(ProblemFlip)).all()
    assert (flip.problem, flip.became) == ("port_errors", "minor")


def test_a_port_that_gives_no_power_for_a_fault_degrades_its_point(series):
    store = store_of_one_up(series)
    poe = (SeenPoe(port="Gi1/0/3", index=3, state="fault"), SeenPoe(port="Gi1/0/4", index=4))
    store.commit([switch(1, poe=poe)])
    found = wrong(series, store, 20)
    assert found[0] is PresenceState.DEGRADED
    assert named(found) == [(ProblemKey.POE_FAULT, "Gi1/0/3 (sw-hop)")]
    store.commit(
        [switch(2, poe=poe, answer="silent")]
    )  # of the last answer: who is silent is not well
    assert wrong(series, store, 30) == found
    store.commit([switch(3, poe=(SeenPoe(port="Gi1/0/3", index=3, state="delivering"),))])
    assert wrong(series, store, 40) == (PresenceState.UP, [])


def test_two_switches_of_one_name_with_the_same_bad_port_are_two_problems(series):
    store = store_of_one_up(series)
    bad = msgspec.structs.replace(port(7, 1, errors=900), name="Gi1/0/7")
    no_power = (SeenPoe(port="Gi1/0/3", index=3, state="fault"),)

    def both(seq, *of_the_second, poe=no_power):
        first = a_switch(seq, bad, counted_s=300, poe=no_power)
        second = a_switch(seq, *of_the_second, device_id="sw02", counted_s=300, poe=poe)
        return arrival(seq, body=SnmpBody((first, second)))

    def which(now_s):
        return {(key, said["port"]) for key, said in wrong(series, store, now_s)[1]}

    errors, fault = ProblemKey.PORT_ERRORS, ProblemKey.POE_FAULT
    firsts = {(errors, "sw01/7"), (fault, "sw01/3")}
    store.commit([both(n, bad) for n in (1, 31)])
    assert which(320) == firsts | {(errors, "sw02/7"), (fault, "sw02/3")}
    store.commit([both(390, poe=()), both(420, poe=())])
    assert which(4_300) == firsts
    with reading(series) as session:
        over = session.exec(select(ProblemFlip.about).where(ProblemFlip.became.is_(None))).all()
    assert sorted(over) == ["sw02/3", "sw02/7"]


def test_of_a_switch_that_is_broken_at_once_so_many_ports_are_named(series):
    store = store_of_one_up(series)
    ports = [port(n, 1, errors=1000 + n) for n in range(1, 61)]
    store.commit([switch(n, *ports, counted_s=300) for n in (1, 31)])
    found = named(wrong(series, store, 320))
    assert sorted(name for _, name in found) == sorted(
        f"#{n} (sw-hop)" for n in range(61 - MOST_OF_A_POINT, 61)
    )
    # Which of them has most changes with each report, and who is named does not.
    store.commit(
        [switch(32, *(port(n, 1, errors=2000 - 2 * n) for n in range(1, 61)), counted_s=9)]
    )
    assert set(named(wrong(series, store, 330))) == set(found)


@pytest.mark.parametrize("answer", ["silent", "refused", "unreadable", "no_secret"])
def test_what_a_device_said_once_is_not_counted_while_it_does_not_answer(series, store, answer):
    store.commit([switch(1, port(7, 1000), answer=answer)])
    with reading(series) as session:
        assert session.exec(select(func.count()).select_from(Port5Min)).one() == 0


def test_a_point_that_invents_ports_has_so_many_and_leaves_others_theirs(series, store):
    store.commit(
        [switch(n, *(port(64 * n + i, 1) for i in range(64))) for n in range(8)]
        + [switch(9, port(1, 1), point=P2)]
    )
    with reading(series) as session:
        counted = dict(
            session.exec(select(Port5Min.point_id, func.count()).group_by(Port5Min.point_id)).all()
        )
    assert counted == {P1: INTERFACES_AT_ONCE, P2: 1}


def test_hours_leave_by_their_age_and_by_the_settings(series, store):
    store.commit([switch(1, port(7, 1)), arrival(2), arrival(3, point=P2)])
    kept = Kept()

    def left():
        with reading(series) as session:
            tables = (Health1H, Interface1H, Figure1H, Port1H)
            return [session.exec(select(func.count()).select_from(t)).one() for t in tables]

    before = left()
    for age, wanted in ((kept.hours, before), (kept.hours + (at(1) - T0), [0, 0, 0, 0])):
        for step in retention.hourly_steps(store.run(retention.points), T0 + age):
            store.run(step)
        assert left() == wanted
    assert before[0] == 2 and before[3] == 1
