"""One event is told once: whatever falls together, however a line flaps, whatever was not seen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import PointId
from monitoring.judgement.coincidence import Reach
from monitoring.judgement.incidents import (
    BLIND,
    DOWN,
    ON_BATTERY,
    Ailment,
    Change,
    Hit,
    Incident,
    Scene,
    Turn,
    judge,
    well_since,
)

T0 = datetime(2026, 11, 27, 7, tzinfo=UTC)
LOOK_S = 2
# As monitoring/judgement/presence.py has it: silent for so long is down, from its last word on.
NOTICED_S = 25


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def province(units: int, each: int = 1) -> dict[PointId, tuple[str, ...]]:
    """Return points of units under one province."""
    return {
        PointId(f"p-{unit}-{number}"): (f"u-{unit}", "province")
        for unit in range(units)
        for number in range(each)
    }


@dataclass
class Play:
    """Looks every two seconds; what is down when is given as spans of seconds."""

    points: dict[PointId, tuple[str, ...]]
    down: dict[PointId, list[tuple[float, float]]] = field(default_factory=dict)
    unknown: list[tuple[float, float]] = field(default_factory=list)
    excluded: frozenset[PointId] = frozenset()
    told: list[Incident] = field(default_factory=list)
    gathering: list[Incident] = field(default_factory=list)
    said: list[tuple[float, Change]] = field(default_factory=list)
    numbers: int = 0

    def ailments(self, now_s: float) -> tuple[Ailment, ...]:
        """Return what presence would say."""
        found = []
        for point_id, spans in self.down.items():
            noticed = [one for one in spans if one[0] + NOTICED_S <= now_s and one[1] - one[0] > 25]
            if noticed and noticed[-1][1] > now_s:
                falls = sum(one[0] > now_s - 3600 for one in noticed)
                found.append(Ailment(point_id, DOWN, at(noticed[-1][0]), falls))
        return tuple(found)

    def run(self, until_s: float, begins_s: float = 0) -> None:
        for now_s in range(int(begins_s), int(until_s), LOOK_S):
            blind = next((one for one in self.unknown if one[0] <= now_s < one[1]), None)
            scene = Scene(
                at(now_s), {} if blind else self.points, () if blind else self.ailments(now_s),
                self.excluded, at(blind[0]) if blind else None,
            )  # fmt: skip
            self.look(now_s, scene)

    def look(self, now_s: float, scene: Scene) -> None:
        judged = judge([*self.told, *self.gathering], scene)
        self.gathering = judged.gathering
        kept = {one.number: one for one in self.told}
        for change in judged.changes:
            one = change.incident
            if change.turn is Turn.TOLD:
                assert one.number is None
                self.numbers += 1
                one = Incident(**{name: getattr(one, name) for name in one.__slots__} | {
                    "number": self.numbers})  # fmt: skip
                kept[one.number] = one
            elif change.turn in (Turn.RECOVERED, Turn.MERGED, Turn.EXCLUDED):
                del kept[one.number]  # once, and never of what is not open
            else:
                kept[one.number] = one
            self.said.append((now_s, change))
        self.told = list(kept.values())
        assert all(one.number is None for one in self.gathering)
        hits = [(one.key, hit.point_id) for one in (*self.told, *self.gathering)
                for hit in one.hits if hit.calm_since is None]  # fmt: skip
        assert len(hits) == len(set(hits))

    def messages(self, *turns: Turn) -> list[tuple[float, Change]]:
        wanted = turns or (Turn.TOLD, Turn.WIDER, Turn.RECOVERED)
        return [one for one in self.said if one[1].turn in wanted]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0, 12), min_size=170, max_size=170), st.integers(0, 9))
def test_the_province_s_main_line_is_one_alert_to_the_centre(
    spread: list[float], offset: int
) -> None:
    """Each point's last word lies up to twelve seconds before the cut."""
    points = province(85, 2)
    cut_s = 100 + offset
    down = {one: [(cut_s - s, 400.0)] for one, s in zip(points, spread, strict=True)}
    play = Play(points, down)
    play.run(560)
    [(told_s, alert), (over_s, over)] = play.messages()
    assert (alert.turn, alert.incident.reach) == (Turn.TOLD, Reach.CENTRE)
    assert told_s - cut_s <= 58
    assert (over.turn, over_s >= 520) == (Turn.RECOVERED, True)
    assert len(over.incident.hits) == 170


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(5, 28), st.floats(2, 28)), min_size=20, max_size=20))
def test_a_line_that_flaps_is_told_twice_at_most(flaps: list[tuple[float, float]]) -> None:
    """However long each time is; of a last will five seconds are noticed."""
    points, spans, now_s = province(10), [], 0.0
    for up_s, down_s in flaps:
        now_s += up_s
        spans.append((now_s - 20, now_s + down_s))
        now_s += down_s
    play = Play(points, {next(iter(points)): spans})
    play.run(now_s + 3600)
    assert len(play.messages()) <= 2
    assert len(play.messages(Turn.TOLD)) <= 1
    assert play.told == []
    assert play.gathering == []


@pytest.mark.parametrize(("up_s", "at_most"), [(30, 2), (100, 6), (180, 8), (600, 20)])
def test_a_line_that_comes_and_goes_more_slowly_wears_nobody_out(up_s: int, at_most: int) -> None:
    spans = [(100.0 + n * (60 + up_s), 160.0 + n * (60 + up_s)) for n in range(10)]
    points = province(10)
    play = Play(points, {next(iter(points)): spans})
    play.run(spans[-1][1] + 3600)
    assert len(play.messages()) <= at_most


def test_one_point_is_told_within_a_minute_and_its_recovery_once() -> None:
    points = province(10)
    one = next(iter(points))
    play = Play(points, {one: [(100.0, 700.0)]})
    play.run(2000)
    [(told_s, alert), (over_s, over)] = play.messages()
    assert (alert.incident.reach, alert.incident.hits[0].point_id) == (Reach.POINT, one)
    assert alert.incident.began_at == at(100)
    assert told_s - 100 <= 60
    assert 700 + 120 <= over_s <= 700 + 124
    assert (over.turn, over.incident.hits[0].calm_since) == (Turn.RECOVERED, at(700))


def test_points_of_one_unit_are_one_incident_and_another_s_is_its_own() -> None:
    points = province(10, 4)
    names = list(points)
    play = Play(points, {names[0]: [(100, 900)], names[1]: [(103, 900)], names[2]: [(108, 900)],
                         names[5]: [(104, 900)]})  # fmt: skip
    play.run(400)
    told = [one.incident for _, one in play.messages()]
    assert sorted((one.reach.value, one.unit_id, len(one.hits)) for one in told) == [
        ("point", "", 1), ("unit", "u-0", 3),
    ]  # fmt: skip


def test_what_passes_while_it_is_gathered_is_told_to_nobody() -> None:
    points = province(10)
    play = Play(points, {next(iter(points)): [(100, 128)]})
    play.run(900)
    assert play.said == []
    assert play.gathering == []


def test_while_the_centre_is_blind_only_that_is_told() -> None:
    points = province(20)
    play = Play(points, {one: [(100.0, 900.0)] for one in points}, unknown=[(60, 400)])
    play.run(400)
    assert [(one.turn, one.incident.key) for _, one in play.said] == [(Turn.TOLD, BLIND)]
    play.run(600, 400)
    alerts = play.messages(Turn.TOLD, Turn.RECOVERED)[1:]
    assert [(one.turn, one.incident.key) for _, one in alerts] == [
        (Turn.TOLD, DOWN), (Turn.RECOVERED, BLIND),
    ]  # fmt: skip
    assert well_since(alerts[1][1].incident) == at(400)


def test_a_centre_that_is_blind_again_and_again_is_told_once() -> None:
    """Of an ingest that starts and dies."""
    play = Play(province(20), unknown=[(60 + 75 * n, 120 + 75 * n) for n in range(20)])
    play.run(2400)
    assert [one.turn for _, one in play.messages()] == [Turn.TOLD, Turn.RECOVERED]
    assert (play.told, play.gathering) == ([], [])


def test_a_short_blindness_is_told_to_nobody_and_ends_nothing() -> None:
    """A start of ingest: who was down is still down, and was told."""
    points = province(20)
    play = Play(points, {next(iter(points)): [(100.0, 5000.0)]}, unknown=[(400, 424)])
    play.run(1000)
    assert [one.turn for _, one in play.messages()] == [Turn.TOLD]


def test_who_is_excluded_takes_no_part() -> None:
    points = province(20)
    names = list(points)
    down = {names[0]: [(100.0, 900.0)]}
    play = Play(points, down, excluded=frozenset(names[:1]))
    play.run(900)
    assert play.said == []
    play = Play(points, down)
    play.run(300)
    play.excluded = frozenset(names[:1])
    play.run(310, 300)
    assert [one.turn for _, one in play.said] == [Turn.TOLD, Turn.EXCLUDED]


def test_a_wide_incident_ends_though_one_point_stays_away_and_that_one_is_told() -> None:
    points = province(20)
    down = {one: [(100.0, 600.0)] for one in points}
    down[next(iter(points))] = [(100.0, 5000.0)]
    play = Play(points, down)
    play.run(1200)
    turns = [(one.turn, one.incident.reach, len(one.incident.hits)) for _, one in play.messages()]
    assert turns == [
        (Turn.TOLD, Reach.CENTRE, 20), (Turn.RECOVERED, Reach.CENTRE, 20),
        (Turn.TOLD, Reach.POINT, 1),
    ]  # fmt: skip


def test_who_was_well_for_long_falls_anew_though_another_of_its_unit_stays_away() -> None:
    points = province(10, 2)
    names = list(points)
    play = Play(points, {names[0]: [(100.0, 9000.0)],
                         names[1]: [(103.0, 700.0), (3000.0, 4000.0)]})  # fmt: skip
    play.run(5000)
    said = [(one.turn, one.incident.reach, len(one.incident.hits)) for _, one in play.messages()]
    assert said == [
        (Turn.TOLD, Reach.UNIT, 2), (Turn.TOLD, Reach.POINT, 1), (Turn.RECOVERED, Reach.POINT, 1),
    ]  # fmt: skip
    [still] = play.told
    assert {hit.point_id for hit in still.hits if hit.calm_since is None} == {names[0]}


def test_who_falls_anew_while_most_are_out_belongs_to_that_and_stands_in_it_once() -> None:
    points = province(20)
    names = list(points)
    down = {one: [(100.0, 9000.0)] for one in names}
    down[names[0]] = [(100.0, 700.0), (3000.0, 9000.0)]
    play = Play(points, down)
    play.run(5000)
    assert [one.turn for _, one in play.messages()] == [Turn.TOLD]
    [still] = play.told
    assert sorted(hit.point_id for hit in still.hits) == sorted(names)


def test_at_night_when_half_is_switched_off_the_main_line_is_still_one_alert() -> None:
    """Whoever was out before says nothing of who fell now."""
    points = province(20, 2)
    names = list(points)
    down = {one: [(100.0 * place, 9000.0)] for place, one in enumerate(names[::2])}
    cut_s = 100.0 * len(down) + 600
    down |= {one: [(cut_s + place % 10, cut_s + 3000)] for place, one in enumerate(names[1::2])}
    play = Play(points, down)
    play.run(cut_s + 600)
    alerts = [one.incident for told_s, one in play.messages() if told_s >= cut_s]
    assert [(one.reach, len(one.hits)) for one in alerts] == [(Reach.CENTRE, 20)]


def test_what_goes_further_after_it_was_told_is_told_once_more() -> None:
    points = province(20)
    names = list(points)
    down = {one: [(100.0 + (0 if one == names[0] else 45), 900.0)] for one in names}
    play = Play(points, down)
    play.run(800)
    assert [(one.turn, one.incident.reach) for _, one in play.messages()] == [
        (Turn.TOLD, Reach.POINT), (Turn.WIDER, Reach.CENTRE),
    ]  # fmt: skip


def test_two_that_were_told_become_one() -> None:
    points = province(20)
    names = list(points)
    late = {one: [(155.0, 900.0)] for one in names[2:]}
    play = Play(points, {names[0]: [(100.0, 900.0)], names[1]: [(118.0, 900.0)]} | late)
    play.run(800)
    assert len(play.told) == 1
    assert len(play.messages(Turn.MERGED)) == 1
    assert len(play.messages(Turn.WIDER)) == 1
    assert len(play.told[0].hits) == 20


def test_a_point_of_two_that_become_one_stands_in_it_once() -> None:
    """As after a start in which the row was kept and the answer to it was lost."""
    points = province(20)
    names = list(points)
    hits = tuple(Hit(one, at(100)) for one in names[:12])
    twice = [Incident(DOWN, Reach.CENTRE, "", at(100), at(126), at(126), hits, number, Reach.CENTRE)
             for number in (1, 2)]  # fmt: skip
    wrong = tuple(Ailment(one, DOWN, at(100)) for one in names[11:])
    [kept, away] = judge(twice, Scene(at(130), points, wrong)).changes
    assert (kept.turn, away.turn) == (Turn.LOOKED, Turn.MERGED)
    assert sorted(hit.point_id for hit in kept.incident.hits) == sorted(names)


def test_a_serious_problem_waits_two_minutes_and_is_silent_while_the_point_is() -> None:
    points = province(10)
    one = next(iter(points))
    play = Play(points)
    for now_s in range(0, 400, LOOK_S):
        loss = (Ailment(one, "loss", at(0)),)
        play.look(now_s, Scene(at(now_s), points, loss))
    assert [(s, c.incident.key) for s, c in play.messages()] == [(120, "loss")]
    for now_s in range(400, 900, LOOK_S):
        play.look(now_s, Scene(at(now_s), points, (Ailment(one, DOWN, at(390)),)))
    assert [c.incident.key for _, c in play.messages()] == ["loss", DOWN]


def test_mains_that_are_gone_are_told_within_half_a_minute_and_a_flicker_to_nobody() -> None:
    points = province(10)
    one, play = next(iter(points)), Play(points)
    for now_s in range(0, 400, LOOK_S):
        is_on = now_s < 14 or 200 <= now_s < 250
        ailing = (Ailment(one, ON_BATTERY, at(200 if now_s >= 200 else 0)),) if is_on else ()
        play.look(now_s, Scene(at(now_s), points, ailing))
    assert [(s, c.turn) for s, c in play.messages()] == [(220, Turn.TOLD), (370, Turn.RECOVERED)]


def test_a_problem_that_comes_and_goes_is_told_while_it_is_there() -> None:
    """Only then are its values known."""
    points = province(10)
    one, play = next(iter(points)), Play(points)
    for now_s in range(0, 300, LOOK_S):
        is_on = now_s % 40 < 20 and now_s not in range(100, 200)
        loss = (Ailment(one, "loss", at(now_s - now_s % 40)),) if is_on else ()
        play.look(now_s, Scene(at(now_s), points, loss))
    assert [(told_s, one.turn) for told_s, one in play.messages()] == [(200, Turn.TOLD)]


Spans = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 300)), max_size=4)


@settings(max_examples=15, deadline=None)
@given(st.lists(Spans, min_size=6, max_size=6), Spans)
def test_whatever_happens_each_is_told_once_and_all_ends(
    falls: list[list[tuple[int, int]]], blind: list[tuple[int, int]]
) -> None:
    """No recovery without an alert, no point in two incidents, nothing open in the end."""
    points = province(3, 2)
    down = {
        one: [(float(a), float(a + b)) for a, b in sorted(spans)]
        for one, spans in zip(points, falls, strict=True)
    }
    play = Play(points, down, unknown=[(float(a), float(a + b)) for a, b in sorted(blind)])
    play.run(1300 + 2400)
    alerts = [one for _, one in play.said if one.turn is Turn.TOLD]
    ends = [
        one.incident.number or 0 for _, one in play.said
        if one.turn in (Turn.RECOVERED, Turn.MERGED)
    ]  # fmt: skip
    assert sorted(ends) == list(range(1, len(alerts) + 1))
    assert (play.told, play.gathering) == ([], [])


def test_those_that_stay_away_after_the_main_line_is_back_are_one_alert() -> None:
    """Of a province of 170 up to a fifth may stay away: 30 alerts would be 29 too many."""
    points = province(85, 2)
    ends = {one: (4000.0 if place % 6 == 0 else 300.0) for place, one in enumerate(points)}
    play = Play(points, {one: [(100.0, end)] for one, end in ends.items()})
    play.run(2000)
    told = [one.incident for _, one in play.messages(Turn.TOLD)]
    left = sum(end > 300 for end in ends.values())
    assert [(one.reach, len(one.hits)) for one in told] == [
        (Reach.CENTRE, 170), (Reach.POINT, left),
    ]  # fmt: skip
    play.run(4400, 2000)
    assert [one.turn for _, one in play.messages()][-1] is Turn.RECOVERED
    assert play.told == play.gathering == []


def test_who_is_missed_for_one_meeting_is_one_incident() -> None:
    points = province(10, 4)
    away = list(points)[::5]
    ailments = tuple(Ailment(one, DOWN, at(-9000 * n), bond="m-1") for n, one in enumerate(away))
    play = Play(points)
    for now_s in range(0, 60, LOOK_S):
        play.look(now_s, Scene(at(now_s), points, ailments))
    [(_, alert)] = play.messages()
    assert {hit.point_id for hit in alert.incident.hits} == set(away)
    assert alert.incident.reach is Reach.POINT
