"""An honest point meets no limit; one that is wrong costs what its bucket holds."""

from contracts.ids import PointId
from controller.ingest.quotas import (
    OUTBOXES_AT_ONCE,
    REFUSALS_AT_ONCE,
    REMEMBERED_NAMES,
    REPORTS_AT_ONCE,
    REPORTS_OF_A_MONTH,
    NameQuota,
    PointQuotas,
)

P1, P2 = PointId("xa-mot"), PointId("xa-hai")


def test_a_flood_is_cut_to_its_bucket_and_the_others_are_not() -> None:
    quotas = PointQuotas()
    taken = sum(quotas.takes(P1, now_s=0) for _ in range(2 * REPORTS_AT_ONCE))
    assert taken == REPORTS_AT_ONCE
    assert quotas.takes(P2, now_s=0)
    assert sum(quotas.takes(P1, now_s=10) for _ in range(2 * REPORTS_AT_ONCE)) == 500


def test_a_month_of_backlog_passes_at_the_pace_of_the_agent() -> None:
    quotas = PointQuotas()
    a_month = 30 * 24 * 360
    assert all(quotas.takes(P1, now_s=number / 20) for number in range(a_month))


def test_in_the_long_run_less_is_taken_than_at_once() -> None:
    quotas = PointQuotas()
    day_s = 24 * 3600
    taken = sum(quotas.takes(P1, now_s=number / 40) for number in range(40 * day_s // 4))
    assert REPORTS_OF_A_MONTH <= taken <= REPORTS_OF_A_MONTH + 3 * day_s // 4 + 1


def test_refused_reports_are_held_one_after_another() -> None:
    quotas = PointQuotas()
    held = sum(quotas.holds_refused(P1, "outbox-0001", now_s=0) for _ in range(10_000))
    assert held == REFUSALS_AT_ONCE
    assert quotas.holds_refused(P2, "outbox-0001", now_s=0)
    assert quotas.holds_refused(P1, "outbox-0001", now_s=1)
    assert not quotas.holds_refused(P1, "outbox-0001", now_s=1)


def test_new_names_come_out_of_a_bucket_and_known_ones_pass() -> None:
    quota = NameQuota(at_once=OUTBOXES_AT_ONCE, per_s=1 / 600)
    names = [f"outbox-{number}" for number in range(1000)]
    admitted = [name for name in names if quota.admits(P1, name, now_s=0)]
    assert admitted == names[:OUTBOXES_AT_ONCE]
    assert all(quota.admits(P1, name, now_s=0) for name in admitted)
    assert quota.admits(P2, "outbox-999", now_s=0)
    assert not quota.admits(P1, "outbox-999", now_s=599)
    assert quota.admits(P1, "outbox-999", now_s=600)


def test_so_many_names_are_remembered_and_no_more() -> None:
    quota = NameQuota(at_once=10 * REMEMBERED_NAMES, per_s=0)
    for number in range(REMEMBERED_NAMES + 1):
        assert quota.admits(P1, f"eth{number}", now_s=0)
    assert len(quota._names[P1]) == REMEMBERED_NAMES


def test_a_machine_that_begins_anew_each_minute_is_heard() -> None:
    quotas = PointQuotas()
    assert all(
        quotas.admits(P1, "outbox-0001", f"{minute:032x}", now_s=60 * minute)
        for minute in range(5000)
    )
