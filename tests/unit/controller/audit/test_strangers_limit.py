"""Strangers do not fill the audit log; what was done is always written."""

from controller.audit.service import AuditOutcome, StrangersLimit


def test_a_slowed_address_is_written_once_a_minute() -> None:
    limit = StrangersLimit()
    told = [limit.allows(AuditOutcome.THROTTLED, "10.0.0.66", now_s=now) for now in (0, 1, 59, 61)]
    assert told == [True, False, False, True]
    assert limit.allows(AuditOutcome.THROTTLED, "10.0.0.67", now_s=61)


def test_all_refusals_together_have_a_rate_and_what_was_done_has_none() -> None:
    limit = StrangersLimit()
    written = sum(limit.allows(AuditOutcome.REFUSED, f"a{n}", now_s=0) for n in range(1000))
    assert written == 300
    assert limit.allows(AuditOutcome.REFUSED, "b", now_s=1)
    assert not limit.allows(AuditOutcome.REFUSED, "b", now_s=1)
    assert all(limit.allows(AuditOutcome.DONE, "b", now_s=1) for _ in range(1000))
