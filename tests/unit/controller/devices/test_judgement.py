"""A device is judged by what its point last said, and by when that was."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from contracts.devices import METERED_REPORT_S, DeviceAnswer, SeenDevice, SeenPoe, SeenUps
from controller.devices.judgement import STALE_AFTER, DeviceCondition, condition_of

NOW = datetime(2026, 11, 27, 1, tzinfo=UTC)


def seen(answer: DeviceAnswer = "answers", ups: SeenUps | None = None) -> SeenDevice:
    return SeenDevice(device_id="sw01", asked_at=NOW, answer=answer, ups=ups)


def test_one_report_that_a_metered_point_misses_makes_no_device_stale() -> None:
    assert timedelta(seconds=2 * METERED_REPORT_S) < STALE_AFTER
    assert condition_of(seen(), now=NOW + STALE_AFTER) is DeviceCondition.ANSWERS
    late = NOW + STALE_AFTER + timedelta(seconds=1)
    assert condition_of(seen(), now=late) is DeviceCondition.STALE


@pytest.mark.parametrize("answer", get_args(DeviceAnswer))
def test_every_answer_has_a_state_of_its_name(answer: DeviceAnswer) -> None:
    state = condition_of(seen(answer), now=NOW)
    assert state == answer
    assert state.needs_a_look is (answer != "answers")


def test_only_a_supply_that_answers_is_on_battery() -> None:
    off = SeenUps(on_battery=True)
    assert condition_of(seen(ups=off), now=NOW) is DeviceCondition.BATTERY
    assert condition_of(seen("silent", off), now=NOW) is DeviceCondition.SILENT
    assert condition_of(seen(ups=SeenUps(on_battery=None)), now=NOW) is DeviceCondition.ANSWERS


def test_a_switch_with_a_bad_port_is_no_good_switch() -> None:
    fault = SeenPoe(port="7", state="fault")
    without_power = msgspec.structs.replace(seen(), poe=(fault,))
    assert condition_of(without_power, now=NOW) is DeviceCondition.PORTS
    assert condition_of(seen(), now=NOW, is_damaging=True) is DeviceCondition.PORTS
    assert condition_of(seen("silent"), now=NOW, is_damaging=True) is DeviceCondition.SILENT
    assert DeviceCondition.PORTS.needs_a_look
    fine = msgspec.structs.replace(seen(), poe=(SeenPoe(port="7", state="searching"),))
    assert condition_of(fine, now=NOW) is DeviceCondition.ANSWERS


def test_what_is_awaited_needs_no_look() -> None:
    assert condition_of(None, now=NOW) is DeviceCondition.WAITING
    assert not DeviceCondition.WAITING.needs_a_look
