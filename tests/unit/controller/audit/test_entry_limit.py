"""Nobody fills the audit log; what administrators do is always written."""

from controller.audit.service import DONE_AT_ONCE, Action, AuditOutcome, EntryLimit


def refused(limit: EntryLimit, outcome: AuditOutcome, address: str, now_s: float) -> bool:
    return limit.allows(Action.SIGN_IN, outcome, who="an", address=address, now_s=now_s)


def done(limit: EntryLimit, action: Action, who: str, now_s: float = 0.0) -> bool:
    return limit.allows(action, AuditOutcome.DONE, who=who, address="10.0.0.1", now_s=now_s)


def test_a_slowed_address_is_written_once_a_minute() -> None:
    limit = EntryLimit()
    told = [refused(limit, AuditOutcome.THROTTLED, "10.0.0.66", now) for now in (0, 1, 59, 61)]
    assert told == [True, False, False, True]
    assert refused(limit, AuditOutcome.THROTTLED, "10.0.0.67", 61)


def test_all_refusals_together_have_a_rate() -> None:
    limit = EntryLimit()
    written = sum(refused(limit, AuditOutcome.REFUSED, f"a{n}", 0) for n in range(1000))
    assert written == 300
    assert refused(limit, AuditOutcome.REFUSED, "b", 1)
    assert not refused(limit, AuditOutcome.REFUSED, "b", 1)


def test_signing_in_again_and_again_drives_nobody_elses_entries_out() -> None:
    limit = EntryLimit()
    written = sum(done(limit, Action.SIGN_IN, "an") for _ in range(5000))
    assert written == DONE_AT_ONCE
    assert done(limit, Action.SIGN_OUT, "an")
    assert done(limit, Action.SIGN_IN, "bình")
    assert done(limit, Action.SIGN_IN, "an", 10.0)
    assert not done(limit, Action.SIGN_IN, "an", 10.0)


def test_whatever_is_administered_is_written() -> None:
    limit = EntryLimit()
    assert all(done(limit, Action.ADD_POINT, "quantri") for _ in range(5000))
