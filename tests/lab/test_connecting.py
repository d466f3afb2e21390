"""A connection that is begun while the line is away comes about as soon as it returns."""

import socket
import threading
import time

import pytest

from runtime.connecting import AGAIN_S, connect_first
from tests.lab.shape import Shape
from tests.lab.site import a_site

pytestmark = pytest.mark.namespace
AWAY_S = 1.2  # the kernel would repeat its packet after 1 s, and then after 3


def test_a_line_that_returns_is_used_at_once(tmp_path):
    with a_site(tmp_path) as site, socket.socket() as server:
        line = site.lines[0]
        server.bind((line.host, 0))
        server.listen()
        port = server.getsockname()[1]
        line.cut()
        mend = threading.Timer(AWAY_S, line.become, (Shape(),))
        mend.start()
        began_s = time.monotonic()
        connected = site.machine.inside(lambda: connect_first(line.host, port, timeout_s=5))
        took_s = time.monotonic() - began_s
        mend.join()
        assert connected.getpeername() == (line.host, port)
        connected.close()
        assert AWAY_S <= took_s < AWAY_S + AGAIN_S + 0.4
