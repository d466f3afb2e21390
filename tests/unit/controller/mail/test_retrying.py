"""What becomes of a letter after a try."""

from datetime import UTC, datetime, timedelta

import pytest

from controller.mail.retrying import (
    GIVEN_UP_AFTER,
    LETTER_RESTS,
    SERVER_RESTS,
    LetterState,
    Tried,
    tried,
)
from controller.mail.smtp import MailOutcome

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LATER = MailOutcome("recipients", 450)
DOWN = MailOutcome("unreachable", is_of_server=True)


def after(outcome: MailOutcome, *, tries: int = 1, waited: timedelta = timedelta()) -> Tried:
    return tried(outcome, tries=tries, queued_at=NOW - waited, now=NOW, chance=0.0)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (MailOutcome("sent"), LetterState.SENT),
        (MailOutcome("recipients", 550), LetterState.REFUSED),
        (MailOutcome("refused", 554), LetterState.REFUSED),
        (MailOutcome("refused", 554, is_of_server=True), LetterState.WAITING),
        (MailOutcome("login", 535, is_of_server=True), LetterState.WAITING),
        (LATER, LetterState.WAITING),
        (DOWN, LetterState.WAITING),
    ],
)
def test_what_is_for_good_and_what_is_tried_again(outcome: MailOutcome, state: LetterState) -> None:
    assert after(outcome).state is state


def test_a_letter_waits_longer_each_time_up_to_an_hour_and_a_server_rests_itself() -> None:
    waits = []
    for tries in range(1, 12):
        result = after(LATER, tries=tries)
        assert result.next_try_at is not None
        waits.append((result.next_try_at - NOW).total_seconds())
    assert waits[:3] == [60, 120, 240]
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert after(DOWN).next_try_at == NOW
    assert SERVER_RESTS.cap_s == LETTER_RESTS.cap_s == 3600


@pytest.mark.parametrize("outcome", [LATER, DOWN])
def test_after_three_days_it_is_given_up_and_not_before(outcome: MailOutcome) -> None:
    second = timedelta(seconds=1)
    assert after(outcome, waited=GIVEN_UP_AFTER - second).state is LetterState.WAITING
    assert after(outcome, waited=GIVEN_UP_AFTER).state is LetterState.GIVEN_UP
    assert after(MailOutcome("sent"), waited=GIVEN_UP_AFTER).state is LetterState.SENT
