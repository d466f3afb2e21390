"""What traps of the standards, and of makers that go their own way, mean."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.devices import SeenTrap
from monitoring.listeners.traps.meaning import TrapMeaning, meaning
from monitoring.listeners.traps.trap import Trap

INDEX, IF_DESCR = "1.3.6.1.2.1.2.2.1.1.9", "1.3.6.1.2.1.2.2.1.2.9"
IF_NAME, ALARM = "1.3.6.1.2.1.31.1.1.1.1.9", "1.3.6.1.2.1.33.1.6.2.1.2.7"
GENERIC, UPS, ALARMS = "1.3.6.1.6.3.1.1.5", "1.3.6.1.2.1.33.2", "1.3.6.1.2.1.33.1.6.3"


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        (f"{GENERIC}.1", "cold_start"),
        (f"{GENERIC}.2", "warm_start"),
        (f"{GENERIC}.5", "authentication_failure"),
        (f"{UPS}.1", "on_battery"),
        (f"{UPS}.0.1", "on_battery"),
        ("1.3.6.1.4.1.318.0.5", "on_battery"),
        ("1.3.6.1.4.1.318.0.7", "battery_low"),
        ("1.3.6.1.4.1.318.0.9", "power_restored"),
        (f"{UPS}.2", "other"),
        (f"{GENERIC}.6", "other"),
    ],
)
def test_a_trap_is_known_by_its_oid(oid: str, kind: str) -> None:
    assert meaning(Trap(oid, 1)).kind == kind


@pytest.mark.parametrize(
    ("trap", "alarm", "kind"),
    [
        ("3", "2", "on_battery"),
        ("4", "2", "power_restored"),
        ("3", "3", "battery_low"),
        ("3", "4", "battery_low"),
        ("0.3", "2", "on_battery"),
        ("4", "3", "other"),
        ("3", "12", "other"),
    ],
)
def test_an_alarm_of_a_power_supply_is_known_by_what_it_is_about(
    trap: str, alarm: str, kind: str
) -> None:
    values = (("1.3.6.1.2.1.33.1.6.2.1.1.7", 7), (ALARM, f"{ALARMS}.{alarm}"))
    assert meaning(Trap(f"{UPS}.{trap}", 1, values=values)).kind == kind


def test_a_link_has_its_number_and_the_name_that_people_know() -> None:
    down = f"{GENERIC}.3"
    both = ((INDEX, 9), (IF_DESCR, b"GigabitEthernet1/0/9"), (IF_NAME, b"Gi1/0/9"))
    assert meaning(Trap(down, 1, values=both)) == TrapMeaning("link_down", down, 9, "Gi1/0/9")
    described = meaning(Trap(down, 1, values=both[:2]))
    assert (described.index, described.name) == (9, "GigabitEthernet1/0/9")
    assert meaning(Trap(f"{GENERIC}.4", 1)) == TrapMeaning("link_up", f"{GENERIC}.4")


def test_an_unknown_one_is_told_by_its_oid_and_the_first_text_in_it() -> None:
    values = (("1.3.6.1.4.1.9.1", b"\xff\x00"), ("1.3.6.1.4.1.9.2", " quạt 1\n đã dừng".encode()))
    assert meaning(Trap("1.3.6.1.4.1.9.0.1", 1, values=values)) == TrapMeaning(
        "other", "1.3.6.1.4.1.9.0.1", text="quạt 1 đã dừng"
    )


@pytest.mark.parametrize("value", [-1, 0, 2**31 - 1, 2**31, 2**64 - 1])
def test_an_index_is_one_that_an_interface_can_have(value: int) -> None:
    told = meaning(Trap(f"{GENERIC}.3", 1, values=((INDEX, value),)))
    assert told.index == (value if 0 <= value < 2**31 else None)


OIDS = st.one_of(
    st.sampled_from([f"{GENERIC}.3", f"{UPS}.3", f"{UPS}.1", INDEX, IF_NAME, ALARM]),
    st.lists(st.integers(0, 2**32 - 1), max_size=128).map(lambda parts: ".".join(map(str, parts))),
)
VALUES = st.one_of(st.integers(-(2**31), 2**64 - 1), st.binary(max_size=300), st.text())


@given(OIDS, st.lists(st.tuples(OIDS, VALUES), max_size=8))
@example(f"{GENERIC}.3", [(INDEX, 2**64 - 1)])
def test_whatever_comes_can_be_told(oid: str, values: list[tuple[str, int | bytes | str]]) -> None:
    said = meaning(Trap(oid, 1, values=tuple(values)))
    seen = SeenTrap(
        device_id="sw01", kind=said.kind, oid=said.oid, index=said.index, name=said.name,
        text=said.text,
    )  # fmt: skip
    assert msgspec.convert(msgspec.to_builtins(seen), SeenTrap) == seen
