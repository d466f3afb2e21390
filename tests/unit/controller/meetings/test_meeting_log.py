"""A meeting's log: what a point's two sessions say twice is told once."""

from datetime import UTC, datetime, timedelta

from controller.meetings.tables import MeetingEvent
from controller.meetings.views import meeting_log
from controller.web.i18n.catalogue import languages

T0 = datetime(2026, 11, 26, 7, tzinfo=UTC)
WORDS = languages()["en"]
NAMES = {"p-b": "B", "p-c": "C"}


def event(number, kind, point="p-b", direction="publish"):
    return MeetingEvent(
        event_id=number,
        meeting_id="m1",
        happened_at=T0 + timedelta(seconds=number),
        recorded_at=T0,
        kind=kind,
        point_id=point,
        direction=direction,
    )


def told(*events):
    rows = [event(number, *one) for number, one in enumerate(events)]
    return [line.text for line in reversed(meeting_log.lines(WORDS, T0, rows, NAMES, 60, {}))]


def test_a_point_comes_in_with_its_first_session_and_leaves_with_its_last():
    both = [(kind, point, way) for kind in ("joined", "left") for point in ("p-b", "p-c")
            for way in ("publish", "play")]  # fmt: skip
    assert told(*both) == ["B came in", "C came in", "B left", "C left"]


def test_it_leaves_once_though_its_coming_is_beyond_the_log():
    assert told(("left", "p-b", "publish"), ("left", "p-b", "play")) == ["B left"]


def test_it_is_cut_off_and_back_as_one_and_may_come_again():
    assert told(
        ("joined", "p-b", "publish"),
        ("joined", "p-b", "play"),
        ("cut", "p-b", "publish"),
        ("cut", "p-b", "play"),
        ("back", "p-b", "publish"),
        ("back", "p-b", "play"),
        ("left", "p-b", "play"),
        ("left", "p-b", "publish"),
        ("joined", "p-b", "publish"),
    ) == ["B came in", "B was cut off", "B is back", "B left", "B came in"]


def test_microphones_that_one_move_turned_off_are_one_line():
    def muted(number, epoch, kind="muted", point="p-b"):
        row = event(number, kind, point, None)
        row.floor_epoch, row.actor = epoch, "office"
        return row

    rows = [muted(1, 7), muted(2, 7, point="p-c"), muted(3, 8, "unmuted"), muted(4, 9),
            muted(5, None), muted(6, None)]  # fmt: skip
    lines = meeting_log.lines(WORDS, T0, rows, NAMES, 60, {})
    assert [line.text for line in reversed(lines)] == [
        "2 microphones turned off (office)",
        "B was unmuted (office)",
        "B was muted (office)",
        "B was muted (office)",
        "B was muted (office)",
    ]
    people = {"office": "Lê Thu Hà"}
    assert [line.text for line in meeting_log.lines(WORDS, T0, rows[:2], NAMES, 1, people)] == [
        "2 microphones turned off (Lê Thu Hà)"
    ]
    alike = people | {"ha.lt": "Lê Thu Hà"}
    assert [line.text for line in meeting_log.lines(WORDS, T0, rows[:2], NAMES, 1, alike)] == [
        "2 microphones turned off (Lê Thu Hà, office)"
    ]
