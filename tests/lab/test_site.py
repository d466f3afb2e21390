"""A machine behind an emulated line: real packets, delayed, cut and moved on command."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from tests.lab.shape import Shape
from tests.lab.site import a_site

pytestmark = pytest.mark.namespace
PORT = 5_077


@contextmanager
def an_echo():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        echo.bind(("0.0.0.0", PORT))  # noqa: S104 - the address that is asked answers

        def answer():
            while (asked := echo.recvfrom(2048))[0] != b"end":
                echo.sendto(asked[1][0].encode(), asked[1])

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
                asker.sendto(b"end", ("127.0.0.1", PORT))
            thread.join()


def asked(site, host):
    """Return how long an answer took and under which address we were seen; None: none came."""
    made = site.machine.inside(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    with made as asker:
        asker.settimeout(0.5)
        began_s = time.monotonic()
        asker.sendto(b"x", (host, PORT))
        try:
            seen_as = asker.recv(100).decode()
        except TimeoutError:
            return None
        return time.monotonic() - began_s, seen_as


def test_a_line_delays_is_cut_and_comes_back_under_another_address(tmp_path):
    with a_site(tmp_path, lines=2) as site, an_echo():
        first, second = site.lines
        assert asked(site, first.host)[1] == first.address
        first.become(Shape(delay_ms=60))
        assert asked(site, first.host)[0] >= 0.12
        first.cut()
        assert asked(site, first.host) is None
        assert asked(site, second.host)[1] == second.address
        first.become(Shape())
        site.move(first, f"{first.net}3")
        assert asked(site, first.host)[1] == f"{first.net}3"
        assert first.read().up.packets > 0
