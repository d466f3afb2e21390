"""What is read of any bytes beside the library: a value, or nothing."""

from hypothesis import given
from hypothesis import strategies as st

from monitoring.listeners.traps.envelope import engine_of, request_of
from tests.fakes.snmp_device import INTEGER, OCTETS, SEQUENCE, number, tagged

ENGINE = bytes.fromhex("80001f8880e9630000d61ff449")


def v3(engine: bytes) -> bytes:
    """Return the beginning of a message of v3."""
    usm = tagged(SEQUENCE, tagged(OCTETS, engine) + number(3) + number(9))
    head = tagged(SEQUENCE, number(1) + number(1500))
    return tagged(SEQUENCE, number(3) + head + tagged(OCTETS, usm) + tagged(OCTETS, b"?"))


def v2c(request_id: int, kind: int = 0xA7) -> bytes:
    """Return the beginning of a notification of v2c."""
    pdu = tagged(kind, number(request_id) + number(0) + number(0) + tagged(SEQUENCE, b""))
    return tagged(SEQUENCE, number(1) + tagged(OCTETS, b"public") + pdu)


def test_the_engine_of_v3_and_the_request_of_v2c_are_read() -> None:
    assert (engine_of(v3(ENGINE)), request_of(v3(ENGINE))) == (ENGINE, None)
    assert (engine_of(v2c(7)), request_of(v2c(7))) == (None, 7)
    assert request_of(v2c(-(2**31), 0xA6)) == -(2**31)
    assert request_of(v2c(7, 0xA1)) is None


def test_an_engine_is_of_5_to_32_octets() -> None:
    found = [size for size in range(40) if engine_of(v3(b"e" * size))]
    assert found == list(range(5, 33))


@given(st.binary(max_size=64), st.integers(0, 80), st.booleans())
def test_any_bytes_are_a_value_or_nothing(some: bytes, cut: int, is_v3: bool) -> None:
    whole = v3(ENGINE) if is_v3 else v2c(77)
    for data in (some, whole[:cut], whole[:cut] + some, some + whole, bytes((INTEGER,)) + some):
        engine, request = engine_of(data), request_of(data)
        assert engine is None or 5 <= len(engine) <= 32
        assert request is None or isinstance(request, int)
