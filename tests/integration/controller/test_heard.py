"""Which points heard which meetings, as other subjects ask for it, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy

from controller.db.engine import reading, writing
from controller.heard import heard_queries
from controller.heard.packing import packed
from controller.heard.service import CutCause, PointMeeting, minutes_of, point_meetings
from controller.heard.tables import JudgedMeeting, JudgedPoint
from controller.meetings.tables import Meeting
from monitoring.judgement.uninterrupted import HeardVerdict, JudgedMinute, MinuteState
from tests.integration.controller.test_state_database import with_meeting

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
GOOD, BAD = JudgedMinute(MinuteState.GOOD, 60_000), JudgedMinute(MinuteState.BAD, 12_000)


@pytest.fixture
def engine(state_url: str) -> Iterator[sqlalchemy.Engine]:
    """A state database with the meeting m1."""
    found = with_meeting(state_url)
    yield found
    found.dispose()


def row(meeting_id: str = "m1", point_id: str = "p1", *, bad: int = 2) -> JudgedPoint:
    """Return what is kept of a point that lost some of ninety minutes."""
    return JudgedPoint(
        meeting_id=meeting_id,
        point_id=point_id,
        held_minutes=90,
        good_minutes=90 - bad,
        longest_cut_s=48 * bad,
        verdict=(HeardVerdict.INTERRUPTED if bad > 1 else HeardVerdict.UNINTERRUPTED).value,
        cause=CutCause.LINE.value if bad else "",
        begins_at=NOW,
        minutes=packed([BAD] * bad + [GOOD] * (90 - bad)),
    )


def test_what_is_said_of_a_point_opens_to_its_minutes(engine: sqlalchemy.Engine) -> None:
    with writing(engine) as session:
        heard_queries.replace(session, "m1", [row()], now=NOW, allowed=1)
    with reading(engine) as session:
        [said] = point_meetings(session, ["m1", "unknown", "m1"])
        strip = minutes_of(session, "m1", "p1")
        assert minutes_of(session, "m1", "p2") is None
    assert said == PointMeeting("m1", "p1", 90, 88, 96, HeardVerdict.INTERRUPTED, CutCause.LINE)
    assert strip is not None and strip.point_meeting == said
    assert (strip.begins_at, strip.minutes) == (NOW, (BAD, BAD, *[GOOD] * 88))


def test_what_is_said_anew_is_in_place_of_what_was(engine: sqlalchemy.Engine) -> None:
    for number, bad in enumerate((3, 0)):
        with writing(engine) as session:
            at = NOW + timedelta(hours=number)
            heard_queries.replace(session, "m1", [row(bad=bad)], now=at, allowed=1)
    with reading(engine) as session:
        [said] = point_meetings(session, ["m1"])
        assert heard_queries.judged_at(session, ["m1"]) == {"m1": at}
    assert (said.good_minutes, said.cause) == (90, None)


def test_many_meetings_of_a_large_province_are_read_by_two_questions_at_most(
    engine: sqlalchemy.Engine,
) -> None:
    ids = [f"q{number}" for number in range(12)]
    with writing(engine) as session:
        like = session.get(Meeting, "m1")
        assert like is not None
        session.add_all(Meeting(**like.model_dump() | {"meeting_id": one}) for one in ids)
        session.flush()
        rows = (row(one, f"p{n}", bad=n % 3).model_dump() for one in ids for n in range(170))
        session.execute(sqlalchemy.insert(JudgedPoint), list(rows))
        session.add_all(JudgedMeeting(meeting_id=one, judged_at=NOW) for one in ids)
    with reading(engine) as session:
        asked: list[str] = []
        sqlalchemy.event.listen(
            engine, "before_cursor_execute", lambda *said: asked.append(said[2])
        )
        found = point_meetings(session, ids)
    assert len(found) == 12 * 170
    assert len(asked) <= 2
