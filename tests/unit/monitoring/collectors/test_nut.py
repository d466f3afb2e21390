"""What upsd's lines say of a power supply, and what of it is believed."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors import nut
from monitoring.collectors.snmp.report import DeviceReport, UpsState

WELL = {
    "ups.status": "OL CHRG",
    "battery.charge": "98",
    "battery.runtime": "1500",
    "ups.load": "14.5",
    "ups.mfr": "EATON",
    "ups.model": "Ellipse PRO 850",
    "driver.flag.allow_killpower": "0",
}


def state_of(**changed: str | None) -> tuple[UpsState | None, list[str]]:
    """Return what is believed of a supply that says something else than one that is well."""
    values = WELL | {name.replace("_", "."): value for name, value in changed.items()}
    said = [(name, value) for name, value in values.items() if value is not None]
    report = report_of(said, nut.NO_DESCRIPTION)
    return report.ups, report.problems


def on_mains(
    charge: float | None = 98, runtime: int | None = 1500, load: float | None = 14.5
) -> UpsState:
    """Return what is believed of one that has mains and asks for nothing."""
    return UpsState(charge, runtime, load, on_battery=False, replace_battery=False)


def report_of(said: Iterable[tuple[str, str]], description: str = "") -> DeviceReport:
    """Return what is believed of one that says how it is."""
    report = nut.report_of("usb", description, said)
    assert report is not None
    return report


def test_one_of_which_upsd_has_no_word_yet_is_not_there() -> None:
    assert nut.report_of("usb", "", []) is None
    assert nut.report_of("usb", "", [("battery.charge", "98")]) is None
    assert nut.report_of("usb", "", [("ups.status", "WAIT")]) is None


def test_what_a_supply_says_is_believed() -> None:
    report = report_of(WELL.items(), "Tu phong hop")
    assert (report.sys_name, report.sys_descr) == ("EATON Ellipse PRO 850", "Tu phong hop")
    assert (report.ups, report.problems) == (on_mains(), [])


def test_a_supply_without_a_maker_has_the_name_that_was_written_down() -> None:
    report = report_of([("ups.status", "OB")], nut.NO_DESCRIPTION)
    assert (report.sys_name, report.sys_descr) == ("usb", None)
    assert report.ups == UpsState(on_battery=True, replace_battery=False)
    assert len(report.problems) == 3


@pytest.mark.parametrize(
    ("status", "on_battery", "replace"),
    [("OL", False, False), ("OB DISCHRG LB", True, False), ("FSD OB LB", True, False),
     ("ALARM OL RB", False, True), ("OB RB", True, True), ("OL RBX", False, False),
     ("OL OB", None, None), ("OL OB RB", None, True), ("OFF", None, None), ("", None, None),
     ("ol", None, None), ("OLOB", None, None)],
)  # fmt: skip
def test_words_say_whether_it_is_on_battery_and_asks_for_another(
    status: str, on_battery: bool | None, replace: bool | None
) -> None:
    state, problems = state_of(ups_status=status)
    assert state == UpsState(98, 1500, 14.5, on_battery, replace)
    assert len(problems) == (on_battery is None)


@pytest.mark.parametrize(
    "charge", ["101", "-1", "nan", "inf", "1e2", "", " 98", "9_8", "٩٨", "98%", "9" * 400, None]
)
def test_a_value_that_is_none_is_unknown_and_told(charge: str | None) -> None:
    state, [problem] = state_of(battery_charge=charge)
    assert state == on_mains(charge=None)
    assert problem.startswith("battery.charge (upsd)")


def test_limits_are_those_of_one_that_snmp_asks() -> None:
    assert state_of(ups_load="300")[0] == on_mains(load=300)
    assert state_of(ups_load="300.1")[0] == on_mains(load=None)
    assert state_of(battery_runtime="5184001")[0] == on_mains(runtime=None)
    assert state_of(battery_runtime="0")[0] == on_mains(runtime=None)
    assert state_of(battery_runtime="0", ups_status="OB")[0] == UpsState(
        98, 0, 14.5, on_battery=True, replace_battery=False
    )


def test_a_value_that_came_twice_is_believed_where_it_is_the_same() -> None:
    twice = [*WELL.items(), ("ups.status", "OB"), ("battery.charge", "98")]
    report = report_of(twice)
    assert report.ups == UpsState(98, 1500, 14.5, on_battery=None)
    assert "ups.status (upsd) = OB" in report.problems[0]


def test_lines_are_read_and_others_are_none() -> None:
    assert nut.supply_of(r'UPS usb "Tủ \"A\" \\ 1"') == ("usb", r'Tủ "A" \ 1')
    assert nut.variable_of('VAR usb ups.load "14"', "usb") == ("ups.load", "14")
    for line in ('VAR other ups.load "14"', "VAR usb ups.load 14", 'VAR usb "14"', "", '"',
                 'VAR usb ups.load "1" 4"', 'VAR usb ups.load "14\\"'):  # fmt: skip
        assert nut.variable_of(line, "usb") is None
    for line in ('UPS a/b "x"', 'UPS  "x"', "UPS usb", f'UPS {"u" * 61} "x"'):
        assert nut.supply_of(line) is None
    assert [nut.error_of(line) for line in ("ERR DATA-STALE", "ERR ", "ERROR", "")] == [
        "DATA-STALE", "", None, None,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(sorted(WELL)), st.text(max_size=20))))
def test_whatever_it_says_is_a_report_that_can_be_told(said: list[tuple[str, str]]) -> None:
    state = report_of([("ups.status", "OL"), *said]).ups
    assert state is not None
    assert state.charge_percent is None or 0 <= state.charge_percent <= 100


@given(st.text(max_size=60))
def test_whatever_a_line_is_nothing_fails(line: str) -> None:
    assert nut.supply_of(line) is None or line.startswith("UPS ")
    assert nut.variable_of(line, "usb") is None or line.startswith("VAR usb ")
    assert nut.error_of(line) is None or line.startswith("ERR ")
