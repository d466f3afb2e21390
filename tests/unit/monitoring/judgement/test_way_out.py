"""Which line a point uses: the better one that it had before, by the names that Linux gives."""

import pytest

from contracts.reports import (
    SUMMED_UP,
    ClockState,
    HealthBody,
    InterfaceFacts,
    InterfaceRate,
    InterfacesSection,
    InventoryBody,
    Report,
)
from monitoring.judgement.health import Facts, problems_of
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Problem, ProblemKey, Severity, Thresholds
from monitoring.judgement.way_out import left_way, told_way, way_of
from tests.unit.monitoring.judgement.outage_story import T0


def body(*names: str, has_carrier: bool = True) -> HealthBody:
    rates = tuple(InterfaceRate(name=one, has_carrier=has_carrier) for one in names)
    return HealthBody(interfaces=InterfacesSection(rates=rates))


@pytest.mark.parametrize(
    ("way", "earlier", "left"),
    [
        ("wwan0", ("enp1s0",), "enp1s0"),
        ("ppp0", ("", "eth0"), "eth0"),
        ("enx001122334455", ("eno1",), "eno1"),
        ("wlp2s0", ("enp1s0",), "enp1s0"),
        ("wwan0", ("wwan0", "wlp2s0", "enp1s0"), "wlp2s0"),
        ("enp1s0", ("wwan0", "enp1s0"), ""),
        ("enp1s0", ("enp2s0",), ""),
        ("wwan0", ("wwan0", ""), ""),
        ("", ("enp1s0",), ""),
    ],
)
def test_it_has_left_the_better_of_those_that_it_had(way, earlier, left):
    assert left_way(way, earlier) == left


def test_the_first_interface_with_a_signal_leads_out():
    assert way_of(body("wwan0", "enp1s0")) == "wwan0"
    assert way_of(body("enp1s0", has_carrier=False)) == ""
    assert way_of(body(SUMMED_UP)) == ""
    assert way_of(HealthBody()) == ""


def test_an_inventory_says_what_led_out():
    facts = (InterfaceFacts(name="wwan0"), InterfaceFacts(name="eno1", is_uplink=True))
    made = InventoryBody(
        hostname="", system="", agent_version="", processor="", processor_count=1,
        memory_bytes=1, disk_bytes=1, interfaces=facts,
    )  # fmt: skip
    assert told_way(made) == "eno1"


def test_a_point_on_its_second_line_is_up_with_something_serious():
    told = {"name": "eno1", "through": "wwan0"}
    wanted = Problem(ProblemKey.FAILED_OVER, Severity.SERIOUS, told)
    report = made_report(body("wwan0", "eno1"))
    assert wanted in problems_of(
        Facts(PresenceState.UP, T0, health=report, earlier_ways=("wwan0", "eno1")), Thresholds()
    )


def made_report(of: HealthBody) -> Report:
    return Report(
        outbox_id="outbox-0001", seq=1, measured_at=T0, boot_id="a" * 32, monotonic_ms=1,
        clock=ClockState(source="ntp", error_ms=1.0), body=of,
    )  # fmt: skip
