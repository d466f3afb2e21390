"""Causes by evidence: whatever order late data comes in, and never surer than it may be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.judgement.outage_cause import FactKey, judged
from monitoring.judgement.outage_cause import OutageCause as Cause
from monitoring.judgement.outage_evidence import AddressWord, BatteryWord, WayWord, WordKind
from monitoring.judgement.outage_texts import evidence_sentence
from tests.unit.monitoring.judgement.outage_story import (
    CUT_LINE,
    GOOD,
    NO_CABLE,
    NO_ROUTE,
    NO_ROUTER,
    at,
    before,
    during,
    evidence,
    record,
    word,
)

GOODBYE, WILL, BIRTH = WordKind.GOODBYE, WordKind.WILL, WordKind.BIRTH
NEW_BOOT = record(1, 100, boot=2, booted_s=70)
STOOD_STILL = record(1, 100)
ON_BATTERY = (BatteryWord(at(-300), on_battery=True),)
BACK = (*ON_BATTERY, BatteryWord(at(-200), on_battery=False))
BACK_LATER = (*ON_BATTERY, BatteryWord(at(80), on_battery=False))


@pytest.mark.parametrize(
    ("told", "cause", "is_certain"),
    [
        (evidence(*before(), *during(NO_CABLE, NO_CABLE)), Cause.LAN, True),
        (evidence(*before(), *during(NO_ROUTER, NO_ROUTER)), Cause.LAN, True),
        (evidence(*before(), *during(NO_ROUTE, NO_ROUTE)), Cause.LAN, False),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE)), Cause.LINE, True),
        (evidence(*before(), *during(replace(GOOD, probes_received=4), CUT_LINE, CUT_LINE)),
         Cause.LINE, True),
        (evidence(*before(), *during(CUT_LINE)), Cause.LINE, False),
        (evidence(*before(), *during(CUT_LINE, NO_CABLE)), Cause.LINE, False),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE, first=2)), Cause.LINE, False),
        (evidence(*before(), *during(GOOD, GOOD, GOOD)), Cause.CENTRE, False),
        (evidence(*before(), NEW_BOOT), Cause.POWER, False),
        (evidence(*before(), NEW_BOOT, battery=ON_BATTERY), Cause.POWER, True),
        (evidence(*before(), NEW_BOOT, battery=BACK), Cause.POWER, False),
        (evidence(*before(), NEW_BOOT, battery=BACK_LATER),
         Cause.POWER, True),
        (evidence(*before(), NEW_BOOT, words=[word(GOODBYE, 1)]), Cause.PLANNED, True),
        (evidence(*before(), STOOD_STILL), Cause.DEVICE, True),
        (evidence(*before(), STOOD_STILL, words=[word(GOODBYE, 1)]), Cause.PLANNED, True),
        (evidence(*before(), STOOD_STILL, has_twins=True), Cause.DEVICE, False),
        (evidence(*before(), *during(NO_ROUTER, NO_ROUTER), battery=ON_BATTERY),
         Cause.POWER, False),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE), battery=ON_BATTERY), Cause.LINE, False),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE), others_down=100, points=170),
         Cause.CENTRE, False),
        (evidence(*before(), *during(NO_CABLE, NO_CABLE), others_down=100, points=170),
         Cause.LAN, True),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE), unit_down=2, others_down=2, points=170),
         Cause.LINE, True),
        (evidence(*before(), *during(CUT_LINE, CUT_LINE), follows_blindness=True),
         Cause.CENTRE, False),
    ],
)  # fmt: skip
def test_the_points_own_record_names_the_cause(told, cause, is_certain):
    verdict = judged(told)
    assert (verdict.cause, verdict.is_certain, verdict.is_recorded) == (cause, is_certain, True)


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({}, Cause.UNKNOWN),
        ({"words": [word(WILL, 12)]}, Cause.DEVICE),
        ({"words": [word(WILL, 95)]}, Cause.LINE),
        ({"words": [word(GOODBYE, 1)]}, Cause.PLANNED),
        ({"battery": ON_BATTERY, "words": [word(WILL, 95)]}, Cause.POWER),
        ({"others_down": 100, "points": 170}, Cause.CENTRE),
        ({"others_down": 1, "points": 2}, Cause.UNKNOWN),
        ({"unit_down": 1, "others_down": 1, "points": 170}, Cause.LINE),
        ({"has_twins": True}, Cause.DEVICE),
        ({"follows_blindness": True}, Cause.CENTRE),
    ],
)
def test_while_it_lasts_what_is_likely_has_a_question_mark(more, cause):
    verdict = judged(evidence(*before(), ended_s=None, **more))
    assert (verdict.cause, verdict.is_certain, verdict.is_recorded) == (cause, False, False)


def test_a_router_that_never_answered_is_not_blamed():
    mute = replace(GOOD, gateway_answers=False)
    earlier = [replace(one, sample=mute) for one in before()]
    verdict = judged(evidence(*earlier, *during(NO_ROUTER, NO_ROUTER)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)


def test_probes_that_never_came_through_do_not_make_the_carrier_certain():
    earlier = [replace(one, sample=CUT_LINE) for one in before()]
    verdict = judged(evidence(*earlier, *during(CUT_LINE, CUT_LINE)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)


def test_an_agent_that_was_begun_anew_at_once_was_the_device():
    births = [word(BIRTH, -600, "a" * 32), word(BIRTH, 14, "b" * 32)]
    verdict = judged(evidence(*before(), record(1, 12), ended_s=14, words=births))
    assert (verdict.cause, verdict.is_certain) == (Cause.DEVICE, True)


def test_an_agent_that_was_begun_anew_unheard_did_not_stop_when_its_session_came_back():
    """It was restarted while the centre did not listen, and found so when it did again."""
    story = (*before(), *during(CUT_LINE, CUT_LINE, CUT_LINE))
    runs = [word(BIRTH, -9000, "a" * 32), word(BIRTH, 12, "b" * 32)]
    verdict = judged(evidence(*story, words=runs))
    assert verdict.cause is Cause.DEVICE
    verdict = judged(evidence(*story, words=[*runs, word(WordKind.FOUND, -4000, "b" * 32)]))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, True)


@pytest.mark.parametrize(("will_s", "is_certain"), [(12, True), (57, False)])
def test_a_goodbye_that_could_not_come_leaves_a_question_mark(will_s, is_certain):
    births = [word(BIRTH, -600, "a" * 32), word(BIRTH, 99, "b" * 32)]
    words = [*births, word(WILL, will_s)]
    verdict = judged(evidence(*before(), STOOD_STILL, words=words))
    assert (verdict.cause, verdict.is_certain) == (Cause.DEVICE, is_certain)
    hung = [births[0], replace(births[1], run_id="a" * 32), word(WILL, will_s)]
    assert judged(evidence(*before(), STOOD_STILL, words=hung)).is_certain


@pytest.mark.parametrize(("words", "is_certain"), [([], True), ([word(WILL, 57)], False)])
def test_an_agent_that_was_ended_in_order_was_planned_unless_its_session_had_gone_before(
    words, is_certain
):
    births = [word(BIRTH, -600, "a" * 32), word(BIRTH, 99, "b" * 32)]
    told = word(GOODBYE, 3)
    verdict = judged(evidence(*before(), STOOD_STILL, words=[*births, *words, told]))
    assert (verdict.cause, verdict.is_certain) == (Cause.PLANNED, is_certain)


def test_an_outage_shortly_before_does_not_hide_that_the_agent_stood_still():
    earlier = [
        replace(one, seq=one.seq - 6, at=one.at - timedelta(seconds=120)) for one in before()
    ]
    verdict = judged(evidence(*earlier, *before(), record(1, 50)))
    assert (verdict.cause, verdict.is_certain) == (Cause.DEVICE, True)


def test_a_report_of_another_process_is_no_sign_that_the_agent_lived():
    trap = record(1, 40, sample=None)
    verdict = judged(evidence(*before(), trap, replace(STOOD_STILL, seq=2)))
    assert (verdict.cause, verdict.is_certain) == (Cause.DEVICE, True)


def test_an_agent_that_kept_its_reports_elsewhere_did_not_stop():
    elsewhere = [replace(one, outbox=2) for one in during(CUT_LINE, CUT_LINE)]
    verdict = judged(evidence(*before(), *elsewhere, record(1, 130)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)


NAMELESS = replace(GOOD, is_nameless=True)
NOT_PROBED = replace(GOOD, probes_sent=0, probes_received=0)
UNPROBED = replace(NOT_PROBED, is_nameless=True, is_unprobed=True)
DEAF = replace(CUT_LINE, is_nameless=True)


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        # Probes pass, and no name server found the centre, before it began or in it.
        (evidence(*before(), *during(GOOD, NAMELESS, GOOD)), Cause.DNS),
        (evidence(*before(5), record(1, 1, NAMELESS), *during(GOOD, GOOD, first=2)), Cause.DNS),
        (evidence(*before(), *during(NOT_PROBED, UNPROBED)), Cause.DNS),
        # A name server behind the line that is cut is silent as well.
        (evidence(*before(), *during(replace(NOT_PROBED, is_nameless=True), DEAF, DEAF)),
         Cause.LINE),
        (evidence(*before(), *during(GOOD, GOOD, GOOD, DEAF, DEAF)), Cause.DNS),
        # What is lost once nothing can be sent was sent before, by the way of then.
        (evidence(*before(), *during(UNPROBED, CUT_LINE, DEAF, UNPROBED)), Cause.DNS),
        # What ended after the line had carried for long began nothing.
        (evidence(*before(), *during(GOOD, GOOD, GOOD, CUT_LINE, CUT_LINE)), Cause.CENTRE),
        (evidence(*before(), *during(GOOD, GOOD, GOOD, NO_CABLE, NO_CABLE)), Cause.CENTRE),
        # It was dead and alive again before.
        (evidence(record(-9, -90, NAMELESS), *before(), *during(GOOD, GOOD, GOOD)), Cause.CENTRE),
    ],
)  # fmt: skip
def test_names_that_are_not_found_are_a_cause_with_a_question_mark(told, cause):
    verdict = judged(told)
    is_line = cause is Cause.LINE
    assert (verdict.cause, verdict.is_certain) == (cause, is_line)
    is_said = FactKey.NO_NAME in {fact.key for fact in verdict.facts}
    assert is_said is (cause is Cause.DNS)


def test_what_is_lost_as_another_way_is_taken_does_not_make_the_carrier_certain():
    moved = replace(CUT_LINE, gateway="192.168.8.1")
    verdict = judged(evidence(*before(), *during(moved, moved, moved)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)
    says_no = replace(moved, is_nameless=True, is_unknown_name=True)
    verdict = judged(evidence(*before(), *during(moved, says_no, moved)))
    assert (verdict.cause, verdict.is_certain) == (Cause.DNS, False)


def test_names_that_failed_before_are_not_to_blame_where_nothing_else_is_known():
    dead = [*before(5), record(1, 1, NAMELESS)]
    verdict = judged(evidence(*dead, *during(NOT_PROBED, first=2), ended_s=15))
    assert (verdict.cause, verdict.is_recorded) == (Cause.UNKNOWN, False)


def test_who_says_that_there_is_no_such_name_speaks_against_a_cut_line():
    says_no = replace(DEAF, is_unknown_name=True)
    verdict = judged(evidence(*before(), *during(CUT_LINE, says_no, CUT_LINE)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)
    earlier = [replace(one, sample=CUT_LINE) for one in before()]  # nobody reflected before
    verdict = judged(evidence(*earlier, *during(CUT_LINE, says_no, CUT_LINE)))
    assert (verdict.cause, verdict.is_certain) == (Cause.DNS, False)


ASTRAY = replace(NAMELESS, false_name="192.0.2.99")


@pytest.mark.parametrize(
    "told",
    [
        # Probes still go where the centre is, or went where it is said to be.
        during(GOOD, ASTRAY, GOOD),
        during(CUT_LINE, replace(DEAF, false_name="192.0.2.99"), CUT_LINE),
        during(NOT_PROBED, replace(UNPROBED, false_name="192.0.2.99")),
    ],
)
def test_a_name_server_that_gives_another_address_is_named_with_it(told):
    verdict = judged(evidence(*before(), *told))
    assert (verdict.cause, verdict.is_certain) == (Cause.DNS, False)
    named = [one for one in verdict.facts if one.key is FactKey.FALSE_NAME]
    assert [one.arguments for one in named] == [{"address": "192.0.2.99"}]
    assert FactKey.NO_NAME not in {one.key for one in verdict.facts}


def test_a_lie_of_before_and_what_is_broken_nearer_by_stay_apart():
    lied = [*before(5), record(1, 1, ASTRAY)]  # and the session and its probes stood
    verdict = judged(evidence(*lied, *during(CUT_LINE, DEAF, DEAF, first=2)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, True)
    no_cable = replace(NO_CABLE, is_nameless=True, false_name="192.0.2.99")
    verdict = judged(evidence(*before(), *during(no_cable, no_cable, no_cable)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LAN, True)


def test_lost_probes_say_nothing_where_they_were_lost_before_and_something_nearer_shows():
    earlier = [replace(one, sample=CUT_LINE) for one in before()]  # the reflector was down
    verdict = judged(evidence(*earlier, *during(CUT_LINE, NO_ROUTER, NO_ROUTER)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LAN, True)
    verdict = judged(evidence(*earlier, record(1, 10, CUT_LINE), record(2, 100, boot=2)))
    assert (verdict.cause, verdict.is_certain) == (Cause.LINE, False)


@pytest.mark.parametrize("ends", [NEW_BOOT, STOOD_STILL])
def test_a_machine_that_ended_after_the_line_had_carried_for_long_began_nothing(ends):
    ends = replace(ends, seq=4, at=at(110))
    verdict = judged(evidence(*before(), *during(NAMELESS, NAMELESS, NAMELESS), ends))
    assert (verdict.cause, verdict.is_certain) == (Cause.DNS, False)
    verdict = judged(evidence(*before(), *during(GOOD, GOOD, GOOD), ends))
    assert (verdict.cause, verdict.is_certain) == (Cause.CENTRE, False)


def test_since_when_is_by_the_points_own_record():
    verdict = judged(evidence(*before(), *during(GOOD, CUT_LINE, CUT_LINE)))
    assert verdict.began_at == at(10)
    assert judged(evidence(*before(), ended_s=None)).began_at is None


def test_what_came_later_began_nothing():
    later = during(*[CUT_LINE] * 4, *[NO_CABLE] * 4)
    assert judged(evidence(*before(), *later, record(9, 110, boot=2))).cause is Cause.LINE


samples = st.sampled_from([GOOD, CUT_LINE, NO_ROUTER, NO_CABLE, NO_ROUTE, None])


@st.composite
def stories(draw):
    """A point's whole record of an outage, with restarts and times of nothing."""
    records, seconds, boot = list(before()), 0.0, 1
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        seconds += draw(st.sampled_from([10, 10, 10, 60]))
        boot += draw(st.sampled_from([0, 0, 0, 0, 1]))
        records.append(record(seq, seconds, draw(samples), boot=boot))
    battery = draw(st.sampled_from([(), ON_BATTERY, BACK, BACK_LATER]))
    words = draw(st.sampled_from([[], [word(GOODBYE, 1)], [word(WILL, 12)], [word(WILL, 95)]]))
    return evidence(
        *records,
        ended_s=seconds + 5,
        battery=battery,
        words=words,
        others_down=draw(st.sampled_from([0, 2, 100])),
        points=170,
        has_twins=draw(st.booleans()),
    )


@settings(max_examples=300)
@given(stories(), st.randoms(use_true_random=False))
def test_any_order_of_late_data_gives_the_same_verdict(story, chance):
    shuffled = list(story.records)
    chance.shuffle(shuffled)
    battery = list(story.battery)
    chance.shuffle(battery)
    assert judged(replace(story, records=shuffled, battery=battery)) == judged(story)


@settings(max_examples=300)
@given(stories(), st.data())
def test_more_of_the_record_never_makes_certain_what_contradicts(story, data):
    kept = data.draw(st.lists(st.sampled_from(story.records), unique=True))
    battery = data.draw(st.lists(st.sampled_from(story.battery))) if story.battery else []
    early, late = judged(replace(story, records=kept, battery=battery)), judged(story)
    if early.is_certain and late.is_certain:
        assert early.cause is late.cause


@given(stories())
def test_every_verdict_can_be_said(story):
    facts = judged(story).facts
    for language in ("vi", "en"):
        assert "{" not in evidence_sentence(facts, language, at(0))


def test_every_fact_has_its_words():
    from monitoring.judgement import outage_texts

    for texts in outage_texts._TEXTS.values():
        assert texts.keys() == set(FactKey)


def traced(seconds, ending="silent", hop=1, address="192.168.1.1", usual="10.1.2.3", left=3):
    return WayWord(at(seconds), ending, hop, address, usual, left)


NO_ECHO = replace(CUT_LINE, gateway_answers=False)


@pytest.mark.parametrize(
    ("sample", "way", "cause", "is_certain", "key"),
    [
        # The gateway answers no echo: the trace alone says that the room is well.
        (NO_ECHO, None, Cause.LINE, False, None),
        (NO_ECHO, traced(30), Cause.LINE, True, FactKey.WAY_STOPPED_SHORT),
        (NO_ECHO, traced(30, usual="", left=None), Cause.LINE, False, FactKey.WAY_STOPPED),
        (NO_ECHO, traced(30, hop=0, address="", usual=""), Cause.LINE, False, None),
        (NO_ECHO, traced(30, "refused", address="203.0.113.9"), Cause.CENTRE, False,
         FactKey.CENTRE_ANSWERS),
        (CUT_LINE, traced(30, hop=3, address="10.1.2.3", left=2), Cause.LINE, True,
         FactKey.WAY_STOPPED_SHORT),
        (CUT_LINE, traced(30, hop=3, address="10.1.2.3", left=1), Cause.CENTRE, False,
         FactKey.WAY_STOPPED_SHORT),
        (CUT_LINE, traced(30, hop=1, left=1), Cause.LINE, True, FactKey.WAY_STOPPED_SHORT),
        (CUT_LINE, traced(30, "unreachable", hop=2), Cause.LINE, True, FactKey.WAY_REFUSED),
        (CUT_LINE, traced(30, "loop", hop=2), Cause.LINE, True, FactKey.WAY_LOOPS),
        # What was traced once the way was whole again, or long after, says nothing of it.
        (CUT_LINE, traced(100, "reached", left=0), Cause.LINE, True, None),
        (CUT_LINE, traced(-30, "refused"), Cause.LINE, True, None),
        (CUT_LINE, traced(121, "refused"), Cause.LINE, True, None),
    ],
)  # fmt: skip
def test_what_a_trace_saw_is_said_and_counts_where_it_is_sure(sample, way, cause, is_certain, key):
    usual = replace(GOOD, gateway_answers=sample.gateway_answers)
    well = [replace(one, sample=usual) for one in before()]
    story = evidence(*well, *during(*[sample] * 11), record(12, 120))
    verdict = judged(replace(story, ways=() if way is None else (way,)))
    assert (verdict.cause, verdict.is_certain) == (cause, is_certain)
    keys = {FactKey.WAY_STOPPED, FactKey.WAY_STOPPED_SHORT, FactKey.WAY_REFUSED,
            FactKey.WAY_LOOPS, FactKey.CENTRE_ANSWERS}  # fmt: skip
    assert [fact.key for fact in verdict.facts if fact.key in keys] == ([key] if key else [])


def test_another_public_address_afterwards_is_said_with_it():
    story = evidence(*before(), *during(*[CUT_LINE] * 11), record(12, 120))
    moved = AddressWord(at(125), "203.0.113.40", "198.51.100.7")
    verdict = judged(replace(story, addresses=(moved,)))
    told = evidence_sentence(verdict.facts, "vi", at(200))
    assert "địa chỉ công cộng đổi từ 203.0.113.40 sang 198.51.100.7" in told
    assert verdict.cause is Cause.LINE
