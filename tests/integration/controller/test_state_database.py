"""The state database on both engines: migrations without drift, times, claims, full disks."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from contracts.floor import FloorMode
from contracts.ids import MeetingId, PointId, RelayId
from contracts.relay import RelayEvent
from controller.db.base import StateTable
from controller.db.engine import open_engine, reading, writer, writing
from controller.db.migrate import configuration, upgrade
from controller.db.newest import newest
from controller.dispatch import document_queries
from controller.errors import StorageFull
from controller.incidents.duty.tables import DutyRung, IncidentStep
from controller.incidents.tables import IncidentRow
from controller.meetings import access_queries, event_queries, meeting_queries
from controller.meetings.access_tables import Expulsion
from controller.meetings.meeting_state import MeetingPhase, Move
from controller.meetings.tables import Meeting
from controller.people.tables import User
from controller.places.tables import Point, Unit

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def facts(title: str = "Giao ban") -> meeting_queries.MeetingFacts:
    """Return a meeting of one point."""
    return meeting_queries.MeetingFacts(
        title=title,
        document_number="",
        chair_point_id=PointId("p1"),
        point_ids=(PointId("p1"),),
        begins_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        owner="people_committee",
        relay_id="relay-1",
    )


def with_meeting(url: str) -> sqlalchemy.Engine:
    """Return an engine to a database that holds one scheduled meeting, m1."""
    engine = open_engine(url, durability="FULL")
    with writing(engine) as session:
        session.add(Unit(unit_id="u1", name="Tỉnh", owner="people_committee", valid_from=NOW))
        session.flush()
        session.add(
            Point(
                point_id="p1",
                number=1,
                unit_id="u1",
                name="Xã A",
                owner="people_committee",
                valid_from=NOW,
            )
        )
        session.flush()
        meeting_queries.create(
            session,
            MeetingId("m1"),
            facts(),
            phase=MeetingPhase.SCHEDULED,
            mode=FloorMode.ONE_MIC,
            actor="office",
            now=NOW,
        )
    return engine


def test_migrations_from_empty_give_exactly_the_models(empty_url: str) -> None:
    engine = open_engine(empty_url)
    upgrade(engine, "state")
    upgrade(engine, "state")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": "state_version"}
        )
        assert compare_metadata(context, StateTable.metadata) == []
        assert context.get_current_revision() == newest("state")
    engine.dispose()


def test_who_was_put_out_stays_so_through_its_migration_and_back(state_url: str) -> None:
    engine = with_meeting(state_url)
    expected = {("p-b", "point", NOW), ("p-b", "person", NOW)}
    with writing(engine) as session:
        for subject, kind, _ in sorted(expected):
            session.add(
                Expulsion(meeting_id="m1", subject=subject, participant_kind=kind, happened_at=NOW)
            )

    with writer(engine).begin() as connection:
        command.downgrade(configuration("state", connection), "s0002")
        rows = connection.execute(sqlalchemy.text("SELECT subject, is_point FROM expulsion"))
        assert {(subject, bool(is_point)) for subject, is_point in rows} == {
            ("p-b", True),
            ("p-b", False),
        }
    upgrade(engine, "state")
    with reading(engine) as session:
        kept = access_queries.expelled(session, "m1")
        assert {(one.subject, one.participant_kind, one.happened_at) for one in kept} == expected
    engine.dispose()


@pytest.mark.parametrize(
    ("targets", "told", "positions"),
    [
        (["duty", "channels", "duty"], {"duty", "duty#2"}, {1, 3}),
        ([], {"channels"}, {1}),
    ],
)
def test_which_steps_were_told_stays_known_through_their_migration_and_back(
    state_url: str, targets: list[str], told: set[str], positions: set[int]
) -> None:
    engine = open_engine(state_url)
    with writing(engine) as session:
        for position, target in enumerate(targets, start=1):
            session.add(DutyRung(position=position, target=target, high_min=0))
        session.add(
            IncidentRow(number=7, key="down", reach="point", told_reach="point", began_at=NOW,
                        opened_at=NOW, joined_at=NOW, told_at=NOW)
        )  # fmt: skip
        session.flush()
        session.add_all(IncidentStep(number=7, step=one, told_at=NOW) for one in told)
    with writer(engine).begin() as connection:
        command.downgrade(configuration("state", connection), "s0015")
        rows = connection.execute(sqlalchemy.text("SELECT position FROM incident_step"))
        assert set(rows.scalars()) == positions
    upgrade(engine, "state")
    with reading(engine) as session:
        kept = session.exec(select(IncidentStep)).all()
        assert {(one.number, one.step, one.told_at) for one in kept} == {(7, s, NOW) for s in told}
    engine.dispose()


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def migrate() -> None:
        engine = open_engine(empty_url)
        try:
            upgrade(engine, "state")
        except Exception as exc:  # noqa: BLE001 - a thread's failure is asserted on below
            failures.append(exc)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    engine = open_engine(empty_url)
    assert "meeting" in sqlalchemy.inspect(engine).get_table_names()
    engine.dispose()


def test_times_come_back_aware_and_equal(state_url: str) -> None:
    engine = with_meeting(state_url)
    in_vietnam = datetime(2026, 11, 24, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    with writing(engine) as session:
        session.add(User(user_name="a", password_hash="x", role="viewer", created_at=in_vietnam))
    with reading(engine) as session:
        found = session.get_one(User, "a").created_at
    assert (found, found.tzinfo) == (in_vietnam, UTC)
    engine.dispose()


def test_a_naive_time_is_refused(state_url: str) -> None:
    engine = with_meeting(state_url)
    naive = datetime(2026, 11, 24)  # noqa: DTZ001 - what is refused
    with (
        pytest.raises(sqlalchemy.exc.StatementError, match="naive"),
        writing(engine) as session,
    ):
        session.add(User(user_name="a", password_hash="x", role="viewer", created_at=naive))
    engine.dispose()


def test_the_database_itself_refuses_a_classified_meeting(state_url: str) -> None:
    engine = with_meeting(state_url)
    with pytest.raises(IntegrityError), writing(engine) as session:
        meeting = session.get_one(Meeting, "m1")
        meeting.classification = "secret"
        session.add(meeting)
    engine.dispose()


def test_of_twenty_who_claim_a_move_one_succeeds(state_url: str) -> None:
    engine = with_meeting(state_url)
    begun = threading.Barrier(20)
    wins: list[bool] = []

    def claim() -> None:
        begun.wait(20)
        with writing(engine) as session:
            won = meeting_queries.claim_move(
                session, MeetingId("m1"), MeetingPhase.SCHEDULED, Move.BEGIN, now=NOW
            )
        wins.append(won)

    threads = [threading.Thread(target=claim) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(wins) == [False] * 19 + [True]
    engine.dispose()


def test_a_relays_event_is_kept_once_whatever_its_subject(state_url: str) -> None:
    engine = with_meeting(state_url)
    events = [
        RelayEvent(
            started_at=NOW,
            seq=seq,
            happened_at=NOW,
            meeting_id=MeetingId("m1"),
            kind="joined",
            subject=subject,
        )
        for seq, subject in ((1, "p1"), (2, "x" * 120), (2**53, ""))
    ]
    with writing(engine) as session:
        first = [
            event_queries.record_from_relay(session, RelayId("relay-1"), event, now=NOW)
            for event in (*events, events[0])
        ]
    with writing(engine) as session:
        again = event_queries.record_from_relay(session, RelayId("relay-1"), events[1], now=NOW)
    with reading(engine) as session:
        kept = [(row.point_id, row.relay_seq) for row in event_queries.of_meeting(session, "m1")]
    assert first == [True, True, True, False]
    assert not again
    assert kept == [("p1", 1), (None, 2), (None, 2**53)]
    engine.dispose()


def test_each_start_leads_with_a_higher_epoch(state_url: str) -> None:
    engine = open_engine(state_url)
    epochs = []
    for day in (0, 0, 1, -1, -1):
        with writing(engine) as session:
            now = NOW + timedelta(days=day)
            epochs.append(document_queries.take_leadership(session, now=now) - int(NOW.timestamp()))
    assert epochs == [0, 1, 86400, 86401, 86402]
    engine.dispose()


def test_a_full_disk_keeps_what_was_there_and_the_next_write_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engine = open_engine(url, durability="FULL")
    upgrade(engine, "state")
    engine.dispose()
    engine = with_meeting(url)
    limit = {"pages": 0}

    @event.listens_for(engine, "begin")
    def limit_size(connection: sqlalchemy.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit['pages'] or 1_000_000}")

    limit["pages"] = 1  # SQLite takes this as: no page more than there are
    with pytest.raises(StorageFull), writing(engine) as session:
        session.add_all(
            User(user_name=f"u{i}", password_hash="x" * 190, role="viewer", created_at=NOW)
            for i in range(2000)
        )
    limit["pages"] = 0
    with writing(engine) as session:
        session.add(User(user_name="after", password_hash="x", role="viewer", created_at=NOW))
    with reading(engine) as session:
        assert meeting_queries.get(session, "m1") is not None
        assert session.get(User, "u0") is None
        assert session.get(User, "after") is not None
    engine.dispose()
