"""What devices say of their interfaces, over five minutes and hours, on both kinds of database."""

import pytest
from sqlmodel import func, select

from contracts.devices import SeenDevice, SeenInterface, SnmpBody
from controller.db.engine import reading
from controller.ingest import retention
from controller.ingest.quotas import INTERFACES_AT_ONCE
from controller.ingest.retention import Kept
from controller.ingest.store import SeriesStore
from controller.ingest.tables import Figure1H, Health1H, Interface1H, Port1H, Port5Min
from tests.integration.ingest.reports import P1, P2, T0, arrival, at


def port(index, in_bps, out_bps=500, *, is_up=True):
    return SeenInterface(index=index, is_up=is_up, in_bps=in_bps, out_bps=out_bps)


def switch(seq, *ports, answer="answers", point=P1):
    device = SeenDevice("sw01", at(10 * seq), answer, answered_at=at(10 * seq), interfaces=ports)
    return arrival(seq, body=SnmpBody((device,)), point=point)


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
