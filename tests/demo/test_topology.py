"""Namespaces that are made, cut, mended, and leave nothing behind."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress

import psutil
import pytest

from scripts.demo import topology
from tests.waiting import until

pytestmark = [
    pytest.mark.namespace,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes network namespaces"),
]


EVERY_PROTOCOL = 3  # ETH_P_ALL of linux/if_ether.h
KNOCK = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), timeout=1).close()
except ConnectionRefusedError:
    pass
except OSError:
    sys.exit(1)
"""


def reaches(namespace, address):
    """Whether the machine answers, if only by refusing: nothing more than Python is needed."""
    words = ["ip", "netns", "exec", namespace, sys.executable, "-c", KNOCK, address]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


@contextmanager
def listening_on(place, point_id):
    """Give a socket that gets every frame of a point's line from now on, either way."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL)) as line:
        line.bind((place.host_end_of(point_id), 0))
        line.setblocking(False)
        yield line


def senders(line):
    """Return the hardware addresses that frames of a line came from."""
    found = set()
    with suppress(BlockingIOError):
        while frame := line.recv(2048):
            found.add(frame[6:12].hex(":"))
    return found


def hardware_of(place, point_id):
    words = ["ip", "-json", "-n", place.namespace_of(point_id), "link", "show", "eth0"]
    return json.loads(subprocess.check_output(words))[0]["address"]


@pytest.fixture
def place():
    made = topology.prepare(None, ["pt-a", "pt-b"])
    if made.bridge is None:
        pytest.skip(made.note)
    yield made
    made.close()


def test_a_point_reaches_the_centre_and_is_counted(place):
    before = place.interface_bytes("pt-a")
    assert reaches(place.namespace_of("pt-a"), place.centre_address)
    assert place.interface_bytes("pt-a") > before
    assert place.namespace_of("somebody else") is None


async def test_a_cut_point_reaches_nobody_until_it_is_mended(place):
    place.cut("pt-a")
    assert not reaches(place.namespace_of("pt-a"), place.centre_address)
    assert reaches(place.namespace_of("pt-b"), place.centre_address)
    place.mend("pt-a")
    await until(lambda: reaches(place.namespace_of("pt-a"), place.centre_address))
    assert place.interface_bytes("pt-a") > 0


async def test_who_has_a_router_reaches_it_while_the_line_is_cut_and_hears_nothing_of_others():
    place = topology.prepare(None, ["pt-a", "pt-b"], routed=["pt-a"])
    if place.bridge is None:
        pytest.skip(place.note)
    try:
        inside, net = place.namespace_of("pt-a"), place.centre_address.removesuffix(".0.1")
        assert reaches(inside, place.centre_address)
        # Whatever else goes by, as a browser's greetings to every network of this machine.
        with listening_on(place, "pt-a") as routed, listening_on(place, "pt-b") as own:
            assert not reaches(place.namespace_of("pt-b"), f"{net}.0.99")  # asked by broadcast
            asked = hardware_of(place, "pt-b")
            assert asked in senders(own)
            assert asked not in senders(routed)
        place.cut("pt-a")
        assert not reaches(inside, place.centre_address)
        assert reaches(inside, f"{net}.10.1")
        place.mend("pt-a")
        await until(lambda: reaches(inside, place.centre_address))
    finally:
        place.close()


def test_two_at_once_get_places_of_their_own_and_leave_none(place):
    other = topology.prepare(None, ["pt-a"])
    assert other.index != place.index
    bridge = other.bridge
    other.close()
    assert bridge not in psutil.net_if_stats()
    assert place.bridge in psutil.net_if_stats()


def test_without_root_everybody_shares_one_address(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    shared = topology.prepare(None, ["pt-a"])
    assert shared.bridge is None
    assert shared.centre_address == topology.machine_address()
    assert "not root" in shared.note
