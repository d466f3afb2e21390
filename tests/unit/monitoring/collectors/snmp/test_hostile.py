"""Devices that answer what no device should: none hangs the poll, and none makes it throw."""

import time
from collections.abc import Callable

import pytest

from monitoring.collectors.snmp.budget import CIRCLE, SILENT, TOO_LATE, TOO_MUCH
from monitoring.collectors.snmp.interfaces import COLUMNS
from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.reader import Column
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.session import GufoReader
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from monitoring.errors import DeviceSilent, DeviceUnreadable
from tests.fakes.snmp_device import (
    GET,
    GET_BULK,
    OCTETS,
    TOO_BIG,
    Answering,
    Asked,
    Oid,
    Recording,
    number,
    running_device,
    tagged,
)

LIMITS = AskingLimits(request_s=0.15, tries=2, whole_s=2.0, requests_per_s=10_000)
TABLE = "1.3.6.1.2.1.2.2.1.10"
COLUMN: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
SYSTEM = ["1.3.6.1.2.1.1.1.0|4|A switch", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1"]
SWITCH = Recording.of([*SYSTEM, *(f"{TABLE}.{index}|65|{index * 100}" for index in range(1, 61))])


async def column_of(answering: Answering, limits: AskingLimits = LIMITS) -> tuple[Column, int]:
    """Return what is read of one column, and after how many requests."""
    async with running_device(answering) as (port, device):
        reader = GufoReader(DeviceTarget("127.0.0.1", Community("public"), port), limits)
        return await reader.column(TABLE), device.requests


async def report_of(answering: Answering, limits: AskingLimits = LIMITS) -> DeviceReport:
    """Return what is made of a device."""
    async with running_device(answering) as (port, _):
        return await poll(GufoReader(DeviceTarget("127.0.0.1", Community("public"), port), limits))


async def test_a_column_is_read_to_its_end() -> None:
    column, requests = await column_of(SWITCH.answer)
    assert list(column.values.values()) == [index * 100 for index in range(1, 61)]
    assert (column.problem, column.doubled) == ("", frozenset())
    assert requests <= 5


async def test_a_walk_in_circles_ends() -> None:
    rows = [((*COLUMN, index), number(7, 65)) for index in (1, 2, 3)]
    column, requests = await column_of(lambda request: request.answered(rows))
    assert column.values == {"1": 7, "2": 7, "3": 7}
    assert column.problem == CIRCLE
    assert requests == 2


async def test_a_walk_that_goes_backwards_ends() -> None:
    def backwards(request: Asked) -> bytes:
        last = request.oids[0][-1] if len(request.oids[0]) > len(COLUMN) else 40
        return request.answered([((*COLUMN, max(1, last - 1)), number(1, 65))])

    column, requests = await column_of(backwards)
    assert column.problem == CIRCLE
    assert len(column.values) == 39
    assert requests == 40


def endless(size: int) -> Answering:
    """Give rows of so many octets for ever, in every column of the interfaces."""
    bases = [tuple(map(int, oid.split("."))) for oid in COLUMNS.values()]

    def answer(request: Asked) -> bytes | None:
        asked = request.oids[0]
        base = next((base for base in bases if asked[: len(base)] == base), None)
        if request.kind == GET or base is None:
            return SWITCH.answer(request)
        last = asked[-1] if len(asked) > len(base) else 0
        following = range(last + 1, last + 1 + request.repetitions)
        return request.answered(
            [((*base, index), tagged(OCTETS, bytes(size))) for index in following]
        )

    return answer


async def test_a_walk_without_end_ends_at_the_limit() -> None:
    limits = AskingLimits(request_s=0.5, whole_s=20, rows=500, requests_per_s=10_000)
    column, requests = await column_of(endless(1), limits)
    assert column.problem == TOO_MUCH
    assert len(column.values) == 500
    assert requests == 20
    limits = AskingLimits(request_s=0.5, values=900, requests_per_s=10_000)
    report = await report_of(endless(1), limits)
    assert len(report.interfaces) <= 925
    assert sum(TOO_MUCH in problem for problem in report.problems) >= 5


async def test_octets_are_limited() -> None:
    limits = AskingLimits(request_s=0.5, repetitions=2, octets=100_000, requests_per_s=10_000)
    column, requests = await column_of(endless(900), limits)
    assert column.problem == TOO_MUCH
    assert requests < 60


@pytest.mark.parametrize("size", [100, 300, 1000])
async def test_long_values_are_asked_for_in_smaller_parts(size: int) -> None:
    """The library reads answers of a certain size only."""
    rows = [f"{TABLE}.{index}|4|{'x' * size}" for index in range(1, 61)]
    column, _ = await column_of(Recording.of([*SYSTEM, *rows]).answer)
    assert len(column.values) == 60
    assert column.problem == ""


async def test_a_row_that_comes_twice_and_differs_is_told() -> None:
    def doubled(request: Asked) -> bytes:
        rows = [((*COLUMN, 1), number(7, 65)), ((*COLUMN, 1), number(8, 65))]
        return request.answered([*rows, ((*COLUMN[:-1], 11, 1), number(0, 65))])

    column, _ = await column_of(doubled)
    assert column.values == {"1": 7}
    assert column.doubled == {"1"}


async def test_an_answer_too_big_is_asked_for_in_smaller_parts() -> None:
    """RFC 3416, section 4.2.3: the error says so, and there are no values beside it."""

    def too_big(request: Asked) -> bytes | None:
        if request.kind == GET_BULK and request.repetitions > 6:
            return request.answered([], status=TOO_BIG)
        return SWITCH.answer(request)

    column, _ = await column_of(too_big)
    assert len(column.values) == 60
    assert column.problem == ""


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\x30", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(1400), b"\x30\x82\xff\xff" * 30,
     b"\xff" * 64, b"\x30\x84\xff\xff\xff\xff\x02\x01\x01"],
)  # fmt: skip
async def test_garbage_is_told_as_such(garbage: bytes) -> None:
    with pytest.raises((DeviceUnreadable, DeviceSilent)):
        await report_of(lambda _: garbage)


async def test_what_is_cut_anywhere_neither_hangs_nor_throws() -> None:
    first = SWITCH.answer(Asked(GET, b"public", 1, 0, ((1, 3, 6, 1, 2, 1, 1, 1, 0),)))
    assert first is not None
    limits = AskingLimits(request_s=0.05, tries=1, whole_s=1, requests_per_s=10_000)
    for end in range(1, len(first) + 8, 3):

        def cut(request: Asked, end: int = end) -> bytes:
            return (SWITCH.answer(request) or b"")[:end]

        try:
            report = await report_of(cut, limits)
        except (DeviceUnreadable, DeviceSilent):
            continue
        assert len(report.interfaces) <= 60


async def test_a_value_that_cannot_be_decoded_costs_its_column_alone() -> None:
    def odd(request: Asked) -> bytes | None:
        if request.kind == GET_BULK and request.oids[0][: len(COLUMN)] == COLUMN:
            return request.answered([((*COLUMN, 1), b"\x1f\x7f\x01\x00")])
        return SWITCH.answer(request)

    report = await report_of(odd)
    assert report.sys_descr == "A switch"
    assert any("ifInOctets" in p and "đọc được" in p for p in report.problems)


async def test_a_device_that_stops_answering_is_not_asked_for_ever() -> None:
    def fading(request: Asked) -> bytes | None:
        return SWITCH.answer(request) if request.kind == GET else None

    began_s = time.monotonic()
    report = await report_of(fading)
    assert report.sys_descr == "A switch"
    assert any(SILENT in problem for problem in report.problems)
    assert time.monotonic() - began_s < 2


async def test_a_slow_device_is_left_when_its_time_is_over() -> None:
    def one_row(request: Asked) -> bytes | None:
        last = request.oids[0][-1] if len(request.oids[0]) > len(COLUMN) else 0
        rows = [((*request.oids[0][:10], last + 1), number(5, 65))]
        return SWITCH.answer(request) if request.kind == GET else request.answered(rows)

    limits = AskingLimits(request_s=0.3, whole_s=0.8, requests_per_s=10_000)
    began_s = time.monotonic()
    async with running_device(one_row, delay_s=0.05) as (port, _):
        target = DeviceTarget("127.0.0.1", Community("public"), port)
        report = await poll(GufoReader(target, limits))
    assert time.monotonic() - began_s < 1.5
    assert any(TOO_LATE in problem for problem in report.problems)


def other_request(request: Asked) -> bytes:
    """Answer another question."""
    return request.answered([((*COLUMN, 1), number(1, 65))], request_id=request.request_id + 1)


def other_community(request: Asked) -> bytes | None:
    """Answer as to somebody else."""
    stranger = Asked(request.kind, b"other", request.request_id, request.repetitions, request.oids)
    return SWITCH.answer(stranger)


@pytest.mark.parametrize("wrong", [other_request, other_community, lambda _: None])
async def test_answers_to_somebody_else_are_none(wrong: Callable[[Asked], bytes | None]) -> None:
    began_s = time.monotonic()
    with pytest.raises(DeviceSilent):
        await report_of(wrong)
    assert time.monotonic() - began_s < 1


async def test_an_answer_from_another_port_is_none() -> None:
    async with (
        running_device(lambda _: None) as (_, stranger),
        running_device(SWITCH.answer, mouth=stranger) as (port, device),
    ):
        reader = GufoReader(DeviceTarget("127.0.0.1", Community("public"), port), LIMITS)
        with pytest.raises(DeviceSilent):
            await poll(reader)
    assert device.requests == LIMITS.tries


async def test_nobody_listening_is_told() -> None:
    reader = GufoReader(DeviceTarget("127.0.0.1", Community("public"), 9), LIMITS)
    with pytest.raises(DeviceSilent):
        await poll(reader)


async def test_requests_keep_to_their_rate() -> None:
    limits = AskingLimits(request_s=1, repetitions=5, requests_per_s=50)
    began_s = time.monotonic()
    _, requests = await column_of(SWITCH.answer, limits)
    assert time.monotonic() - began_s > (requests - 1) / 50 * 0.8
