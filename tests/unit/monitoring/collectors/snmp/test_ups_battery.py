"""Whether a supply asks for another battery: by RFC 1628's alarms, else by its maker's word."""

import pytest

from monitoring.collectors.snmp.findings import Findings
from monitoring.collectors.snmp.makers import Template, template_for
from monitoring.collectors.snmp.reader import RawValue
from monitoring.collectors.snmp.ups import ALARMS, ALARMS_PRESENT, BATTERY_BAD, read_ups
from tests.unit.monitoring.collectors.snmp.cases import KnownDevice

E = "1.3.6.1.4.1"
OTHER_ALARM = "1.3.6.1.2.1.33.1.6.3.20"
APC, MGE, CPS = (template_for(f"{E}.{maker}") for maker in (318, 705, 3808))
APC_WORD, MGE_WORD, CPS_WORD = (
    f"{E}.318.1.1.1.2.2.4.0", f"{E}.705.1.5.11.0", f"{E}.3808.1.1.1.2.2.5.0",
)  # fmt: skip


async def asks(said: dict[str, RawValue], template: Template | None = None) -> bool | None:
    state = await read_ups(KnownDevice({"1.3.6.1.2.1.33.1.4.1.0": 3} | said), Findings(), template)
    assert state is not None
    return state.replace_battery


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({ALARMS_PRESENT: 0}, False),
        ({ALARMS_PRESENT: 1, f"{ALARMS}.7": OTHER_ALARM}, False),
        ({ALARMS_PRESENT: 2, f"{ALARMS}.7": OTHER_ALARM, f"{ALARMS}.9": BATTERY_BAD}, True),
        ({ALARMS_PRESENT: 1, f"{ALARMS}.9": f".{BATTERY_BAD}"}, True),
        ({ALARMS_PRESENT: "many"}, None),
    ],
)
async def test_the_standards_alarms_say_it(
    said: dict[str, RawValue], expected: bool | None
) -> None:
    assert await asks(said) is expected


@pytest.mark.parametrize(
    ("template", "word", "worn", "sound"),
    [(APC, APC_WORD, 2, 1), (MGE, MGE_WORD, 1, 2), (CPS, CPS_WORD, 2, 1)],
)
async def test_a_makers_word_counts_where_the_standards_table_is_empty(
    template: Template, word: str, worn: int, sound: int
) -> None:
    assert await asks({ALARMS_PRESENT: 0, word: worn}, template) is True
    assert await asks({word: sound}, template) is False
    assert await asks({word: 77}, template) is None
    bad: dict[str, RawValue] = {ALARMS_PRESENT: 1, f"{ALARMS}.1": BATTERY_BAD, word: sound}
    assert await asks(bad, template) is True


async def test_the_table_of_alarms_is_asked_only_where_there_is_one() -> None:
    device = KnownDevice({"1.3.6.1.2.1.33.1.4.1.0": 3, ALARMS_PRESENT: 0})
    await read_ups(device, Findings(), None)
    assert ALARMS not in device.asked
