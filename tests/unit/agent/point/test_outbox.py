"""The outbox file: numbers, marks, what leaves, and what happens to a damaged one."""

import sqlite3
from datetime import timedelta

import pytest

from agent.errors import OutboxUnavailable
from agent.point import outbox_schema
from agent.point.outbox import MAX_ROW, Entry, Outbox
from contracts.reports import Held
from tests.unit.agent.cases import T0, body, report, stamp_at

KEEP = timedelta(days=30)


@pytest.fixture
def outbox(tmp_path):
    opened = Outbox(tmp_path / "outbox.db")
    yield opened
    opened.close()


def fill(outbox, count, *, every_s=10.0):
    return [outbox.append(body(n), stamp_at(n * every_s)) for n in range(1, count + 1)]


def unacknowledged(outbox):
    return [entry.seq for entry in outbox.newest_unacknowledged(MAX_ROW, 1000)]


def test_a_report_comes_back_as_it_was_stored(outbox):
    entry = outbox.append(body(7), stamp_at(0))
    assert outbox.newest_unacknowledged(MAX_ROW, 1) == [entry]
    stored = report(entry.payload)
    assert (stored.outbox_id, stored.seq) == (outbox.outbox_id, 1)
    assert (stored.body, stored.measured_at) == (body(7), T0)


def test_numbers_go_on_after_reopening_and_after_everything_has_left(outbox):
    fill(outbox, 3)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 3),)))
    assert outbox.prune(now=T0 + KEEP + timedelta(days=1), keep=KEEP, max_bytes=10**9) == 3
    outbox.close()
    assert outbox.append(body(4), stamp_at(40)).seq == 4
    assert outbox.counts().total == 1


def test_two_processes_write_one_sequence(tmp_path):
    agent, media = Outbox(tmp_path / "outbox.db"), Outbox(tmp_path / "outbox.db")
    agent.append(body(1), stamp_at(0))
    seen = agent.data_version()
    media.append(body(2), stamp_at(1))
    has_changed = agent.data_version() != seen
    agent.append(body(3), stamp_at(2))
    assert has_changed
    assert [entry.seq for entry in agent.after(0, 10)] == [1, 2, 3]
    assert agent.outbox_id == media.outbox_id
    agent.close()
    media.close()


def test_what_the_centre_holds_is_marked_and_kept(outbox):
    fill(outbox, 5)
    assert outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 2), (4, 4)))) == 0
    assert unacknowledged(outbox) == [5, 3]
    assert outbox.counts().total == 5


def test_what_the_centre_has_lost_is_sent_again(outbox):
    fill(outbox, 6)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 6),)))
    assert outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 2), (5, 5)))) == 3
    assert unacknowledged(outbox) == [6, 4, 3]


def test_what_waits_is_not_read_to_hear_what_is_held(outbox, tmp_path):
    waiting = [(Entry(0, "days", seq, b"-" * 900), 0) for seq in range(1, 3001)]
    outbox.adopt(waiting)
    outbox.apply(Held(outbox_id="days", ranges=((2001, 3000),)))
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    looking = sqlite3.connect(tmp_path / "outbox.db")
    looking.set_progress_handler(step, 1)
    assert looking.execute(outbox_schema.UNACKNOWLEDGE, ("days", 1, 2000)).rowcount == 0
    assert looking.execute(outbox_schema.ACKNOWLEDGE, ("days", 2001, 3000)).rowcount == 0
    looking.close()
    assert steps < 500


def test_a_file_without_the_newer_index_is_taken_on(tmp_path):
    earlier = Outbox(tmp_path / "outbox.db")
    fill(earlier, 3)
    earlier.close()
    with sqlite3.connect(tmp_path / "outbox.db") as file:
        file.execute("DROP INDEX report_acked_seq")
    later = Outbox(tmp_path / "outbox.db")
    later.apply(Held(outbox_id=later.outbox_id, ranges=((1, 3),)))
    assert later.apply(Held(outbox_id=later.outbox_id, ranges=((1, 2),))) == 1
    later.close()


def test_below_complete_from_nothing_is_said(outbox):
    fill(outbox, 6)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 6),)))
    assert outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((6, 6),), complete_from=5)) == 1
    assert unacknowledged(outbox) == [5]


def test_another_outbox_is_not_touched(outbox):
    fill(outbox, 2)
    assert outbox.apply(Held(outbox_id="another-outbox", ranges=((1, 2),))) == 0
    assert unacknowledged(outbox) == [2, 1]


def test_an_old_copy_of_the_file_goes_on_under_a_new_name(outbox):
    fill(outbox, 2)
    former = outbox.outbox_id
    outbox.apply(Held(outbox_id=former, ranges=((1, 9),)))
    entry = outbox.append(body(3), stamp_at(30))
    assert entry.outbox_id != former
    assert entry.seq == 1


def test_age_takes_only_what_is_acknowledged(outbox):
    fill(outbox, 4)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 1), (3, 3))))
    outbox.prune(now=T0 + KEEP + timedelta(seconds=25), keep=KEEP, max_bytes=10**9)
    assert [entry.seq for entry in outbox.after(0, 10)] == [2, 4]
    assert outbox.counts().total == 3


def test_age_takes_nothing_while_the_time_is_not_known(outbox):
    fill(outbox, 2)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 2),)))
    assert outbox.prune(now=None, keep=KEEP, max_bytes=10**9) == 0


def test_size_takes_the_acknowledged_first_and_the_others_last(outbox):
    fill(outbox, 4)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((2, 3),)))
    assert outbox.prune(now=T0, keep=KEEP, max_bytes=1) == 2
    assert unacknowledged(outbox) == [4, 1]
    assert outbox.prune(now=T0, keep=KEEP, max_bytes=1) == 2
    assert outbox.counts().total == 0


@pytest.mark.parametrize("damage", [b"this is no database at all, but text " * 300, b"\0" * 8192])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(tmp_path, damage):
    path = tmp_path / "outbox.db"
    path.write_bytes(damage)
    outbox = Outbox(path)
    entry = outbox.append(body(1), stamp_at(0))
    assert entry.seq == 1
    assert (tmp_path / "outbox.db.damaged").read_bytes() == damage
    outbox.close()


def test_a_page_damaged_deep_inside_is_noticed_when_it_is_read(tmp_path):
    path = tmp_path / "outbox.db"
    outbox = Outbox(path)
    first = [outbox.append(body(n), stamp_at(n)) for n in range(1, 200)]
    outbox.close()
    pages = bytearray(path.read_bytes())
    intact = 10 * 4096
    pages[intact:] = b"\xa5" * (len(pages) - intact)
    path.write_bytes(pages)
    with pytest.raises(OutboxUnavailable):
        outbox.newest_unacknowledged(MAX_ROW, 1000)
    entry = outbox.append(body(201), stamp_at(201))
    assert entry.outbox_id != first[0].outbox_id
    assert (tmp_path / "outbox.db.damaged").exists()
    outbox.close()


def test_a_file_replaced_by_another_process_is_followed(tmp_path):
    path = tmp_path / "outbox.db"
    media, agent = Outbox(path), Outbox(path)
    before = media.append(body(1), stamp_at(0)).outbox_id
    agent.close()
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"outbox.db{suffix}").rename(tmp_path / f"away{suffix}")
    agent.append(body(2), stamp_at(1))
    entry = media.append(body(3), stamp_at(2))
    assert entry.outbox_id == agent.outbox_id != before
    assert entry.seq == 2
    media.close()
    agent.close()


def test_looking_on_makes_and_moves_nothing(tmp_path):
    missing = Outbox(tmp_path / "none.db", is_read_only=True)
    with pytest.raises(OutboxUnavailable):
        missing.counts()
    (tmp_path / "bad.db").write_bytes(b"no database " * 1000)
    with pytest.raises(OutboxUnavailable):
        Outbox(tmp_path / "bad.db", is_read_only=True).counts()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.db"]


def test_a_report_is_on_the_disk_before_it_can_be_sent(outbox, tmp_path):
    outbox.append(body(1), stamp_at(0))
    with sqlite3.connect(tmp_path / "outbox.db") as other:
        found = other.execute("SELECT seq, is_acked FROM report").fetchall()
    other.close()
    assert found == [(1, 0)]


def test_only_what_is_measured_waits_for_the_disk(tmp_path, monkeypatch):
    said, connect = [], sqlite3.connect

    def listened_to(*words, **more):
        connection = connect(*words, **more)
        connection.set_trace_callback(said.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listened_to)
    outbox = Outbox(tmp_path / "outbox.db")
    fill(outbox, 2)
    assert said[said.index("BEGIN IMMEDIATE") - 1] == "PRAGMA synchronous = FULL"
    said.clear()
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 2),)))
    outbox.prune(now=T0 + KEEP + timedelta(days=1), keep=KEEP, max_bytes=10**9)
    assert [one for one in said if "synchronous" in one] == ["PRAGMA synchronous = NORMAL"] * 2
    said.clear()
    outbox.append(body(3), stamp_at(30))
    assert said[said.index("BEGIN IMMEDIATE") - 1] == "PRAGMA synchronous = FULL"
    outbox.close()
