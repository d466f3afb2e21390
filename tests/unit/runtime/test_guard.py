"""One thing's failure stays its own: what goes on, what is counted, what still ends a process."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from runtime import guard
from runtime.errors import PortInUse, SettingsError
from runtime.failure_metrics import FailuresCollector
from runtime.guard import FAILURES, Failures, beside, guarded, keep, start


class Odd(Exception):
    """What nobody expected, like x509.InvalidVersion."""


async def _fails() -> None:
    raise Odd


def test_the_next_thing_is_done_though_this_one_failed() -> None:
    before, done, told = FAILURES.total("thing"), list[int](), list[Exception]()
    for number in range(3):
        with guarded("thing", told.append, number=number):
            if number == 1:
                raise Odd
            done.append(number)
    assert (done, FAILURES.total("thing") - before) == ([0, 2], 1)
    assert [type(exc) for exc in told] == [Odd]


def test_putting_the_thing_away_may_fail_too() -> None:
    before = FAILURES.total("clumsy")

    def drop(_: Exception) -> None:
        raise Odd

    with guarded("clumsy", drop):
        drop(Odd())
    assert FAILURES.total("clumsy") - before == 2


async def test_a_task_of_one_peer_fails_and_the_group_goes_on() -> None:
    told: list[Exception] = []
    async with asyncio.TaskGroup() as tasks:
        start(tasks, _fails(), kind="peer", on_failed=told.append)
        other = start(tasks, asyncio.to_thread(lambda: None), kind="peer")
    assert [type(exc) for exc in told] == [Odd]
    assert other.done() and other.exception() is None


async def test_cancellation_goes_through() -> None:
    with pytest.raises(asyncio.CancelledError):
        with guarded("cancelled"):
            raise asyncio.CancelledError
    assert FAILURES.total("cancelled") == 0


async def test_a_part_that_fails_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "FIRST_PAUSE_S", 0.0)
    begun: list[None] = []

    async def part() -> None:
        begun.append(None)
        if len(begun) < 3:
            raise Odd

    async with asyncio.TaskGroup() as tasks:
        keep(tasks, part, name="part-under-test")
    assert len(begun) == 3


@pytest.mark.parametrize("fault", [PortInUse("::1", 1), SettingsError(Path("a"), "b", "c")])
async def test_what_people_must_change_ends_the_process(fault: Exception) -> None:
    async def part() -> None:
        raise ExceptionGroup("nested", [fault])

    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as tasks:
            keep(tasks, part, name="http")
    assert caught.value.subgroup(type(fault)) is not None


def _note(failures: Failures, error: Exception) -> None:
    try:
        raise error
    except Exception as exc:  # noqa: BLE001 - it is what is noted
        failures.note("kind", exc)


def test_metrics_name_kind_and_place() -> None:
    failures, registry = Failures(), CollectorRegistry()
    registry.register(FailuresCollector(failures))
    _note(failures, Odd("x"))
    _note(failures, Odd("y"))
    text = generate_latest(registry).decode()
    assert 'diemcau_failures_total{kind="kind",origin="tests/unit/runtime/test_guard.py:' in text
    assert text.rstrip().endswith("} 2.0")


def test_there_are_no_more_origins_than_the_limit() -> None:
    failures = Failures()
    for number in range(guard.MAX_ORIGINS + 50):
        error = Odd()
        code = compile("\n" * number + "raise error", "elsewhere.py", "exec")
        try:
            exec(code, {"error": error})  # noqa: S102 - a line of its own for each
        except Odd as exc:
            failures.note(f"kind-{number}", exc)
    assert sum(failures.totals.values()) == guard.MAX_ORIGINS + 50
    assert len({key for key in failures.totals if key[1] != "elsewhere"}) == guard.MAX_ORIGINS


async def test_what_runs_beside_a_block_is_begun_again_and_has_ended_with_it(monkeypatch) -> None:
    monkeypatch.setattr(guard, "FIRST_PAUSE_S", 0.0)
    begun, again, before = list[int](), asyncio.Event(), FAILURES.total("part")
    ended = asyncio.Event()

    async def part() -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            raise Odd
        try:
            again.set()
            await asyncio.Event().wait()
        finally:
            moment = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(moment.set_result, None)
            await moment  # its own end takes one
            ended.set()

    async def block() -> None:
        async with beside(part, name="beside"):
            await again.wait()
            raise PortInUse("127.0.0.1", 1)

    with pytest.raises(PortInUse):  # as it was raised, in no group
        await block()
    assert ended.is_set() and FAILURES.total("part") - before == 1
    assert "beside" not in {task.get_name() for task in asyncio.all_tasks()}
