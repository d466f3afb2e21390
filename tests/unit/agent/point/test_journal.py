"""The journal: while the file cannot be written, memory; afterwards, the file again."""

import pytest

from agent.point.journal import Journal
from agent.point.memory_outbox import MAX_ENTRIES, MemoryOutbox
from agent.point.outbox import Outbox
from contracts.reports import Held
from tests.unit.agent.cases import body, report, stamp_at

NEWEST = 2**63 - 1


@pytest.fixture
def blocked(tmp_path):
    """A journal whose file cannot be opened: a folder is in its place."""
    (tmp_path / "outbox.db").mkdir()
    journal = Journal(Outbox(tmp_path / "outbox.db"))
    yield journal
    journal.close()


def uptimes(entries):
    return [report(entry.payload).body.host.uptime_s for entry in entries]


def test_what_cannot_be_stored_is_sent_from_memory(blocked):
    blocked.append(body(1), stamp_at(1))
    assert uptimes(blocked.fresh()) == [1]
    blocked.append(body(2), stamp_at(2))
    assert uptimes(blocked.fresh()) == [2]
    assert uptimes(blocked.backlog(NEWEST, 10)) == [2, 1]
    assert blocked.in_memory == 2
    assert blocked.problem != ""


def test_when_the_disk_is_back_memory_goes_to_the_file_under_its_own_name(blocked, tmp_path):
    blocked.append(body(1), stamp_at(1))
    blocked.append(body(2), stamp_at(2))
    in_memory = blocked.outbox_id
    blocked.apply(Held(outbox_id=in_memory, ranges=((1, 1),)))
    (tmp_path / "outbox.db").rmdir()
    blocked.append(body(3), stamp_at(3))
    assert (blocked.in_memory, blocked.problem) == (0, "")
    assert uptimes(blocked.fresh()) == [3]
    stored = blocked.backlog(NEWEST, 10)
    assert uptimes(stored) == [3, 2]
    assert [entry.outbox_id for entry in stored] == [blocked.outbox_id, in_memory]
    assert blocked.apply(Held(outbox_id=in_memory, ranges=((1, 2),))) == 0
    assert uptimes(blocked.backlog(NEWEST, 10)) == [3]


def test_memory_is_bounded_and_counts_what_it_lost():
    memory = MemoryOutbox()
    for number in range(MAX_ENTRIES + 3):
        memory.append(body(number), stamp_at(number))
    assert (len(memory), memory.lost_total) == (MAX_ENTRIES, 3)
    assert memory.newest(NEWEST, 1)[0].seq == MAX_ENTRIES + 3


def test_a_new_session_begins_with_the_newest_report(tmp_path):
    journal = Journal(Outbox(tmp_path / "outbox.db"))
    for number in range(1, 6):
        journal.append(body(number), stamp_at(number))
    journal.start_fresh()
    journal.append(body(6), stamp_at(6))
    assert uptimes(journal.fresh()) == [5, 6]
    assert journal.fresh() == []
    journal.close()


def test_a_new_file_in_place_of_a_damaged_one_is_fresh_again(tmp_path):
    path = tmp_path / "outbox.db"
    journal = Journal(Outbox(path))
    for number in range(1, 6):
        journal.append(body(number), stamp_at(number))
    journal.fresh()
    journal.close()
    path.write_bytes(b"damaged beyond repair " * 1000)
    journal.append(body(6), stamp_at(6))
    assert uptimes(journal.fresh()) == [6]
    journal.close()
