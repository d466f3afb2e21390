"""What rooms heard is kept once, late or not, on both kinds of database."""

from datetime import timedelta

import pytest
from sqlmodel import select

from contracts.ids import MeetingId
from contracts.reports import MediaBody
from contracts.sound_span import SoundSpan
from controller.db.engine import reading
from controller.health import service as health
from controller.ingest import retention
from controller.ingest.heard_table import HeardMinutesRow
from controller.ingest.store import SeriesStore
from monitoring.judgement.uninterrupted import MinuteHeard
from tests.integration.ingest.reports import MEDIA, P1, P2, T0, arrival, at


@pytest.fixture
def store(series):
    return SeriesStore(series)


def told(seq, lost_s=0.0, *, meeting="m1", **more):
    """Return the arrival of a report of the ten seconds before it."""
    heard = SoundSpan(ago_ms=10_000, over_ms=10_000, heard_ms=10_000 - int(1000 * lost_s))
    body = MediaBody(meeting_id=MeetingId(meeting), is_sending=True, heard=(heard,))
    return arrival(seq, body=body, **more)


def test_reports_of_a_minute_are_its_sum_whenever_they_come(series, store):
    store.commit([told(1), told(2, 3.0), told(1, point=P2)])
    late = at(3 * 86_400)
    store.commit([told(7), told(4, 10.0), told(3, 10.0, received_at=late)])
    store.commit([told(2, 3.0), told(7)])  # they come again, and count once
    with reading(series) as session:
        found = health.heard_of_meeting(session, "m1")
        changed = health.newly_heard(session, T0)
        assert health.newly_heard(session, late) == {}
    assert found[P1] == {T0: MinuteHeard(17_000, 40_000), at(60): MinuteHeard(10_000, 10_000)}
    assert found[P2] == {T0: MinuteHeard(10_000, 10_000)}
    assert changed == {"m1": late}


def test_of_an_agent_that_tells_nothing_nothing_is_kept(series, store):
    store.commit([arrival(1, body=MEDIA)])
    with reading(series) as session:
        assert health.heard_of_meeting(session, "m1") == {}
        assert session.exec(select(HeardMinutesRow)).all() == []


def test_old_ones_leave_and_so_do_too_many_of_a_point(series, store, monkeypatch):
    monkeypatch.setattr(retention, "MAX_HEARD", 2)
    store.commit([told(n, meeting=f"m{n}") for n in range(1, 5)])
    now = at(40)
    for step in retention.excess_steps([P1]):
        while store.run(step):
            pass
    with reading(series) as session:
        assert {row.meeting_id for row in session.exec(select(HeardMinutesRow))} == {"m3", "m4"}
    for step in retention.steps([], now + timedelta(days=1831)):
        while store.run(step):
            pass
    with reading(series) as session:
        assert session.exec(select(HeardMinutesRow)).all() == []
