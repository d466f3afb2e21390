"""What a point said last: the newest of each section, whatever report it came in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.reports import (
    MAX_INTERFACES,
    CollectorFailure,
    DiskSection,
    HealthBody,
    HostSection,
    InterfaceRate,
    InterfacesSection,
)
from contracts.section import MAX_FIGURES, Section
from controller.db.engine import reading
from controller.ingest import newest, readings
from controller.ingest.store import SeriesStore
from tests.integration.ingest.reports import BANDWIDTH, P1, P2, arrival, at

GONE = CollectorFailure(collector="disk", error="gone", duration_ms=1.0)
FULL, EMPTY = DiskSection(disk_ratio=0.95), DiskSection(disk_ratio=0.25)


def host(ratio, **more):
    return HealthBody(host=HostSection(cpu_ratio=ratio), **more)


def last(series, point=P1):
    with reading(series) as session:
        return readings.latest(session, [point], ("health",))[point]["health"]


@pytest.mark.parametrize("in_batches_of", [1, 4])
def test_what_was_not_due_is_as_it_was_said_last(series, in_batches_of):
    store = SeriesStore(series)
    reports = [
        arrival(1, body=host(0.1, disk=FULL)),
        arrival(2, body=host(0.2)),
        arrival(9, body=host(0.9)),
        arrival(3, body=host(0.3, disk=EMPTY, open={"load": Section(figures={"a_ms": 1.0})})),
    ]
    for first in range(0, 4, in_batches_of):
        store.commit(reports[first : first + in_batches_of])
    found = last(series)
    assert found.report.body == host(0.9, disk=EMPTY, open={"load": Section(figures={"a_ms": 1.0})})
    assert (found.report.seq, found.at) == (9, at(90))


def test_a_failure_takes_the_place_of_its_section_until_it_is_measured_again(series):
    store = SeriesStore(series)
    store.commit([arrival(1, body=host(0.1, disk=FULL)), arrival(2, body=host(0.2))])
    store.commit([arrival(5, body=host(0.5, failures=(GONE,)))])
    assert last(series).report.body == host(0.5, failures=(GONE,))
    store.commit([arrival(4, body=host(0.4, disk=FULL)), arrival(6, body=host(0.6))])
    assert last(series).report.body == host(0.6, failures=(GONE,))
    store.commit([arrival(7, body=host(0.7, disk=EMPTY))])
    assert last(series).report.body == host(0.7, disk=EMPTY)


def test_another_start_knows_when_each_section_was_said(series):
    SeriesStore(series).commit([arrival(1, body=host(0.1, disk=FULL)), arrival(9, body=host(0.9))])
    again = SeriesStore(series)
    again.commit([arrival(5, body=host(0.5, disk=EMPTY)), arrival(1, point=P2)])
    assert last(series).report.body == host(0.9, disk=EMPTY)
    again.commit([arrival(4, body=host(0.4, disk=FULL))])
    assert last(series).report.body == host(0.9, disk=EMPTY)
    assert last(series, P2).report.seq == 1


@pytest.mark.parametrize("is_another_start", [False, True])
def test_what_a_clock_that_ran_ahead_placed_is_not_the_newest_for_ever(series, is_another_start):
    store, year = SeriesStore(series), timedelta(days=365)
    ahead = [
        replace(arrival(1, body=host(0.1, disk=FULL)), at=at(0) + year, received_at=at(0) + year),
        replace(arrival(2, body=BANDWIDTH), at=at(0) + year, received_at=at(0) + year),
    ]
    store.commit(ahead)
    assert last(series).at == at(0) + year
    store = SeriesStore(series) if is_another_start else store
    store.commit([arrival(3, body=host(0.3)), arrival(4, body=BANDWIDTH)])
    found = last(series)
    assert (found.at, found.report.body) == (at(30), host(0.3, disk=FULL))
    with reading(series) as session:
        assert readings.latest(session, [P1], ("bandwidth",))[P1]["bandwidth"].at == at(40)
    store.commit([arrival(5, body=host(0.5, disk=EMPTY))])
    assert last(series).report.body == host(0.5, disk=EMPTY)


def test_what_nobody_says_any_more_is_forgotten_and_names_are_not_endless(series):
    store = SeriesStore(series)
    day = 25 * 3600 / 10
    store.commit([arrival(1, body=host(0.1, open={"switch": Section()}))])
    store.commit([arrival(int(day), body=host(0.2))])
    assert last(series).report.body == host(0.2, open={"switch": Section()})
    store.commit([arrival(int(day) + 2, body=host(0.3))])
    assert last(series).report.body == host(0.3)
    for seq in range(3, 9):
        names = {f"s{seq}_{number}": Section() for number in range(10)}
        store.commit([arrival(int(day) + seq, body=host(0.4, open=names))])
    assert len(last(series).report.body.sections) == newest.MAX_SECTIONS


def test_sections_that_came_one_by_one_can_be_read_together_however_large(series):
    figures = {f"figure_{number:0>33}": 12345678901234.567 for number in range(MAX_FIGURES)}
    names = {f"s{number}": Section(figures=figures) for number in range(newest.MAX_SECTIONS - 1)}
    rate = InterfaceRate(name="ộ" * 32, has_carrier=True, errors_total=2**62, drops_total=2**62)
    wide = InterfacesSection(rates=(rate,) * MAX_INTERFACES, figures=figures)
    store = SeriesStore(series)
    store.commit([arrival(1, body=HealthBody(open=names))])
    store.commit([arrival(2, body=HealthBody(interfaces=wide))])
    assert last(series).report.body == HealthBody(interfaces=wide, open=names)
    SeriesStore(series).commit([arrival(3, body=host(0.1))])
    assert last(series).report.body.interfaces == wide
