"""A name with a dead address is reached by another one, soon."""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime import connecting
from runtime.connecting import MAX_OPENING, connect_first
from tests.fakes.dead_address import dead_address
from tests.fakes.mosquitto import free_port

V4 = socket.AF_INET


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def names(*addresses):
    return lambda host, port: list(addresses)


def connect(resolve, timeout_s=5.0):
    began_s = time.monotonic()
    with connect_first("centre", 1, timeout_s=timeout_s, resolve=resolve) as channel:
        return channel.getpeername(), channel.gettimeout(), time.monotonic() - began_s


def test_an_address_that_answers_is_taken_and_blocks_as_asked(listener):
    found = connect(names((V4, listener.getsockname())))
    assert found[:2] == (listener.getsockname(), 5.0)


def test_a_dead_address_costs_a_quarter_of_a_second(listener):
    alive = listener.getsockname()
    with dead_address(alive[1]) as dead:
        peer, _, took_s = connect(names((V4, dead), (V4, alive)))
    assert peer == alive
    assert took_s < 2


def test_an_address_that_refuses_costs_nothing(listener):
    refusing = ("127.0.0.1", free_port())
    peer, _, _ = connect(names((V4, refusing), (V4, listener.getsockname())))
    assert peer == listener.getsockname()


def test_families_take_turns(listener):
    """Eight dead addresses of one family do not hide the other one."""
    alive = listener.getsockname()
    with dead_address(alive[1]) as dead:
        many = [(V4, dead)] * 12
        v6 = (socket.AF_INET6, ("::1", free_port(), 0, 0))
        with pytest.raises(OSError):
            connect(names(*many, v6), timeout_s=0.6)
        # The mapped form stands for an IPv6 address that answers.
        mapped = (socket.AF_INET6, (f"::ffff:{alive[0]}", alive[1], 0, 0))
        try:
            peer, _, _ = connect(names(*many, mapped))
        except OSError as exc:
            pytest.skip(f"not checked: no IPv6 here ({exc})")
    assert peer[1] == alive[1]


def test_the_last_reason_is_said_and_the_limit_is_kept(listener):
    with pytest.raises(ConnectionRefusedError):
        connect(names((V4, ("127.0.0.1", free_port()))))
    with dead_address(listener.getsockname()[1]) as dead, pytest.raises(TimeoutError):
        connect(names((V4, dead)), timeout_s=0.3)
    with pytest.raises(TimeoutError):
        connect(names())


def test_no_more_are_opening_at_once_than_the_limit(listener, monkeypatch):
    monkeypatch.setattr(connecting, "NEXT_ADDRESS_S", 0.01)
    monkeypatch.setattr(connecting, "AGAIN_S", 0.01)
    most = 0
    with dead_address(listener.getsockname()[1]) as dead, ThreadPoolExecutor(1) as threads:
        before = len(os.listdir("/proc/self/fd"))
        asking = threads.submit(connect, names(*[(V4, dead)] * 5), 1.0)
        while not asking.done():
            most = max(most, len(os.listdir("/proc/self/fd")) - before)
        assert isinstance(asking.exception(), TimeoutError)
    assert MAX_OPENING <= most <= MAX_OPENING + 2, "its selector, and this listing, beside them"
