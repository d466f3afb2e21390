"""A supply that asks for another battery: told until somebody replaced it, and told again anew."""

from datetime import timedelta

import pytest

from contracts.devices import MAX_SEEN_DEVICES, SeenDevice, SeenUps, SnmpBody
from contracts.local_days import day_of
from controller.db.engine import reading
from controller.health import point_queries
from controller.ingest import battery_rows, problem_rows
from controller.ingest.supply_words import BatteryState, SupplyWords
from monitoring.judgement.battery import ReplacedBattery
from monitoring.judgement.mains import HOLDS
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import ProblemKey, Thresholds
from tests.integration.ingest.judged import store_of_one_up
from tests.integration.ingest.reports import P1, arrival, at


@pytest.fixture
def store(series):
    return store_of_one_up(series)


def asked(seq, *, replace, answer="answers"):
    ups = SeenUps(on_battery=False, replace_battery=replace)
    one = SeenDevice(
        device_id="usbups", asked_at=at(10 * seq), answer=answer, name="ups-hop", ups=ups
    )
    return arrival(seq, body=SnmpBody(devices=(one,)))


def wrong(series, store, now_s, *replaced):
    """Judge; return the state shown, and since when which batteries are to be replaced."""
    store.keep_span(at(now_s))
    store.run(
        lambda connection: problem_rows.judge(
            connection,
            wanted=None,
            now=at(now_s),
            thresholds=Thresholds(),
            replaced={P1: replaced},
        )
    )
    with reading(series) as session:
        judgement = point_queries.standing(session, P1, at(now_s)).judgement
    assert judgement.state is PresenceState.UP
    assert {one.key for one in judgement.problems} <= {ProblemKey.BATTERY_WORN}
    return [(p.arguments.get("name"), p.arguments["since"]) for p in judgement.problems]


def said(now_s):
    return ReplacedBattery("usbups", day_of(at(now_s)), at(now_s))


def test_it_is_settled_by_a_word_taken_back_with_it_and_told_again_when_it_asks_anew(series, store):
    store.commit([asked(1, replace=False)])
    assert wrong(series, store, 11) == []
    store.commit([asked(2, replace=True)])
    assert wrong(series, store, 21) == [("ups-hop", at(20))]
    store.commit([asked(4, replace=True)])
    assert wrong(series, store, 41) == [("ups-hop", at(20))]
    word = said(45)
    store.commit([asked(5, replace=True)])
    assert wrong(series, store, 51, word) == []
    assert wrong(series, store, 52) == [("ups-hop", at(20))]  # the word was taken back
    # Silence is no word of the battery: it asks on, and is settled.
    store.commit([asked(6, replace=True, answer="silent")])
    assert wrong(series, store, 61, word) == []
    store.commit([asked(7, replace=True), asked(8, replace=None)])
    assert wrong(series, store, 81, word) == []
    store.commit([asked(9, replace=True)])
    assert wrong(series, store, 91, word) == []
    store.commit([asked(10, replace=False)])
    assert wrong(series, store, 101, word) == []
    store.commit([asked(11, replace=True)])
    assert wrong(series, store, 111, word) == [("ups-hop", at(110))]
    assert wrong(series, store, 112, word, said(112)) == []


def test_who_asks_is_known_on_its_page_and_a_silent_one_is_told_of_for_a_while(series, store):
    store.commit([asked(1, replace=True)])
    wrong(series, store, 11)
    with reading(series) as session:
        assert point_queries.battery_asks(session, P1) == {"usbups": at(10)}
    after_s = 11 + HOLDS.total_seconds()
    assert wrong(series, store, after_s) == []
    store.commit([asked(round(after_s / 10) + 1, replace=True)])
    assert wrong(series, store, after_s + 20) == [("ups-hop", at(10))]


def test_what_a_clock_that_was_ahead_has_written_is_settled_by_a_word_of_today(series, store):
    year_s = timedelta(days=365).total_seconds()
    words = SupplyWords(batteries=[BatteryState("usbups", at(year_s), True)])
    store.run(lambda connection: battery_rows.keep(connection, [P1], {P1: words}))
    store.commit([asked(2, replace=True)])
    assert wrong(series, store, 21) == [("ups-hop", at(20))]
    assert wrong(series, store, 31, said(30)) == []


def test_devices_that_come_and_go_leave_no_more_rows_than_a_point_may_have(series, store):
    def keep(number):
        words = SupplyWords(batteries=[BatteryState(f"ups{number:03}", at(number), True)])
        store.run(lambda connection: battery_rows.keep(connection, [P1], {P1: words}))

    for number in range(MAX_SEEN_DEVICES + 3):
        keep(number)
    with reading(series) as session:
        left = point_queries.battery_asks(session, P1)
    assert sorted(left)[0] == "ups003"
    assert len(left) == MAX_SEEN_DEVICES
    assert left["ups020"] == at(0) + timedelta(seconds=20)
