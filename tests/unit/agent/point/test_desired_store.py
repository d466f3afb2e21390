"""Desired documents: newest kept, damaged refused, cached as they came."""

import pytest

from agent.point.desired_store import DesiredStore
from contracts import codec
from contracts.desired import Live, Policy, Probes
from tests.unit.agent.cases import T0


def policy(epoch, generation, interval_s=10):
    return Policy(
        leader_epoch=epoch, generation=generation, issued_at=T0, sampling_interval_s=interval_s
    )


@pytest.fixture
def store(tmp_path):
    return DesiredStore(tmp_path / "desired")


def receive(store, document, name="policy"):
    applied = store.receive(name, codec.encode(document), now=T0)
    return applied.leader_epoch, applied.generation, applied.problem


def test_a_document_is_in_force_and_cached_as_it_came(store, tmp_path):
    payload = b'{ "leader_epoch":1,"generation":2,"issued_at":"2026-03-02T08:00:00Z" }'
    store.receive("policy", payload, now=T0)
    assert (tmp_path / "desired/policy.json").read_bytes() == payload
    again = DesiredStore(tmp_path / "desired")
    again.load()
    assert again.policy == policy(1, 2)


@pytest.mark.parametrize("older", [policy(1, 8), policy(2, 4), policy(2, 5, 99)])
def test_an_older_pair_changes_nothing_and_what_is_in_force_is_told(store, older):
    receive(store, policy(2, 5, 20))
    assert receive(store, older) == (2, 5, "")
    assert store.policy == policy(2, 5, 20)


def test_a_newer_leader_counts_whatever_its_generation(store):
    receive(store, policy(1, 900))
    assert receive(store, policy(2, 1)) == (2, 1, "")


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"{}",
        b'{"schema_version":9,"leader_epoch":1,"generation":9,"issued_at":"2026-03-02T08:00:00Z"}',
        codec.encode(policy(3, 1)).replace(b":10", b":100000"),
        b"[" * 60_000,
        b"x" * 70_000,
    ],
    ids=["text", "empty", "version", "range", "deep", "oversized"],
)
def test_a_malformed_document_is_refused_counted_and_told(store, payload):
    receive(store, policy(2, 5))
    applied = store.receive("policy", payload, now=T0)
    assert (applied.leader_epoch, applied.generation) == (2, 5)
    assert applied.problem.startswith("not a valid Policy")
    assert store.policy == policy(2, 5)
    assert store.rejected_total == 1


def test_an_empty_payload_says_nothing(store):
    assert store.receive("schedule", b"", now=T0) is None
    assert store.rejected_total == 0


def test_a_full_disk_keeps_no_document_out_of_force(tmp_path):
    (tmp_path / "desired").write_text("a file where the folder should be")
    store = DesiredStore(tmp_path / "desired")
    epoch, generation, problem = receive(store, policy(1, 1))
    assert (epoch, generation) == (1, 1)
    assert problem.startswith("in force, but not stored")
    assert store.policy == policy(1, 1)


def test_a_damaged_cache_is_as_good_as_none(store, tmp_path):
    (tmp_path / "desired").mkdir()
    (tmp_path / "desired/policy.json").write_bytes(b"\0" * 100)
    store.load()
    assert store.policy is None
    assert receive(store, policy(1, 1)) == (1, 1, "")


def test_each_kind_has_its_place(store):
    probes = Probes(
        leader_epoch=1, generation=1, issued_at=T0, reflector_host="r", reflector_port=1,
        probe_id=1, key_base64="AAAA",
    )  # fmt: skip
    live = Live(leader_epoch=1, generation=4, issued_at=T0)
    receive(store, probes, "probes")
    receive(store, live, "live")
    assert store.probes == probes
    assert store.schedule is None
    assert store.pairs() == {"probes": (1, 1), "live": (1, 4)}
