"""Sockets of a leg that follow the machine's interfaces."""

import pytest

from media.transport.interfaces import WayOut
from media.transport.leg_sockets import MAX_SOCKETS, LegSockets

BUFFER = memoryview(bytearray(2048))


@pytest.fixture
def sockets():
    made = LegSockets(("0.0.0.0",), receive_buffer=BUFFER)  # noqa: S104 - the kernel's choice
    yield made
    made.close()


def test_each_interface_but_the_first_has_a_socket_once(sockets):
    ways = [WayOut(4, 1, "eth9"), WayOut(4, 2, "lo"), WayOut(6, 1, "eth9"), WayOut(6, 2, "lo")]
    assert sockets.follow(ways) == ([1], [])
    assert sockets.follow(ways) == ([], [])
    assert sockets.reaches(1, ("192.0.2.1", 1))
    assert not sockets.reaches(1, ("2001:db8::1", 1))


def test_an_interface_that_is_away_is_left_out(sockets):
    assert sockets.follow([WayOut(4, 1, "eth9"), WayOut(4, 2, "nowhere9")]) == ([], [])
    assert len(sockets) == 1


def test_where_the_address_is_set_no_other_interface_is_used():
    made = LegSockets(("127.0.0.1",), receive_buffer=BUFFER)
    assert made.follow([WayOut(4, 1, "eth9"), WayOut(4, 2, "lo")]) == ([], [])
    made.close()


def test_interfaces_beyond_the_limit_are_not_used():
    made = LegSockets(
        ("0.0.0.0",) * MAX_SOCKETS,  # noqa: S104 - the kernel's choice
        receive_buffer=BUFFER,
    )
    assert made.follow([WayOut(4, 1, "eth9"), WayOut(4, 2, "lo")]) == ([], [])
    made.close()


def test_the_address_that_is_sent_from_is_the_kernels_choice(sockets):
    assert sockets.way(0, ("127.0.0.1", 9)) == "127.0.0.1"
    assert sockets.way(7, ("127.0.0.1", 9)) == ""
