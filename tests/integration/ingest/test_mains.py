"""A power supply on battery is a problem from its trap on, until it says otherwise."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from contracts.devices import SeenDevice, SeenTrap, SeenUps, SnmpBody, TrapsBody
from controller.db.engine import reading
from controller.health import point_queries
from monitoring.judgement.mains import HOLDS
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey
from tests.integration.ingest.judged import judge, store_of_one_up
from tests.integration.ingest.reports import P1, arrival, at


@pytest.fixture
def store(series):
    return store_of_one_up(series)


def trap(seq, kind):
    return arrival(seq, body=TrapsBody(traps=(SeenTrap(device_id="ups1", kind=kind),)))


def asked(seq, *, on_battery, answer="answers"):
    ups = SeenUps(on_battery=on_battery)
    one = SeenDevice(device_id="ups1", asked_at=at(10 * seq), answer=answer, name="ups-hop",
                     ups=ups)  # fmt: skip
    switch = SeenDevice(device_id="sw01", asked_at=at(10 * seq), answer="answers")
    return arrival(seq, body=SnmpBody(devices=(one, switch)))


def wrong(series, store, now_s):
    store.keep_span(at(now_s))
    judge(store, at(now_s))
    with reading(series) as session:
        judgement = point_queries.standing(session, P1, at(now_s)).judgement
    return judgement.state, [(p.key, p.arguments.get("name")) for p in judgement.problems]


ON_BATTERY = (PresenceState.DEGRADED, [(ProblemKey.ON_BATTERY, "ups-hop")])
WELL: tuple[PresenceState, list[object]] = (PresenceState.UP, [])


def test_a_trap_says_it_at_once_and_the_next_poll_says_whether_it_still_is(series, store):
    store.commit([asked(1, on_battery=False)])
    assert wrong(series, store, 11) == WELL
    store.commit([trap(2, "on_battery")])
    assert wrong(series, store, 21) == ON_BATTERY
    store.commit([asked(3, on_battery=True)])
    assert wrong(series, store, 31) == ON_BATTERY
    store.commit([trap(4, "power_restored")])
    assert wrong(series, store, 41) == WELL
    # The trap that says it is over may be lost: what was asked later counts.
    store.commit([trap(5, "battery_low"), asked(6, on_battery=False)])
    assert wrong(series, store, 61) == WELL


def test_a_trap_that_comes_late_is_no_newer_than_what_was_asked_since(series, store):
    store.commit([asked(9, on_battery=False)])
    store.commit([trap(5, "on_battery")])
    assert wrong(series, store, 91) == WELL


def test_a_power_supply_that_falls_silent_is_on_battery_for_a_while_and_not_for_ever(series, store):
    store.commit([asked(1, on_battery=False), trap(2, "on_battery")])
    silent = asked(3, on_battery=False, answer="silent")
    store.commit([silent])
    assert wrong(series, store, 40)[1] == [(ProblemKey.ON_BATTERY, None)]
    assert wrong(series, store, 41 + HOLDS.total_seconds()) == WELL


@pytest.mark.parametrize("days_off", [-365, 365])
def test_a_point_whose_clock_is_a_year_off_says_how_long_ago_it_asked(series, store, days_off):
    def by_its_clock(seq, *, on_battery):
        right, off = asked(seq, on_battery=on_battery), timedelta(days=days_off)
        devices = tuple(
            msgspec.structs.replace(one, asked_at=one.asked_at + off)
            for one in right.report.body.devices
        )
        body = SnmpBody(devices=devices)
        wrong = arrival(seq, body=body, measured_at=at(10 * seq) + off)
        return replace(wrong, at=right.at, received_at=right.received_at)

    store.commit([by_its_clock(1, on_battery=True)])
    assert wrong(series, store, 11) == ON_BATTERY
    store.commit([trap(2, "power_restored")])
    assert wrong(series, store, 21) == WELL
