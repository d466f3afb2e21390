"""How a guest's link stands, and what proves that somebody has it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.meeting_times import JOIN_BEFORE
from controller.link_pass import MAX_PASS_CHARS, SECRET_BYTES, Pass, parse
from controller.meetings.guests.guest_queries import marked
from controller.meetings.guests.standing import GuestStanding as S
from controller.meetings.guests.standing import Known, standing
from controller.meetings.meeting_state import MeetingPhase as P

BEGINS = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
OPENS = BEGINS - JOIN_BEFORE
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("phase", "now", "expected"),
    [
        (P.DRAFT, BEGINS + JOIN_BEFORE, S.EARLY),
        (P.SCHEDULED, OPENS - TICK, S.EARLY),
        (P.SCHEDULED, OPENS, S.OPEN),
        (P.LIVE, BEGINS + timedelta(hours=9), S.OPEN),
        (P.ENDED, BEGINS, S.OVER),
        (P.CANCELLED, OPENS, S.OVER),
    ],
)
def test_a_link_lets_in_from_a_little_before_the_meeting_until_its_end(phase, now, expected):
    assert standing(Known(phase, BEGINS), now=now) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(P.LIVE, BEGINS, is_withdrawn=True, is_put_out=True), S.WITHDRAWN),
        (Known(P.ENDED, BEGINS, is_withdrawn=True), S.WITHDRAWN),
        (Known(P.ENDED, BEGINS, is_put_out=True), S.OVER),
        (Known(P.LIVE, BEGINS, is_put_out=True, is_this_browser=False), S.PUT_OUT),
        (Known(P.SCHEDULED, BEGINS, is_this_browser=False), S.ELSEWHERE),
        (Known(P.LIVE, BEGINS, is_joined=False), S.IN_PERSON),
        (Known(P.ENDED, BEGINS, is_joined=False), S.OVER),
    ],
)
def test_what_the_office_did_is_said_before_what_the_clock_did(known, expected):
    assert standing(known, now=OPENS - TICK) is expected
    assert not expected.is_awaited


def test_a_secret_is_of_192_bits_and_its_hash_alone_proves_nothing():
    assert SECRET_BYTES * 8 == 192
    shown = Pass("guest-1", "s" * 32)
    assert shown.proves(shown.sha256)
    assert not shown.proves(None)
    assert not Pass("guest-1", shown.sha256).proves(shown.sha256)
    assert not Pass("guest-2", shown.secret).proves(shown.sha256)


def test_a_guests_mark_stays_whatever_of_the_name_has_no_room():
    assert marked("Bà Lò Thị Mai", "khách", most=40) == "Bà Lò Thị Mai (khách)"
    assert marked("x" * 60, "khách", most=40) == "x" * 32 + " (khách)"


@given(st.text(max_size=2 * MAX_PASS_CHARS))
def test_what_is_shown_is_read_as_it_is_or_not_at_all(text):
    shown = parse(text)
    assert shown is None or (shown.text == text and len(text) <= MAX_PASS_CHARS)


@pytest.mark.parametrize("text", ["", "guest-1", "x" * MAX_PASS_CHARS + ".", "khách.s", "a.\0"])
def test_what_cannot_be_a_pass_is_none(text):
    assert parse(text) is None
