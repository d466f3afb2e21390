"""The kernel's own lists, and that bytes of any kind are a value or none."""

import socket
import struct

from hypothesis import given
from hypothesis import strategies as st

from monitoring.collectors.netlink import messages
from monitoring.collectors.rtnetlink import (
    Address,
    HeardNeighbour,
    address_of,
    addresses,
    neighbour_of,
)

MAC = bytes.fromhex("286fb9000001")


def attribute(kind, value):
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack("=HH", 4 + len(value), kind) + padded


def neighbour(state=0x02, *, flags=0, mac=MAC, ages=(500, 9, 700, 1)):
    head = struct.pack("=BBHiHBB", socket.AF_INET, 0, 0, 3, state, flags, 1)
    address = attribute(1, socket.inet_aton("192.168.1.1"))
    return head + address + attribute(2, mac) + attribute(3, struct.pack("=4I", *ages))


def test_this_machine_has_its_loopback_address_for_ever():
    found = {one.address: one for one in addresses()}
    assert found["127.0.0.1"].left_s is None
    assert not found["127.0.0.1"].is_doubled


def test_a_lent_address_says_how_long_it_holds_and_one_of_a_tunnel_is_ours():
    head = struct.pack("=BBBBI", socket.AF_INET, 24, 0, 0, 2)
    there, here = socket.inet_aton("10.0.0.1"), socket.inet_aton("10.0.0.2")
    part = head + attribute(1, there) + attribute(2, here)
    part += attribute(6, struct.pack("=4I", 300, 600, 0, 12_345))
    assert address_of(part) == Address(2, "10.0.0.2", is_v6=False, left_s=600, stamp_s=123.45)


def test_an_address_that_the_kernel_found_taken_says_so():
    head = struct.pack("=BBBBI", socket.AF_INET6, 64, 0x08, 0, 2)
    part = head + attribute(1, socket.inet_pton(socket.AF_INET6, "2001:db8::1"))
    assert address_of(part) == Address(2, "2001:db8::1", is_v6=True, is_doubled=True)


def test_a_neighbour_is_one_that_was_heard():
    seen = HeardNeighbour(3, "192.168.1.1", "28:6f:b9:00:00:01", age_s=5.0, is_router=True)
    assert neighbour_of(neighbour(0x04, flags=0x80)) == seen
    # Incomplete, failed, those that need none (multicast), and one without an address.
    for state in (0x01, 0x20, 0x40):
        assert neighbour_of(neighbour(state)) is None
    assert neighbour_of(neighbour(mac=b"\0" * 6)) is None
    assert neighbour_of(neighbour(mac=b"")) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_to_their_end(data):
    for kind, part in messages(data):
        assert 0 <= kind < 2**16
        assert len(part) <= len(data)
    for found in (address_of(data), neighbour_of(data)):
        assert found is None or found.address
