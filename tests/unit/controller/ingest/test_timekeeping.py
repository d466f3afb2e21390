"""Presence, statements and retention while somebody sets the centre's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.ids import PointId
from controller.ingest.listening import Listening
from controller.ingest.presence_book import PresenceBook
from controller.ingest.timekeeping import Timekeeping
from monitoring.judgement.presence import STATE_OF, PresenceLimits, PresenceState
from runtime.clock_trust import Doubt
from runtime.steady_clock import SETTLED_S

T0 = datetime(2026, 11, 26, 6, tzinfo=UTC)
ALIVE, CUT = PointId("xa-mot"), PointId("xa-hai")
HOURS = timedelta(hours=7)


class Centre:
    """The parts of ingest that live by the clock, and both clocks of its machine."""

    def __init__(self) -> None:
        self.passed_s, self.off, self.is_synchronised = 0.0, timedelta(), True
        self.time = Timekeeping(
            wall=lambda: T0 + timedelta(seconds=self.passed_s) + self.off,
            monotonic=lambda: 900.0 + self.passed_s,
            is_synchronised=lambda: self.is_synchronised,
        )
        self.listening = Listening()
        self.book = PresenceBook(PresenceLimits())
        self.alive = {ALIVE, CUT}
        self.changes: list[tuple[str, str, datetime]] = []
        now = self.time.now()
        self.book.blinded(self.listening.connected(now), now)

    def run(self, seconds: int, *, points_know: bool = False) -> None:
        """Let time pass, a report of each living point and a beat coming in every five seconds.

        Args:
            points_know: whether the points' own clocks are right.
        """
        for _ in range(seconds // 5):
            self.passed_s += 5
            now = self.time.now()
            if leap := self.time.take_leap():
                self.listening.clock_set(leap.now)
                self.book.clock_set(leap)
            if (blind_from := self.listening.sign(now)) is not None:
                self.book.resumed(blind_from, now)
            for point in (ALIVE, CUT, PointId("xa-ba")) if points_know else ():
                self.time.heard(point, T0 + timedelta(seconds=self.passed_s))
            for point in self.alive:
                self.book.heard(point, now, now)
            if self.listening.can_judge(now):
                self.book.tick(now)
            self.changes += [
                (change.point_id, STATE_OF[type(change)].value, change.began_at)
                for change in self.book.take_changes()
            ]

    @property
    def states(self) -> dict[PresenceState, int]:
        return {state: count for state, count in self.book.counts.items() if count}


@pytest.mark.parametrize("step", [HOURS, -HOURS, timedelta(days=4300)])
def test_a_step_of_the_clock_and_the_step_back_change_nothing(step: timedelta) -> None:
    centre = Centre()
    centre.run(60)
    before = len(centre.changes)
    centre.off = step
    centre.run(60)
    centre.off = timedelta()
    centre.run(60)
    assert centre.states == {PresenceState.UP: 2}
    assert len(centre.changes) == before


@pytest.mark.parametrize("step", [HOURS, -HOURS])
def test_a_point_that_is_cut_while_the_clock_is_wrong_is_down_in_time(step: timedelta) -> None:
    centre = Centre()
    centre.run(60)
    centre.off = step
    centre.run(10)
    centre.alive = {ALIVE}
    centre.run(35)
    assert centre.states == {PresenceState.UP: 1, PresenceState.DOWN: 1}
    assert centre.changes[-1] == (CUT, "down", T0 + timedelta(seconds=70))


@pytest.mark.parametrize("step", [HOURS, -HOURS])
def test_a_clock_that_stays_wrong_is_followed_and_presence_goes_on(step: timedelta) -> None:
    centre = Centre()
    centre.run(60)
    centre.off = step
    centre.run(int(SETTLED_S) + 60)
    assert centre.states == {PresenceState.UP: 2}
    now = centre.time.now()
    assert now == T0 + timedelta(seconds=centre.passed_s) + step
    assert all(began_at <= now for _, _, began_at in centre.changes[-2:])
    assert {state for _, state, _ in centre.changes[-4:]} == {"unknown", "up"}
    centre.alive = {ALIVE}
    centre.run(35)
    assert centre.states == {PresenceState.UP: 1, PresenceState.DOWN: 1}


@pytest.mark.parametrize("step", [HOURS, -HOURS])
def test_a_clock_that_the_points_contradict_is_not_followed(step: timedelta) -> None:
    centre = Centre()
    centre.run(60, points_know=True)
    before = len(centre.changes)
    centre.off = step
    centre.run(3 * int(SETTLED_S), points_know=True)
    assert centre.time.now() == T0 + timedelta(seconds=centre.passed_s)
    assert centre.states == {PresenceState.UP: 2}
    assert len(centre.changes) == before
    assert not centre.time.is_behind


def test_one_point_that_lies_about_its_clock_stops_nothing() -> None:
    centre = Centre()
    for lied in (timedelta(days=3000), -timedelta(days=300)):
        centre.time.heard(ALIVE, T0 + lied)
        centre.run(60)
        assert not centre.time.is_behind
        assert centre.states == {PresenceState.UP: 2}


def test_a_point_whose_clock_was_a_year_ahead_is_believed_again_by_what_it_says_next() -> None:
    centre, year = Centre(), timedelta(days=365)
    centre.time.heard(ALIVE, T0 + year, "outbox-of-mot", 7)
    centre.passed_s += 10
    assert centre.time.trusted()[1] is Doubt.BEHIND
    centre.time.heard(ALIVE, T0, "outbox-of-mot", 8)
    centre.passed_s += 10
    assert centre.time.trusted()[1] is None
    # What is sent later and was measured before says nothing of now; nor does another outbox's.
    centre.time.heard(ALIVE, T0 - year, "outbox-of-mot", 6)
    centre.time.heard(ALIVE, T0 - year, "outbox-of-its-room", 9)
    centre.passed_s += 10
    assert centre.time.trusted()[1] is None


def test_nothing_is_thrown_away_by_a_clock_that_is_far_from_the_points_clocks() -> None:
    centre = Centre()
    centre.time.restore(T0 - timedelta(hours=1))
    assert centre.time.trusted() == (T0, None)
    liar = PointId("xa-ba")
    for point, off in ((ALIVE, timedelta()), (CUT, timedelta()), (liar, timedelta(days=3000))):
        centre.time.heard(point, T0 + off)
    assert centre.time.trusted() == (T0, None)
    centre.off = timedelta(days=4300)
    assert centre.time.trusted()[1] is Doubt.LEAPT
    centre.passed_s += 3600
    assert centre.time.trusted()[1] is Doubt.AHEAD


def test_a_centre_that_begins_in_2020_writes_over_nothing_until_its_clock_is_right() -> None:
    centre = Centre()
    centre.off, centre.is_synchronised = -timedelta(days=2500), False
    late = Timekeeping(
        wall=lambda: T0 + timedelta(seconds=centre.passed_s) + centre.off,
        monotonic=lambda: centre.passed_s,
        is_synchronised=lambda: centre.is_synchronised,
    )
    late.restore(T0)
    assert late.now() == T0 - timedelta(days=2500)
    assert late.is_behind
    assert late.trusted()[1] is Doubt.BEHIND
    centre.off, centre.is_synchronised, centre.passed_s = timedelta(), True, 30.0
    assert late.now() == T0 + timedelta(seconds=30)
    assert not late.is_behind
