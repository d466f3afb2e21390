"""Addresses go to the kernel and come back as Python's own sockets name them."""

import socket

import pytest

from media.transport.sockaddr import sockaddr, told


@pytest.mark.parametrize(
    "address",
    [("10.1.2.3", 65_535), ("::1", 9, 0, 0), ("::ffff:10.1.2.3", 4, 0, 0), ("fe80::7", 4, 1, 3)],
)
def test_an_address_comes_back(address):
    assert told(sockaddr(address)) == address


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_it_is_what_the_kernel_takes(family, host):
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        one.bind((host, 0))
        own = one.getsockname()
        assert told(sockaddr(own)) == own
