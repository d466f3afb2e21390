"""How the machine's last time ended, by what the agent of that time left behind."""

from datetime import timedelta

import pytest
from msgspec import UNSET

from agent.health import last_end, run_state
from agent.health.run_state import RunState
from contracts.machine import BootFacts
from tests.unit.agent.cases import T0

NOW, BEFORE = "b" * 32, "a" * 32


def left(**more):
    return RunState(
        pid=7, started_at=T0, written_at=T0 + timedelta(hours=2), version="1", broker="h:1",
        is_connected=True, samples_total=9, last_outbox_id="", last_seq=0, reports_sent_total=0,
        rejected_documents_total=0, **more,
    )  # fmt: skip


SEEN = T0 + timedelta(hours=2)


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (None, BootFacts()),
        (left(), BootFacts()),  # an agent that did not say its boot
        (left(boot_id=BEFORE), BootFacts(before="cut", seen_until=SEEN)),
        (left(boot_id=BEFORE, is_stopped=True), BootFacts(before="stopped", seen_until=SEEN)),
    ],
)
def test_a_boot_begins_after_a_stop_or_a_cut(last, found):
    assert last_end.boot_facts(last, boot_id=NOW, why=None) == found


def test_an_agent_that_starts_again_in_the_same_boot_knows_what_the_first_found():
    first = BootFacts(before="cut", seen_until=T0, reset_by="watchdog")
    again = left(boot_id=NOW, boot=first, is_stopped=True)
    assert last_end.boot_facts(again, boot_id=NOW, why=None) == first


@pytest.mark.parametrize(("is_stopped", "at"), [(True, SEEN), (False, UNSET)])
def test_when_the_agent_before_was_ended_in_order_is_known(tmp_path, is_stopped, at):
    path = tmp_path / "run.json"
    assert last_end.stopped_at(path) is UNSET
    run_state.write(path, left(is_stopped=is_stopped))
    assert last_end.stopped_at(path) == at


def test_where_the_centre_proved_itself_is_known_of_the_same_centre_alone(tmp_path):
    path = tmp_path / "run.json"
    assert last_end.stood_at(path, "h:1") == ()
    run_state.write(path, left(stood_at=("192.0.2.7", "192.0.2.10")))
    assert last_end.stood_at(path, "h:1") == ("192.0.2.7", "192.0.2.10")
    assert last_end.stood_at(path, "other:1") == ()
    run_state.write(path, left())
    assert last_end.stood_at(path, "h:1") == ()


@pytest.mark.parametrize("damage", [b"", b"{", b"\0" * 300])
def test_what_a_power_cut_left_of_the_file_may_be_nothing(tmp_path, damage):
    path = tmp_path / "run.json"
    path.write_bytes(damage)
    assert last_end.found(path, NOW, tmp_path) == BootFacts()
    run_state.write(path, left(boot_id=BEFORE))
    assert last_end.found(path, NOW, tmp_path).before == "cut"
