"""A centre whose name has a dead address: broker and enrolment are reached within two seconds."""

import asyncio
import socket
import time

import pytest

from agent.enrolment.enrol import enrol
from agent.point.identity import PointFolder
from runtime.bus import Bus
from tests.fakes.controller import running_controller
from tests.fakes.dead_address import dead_address
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.pki import Pki
from tests.integration.runtime.test_bus import settings
from tests.waiting import until


@pytest.fixture
def dead_first(monkeypatch):
    """Give `localhost` an address that is dead before the one that lives."""
    asked = socket.getaddrinfo

    def with_dead(host, port, *more, **options):
        found = asked(host, port, *more, **options)
        if host != "localhost":
            return found
        return [(*found[0][:4], ("127.0.0.2", port)), *found]

    monkeypatch.setattr(socket, "getaddrinfo", with_dead)


async def test_the_broker(tmp_path, dead_first):
    with start_mosquitto(tmp_path) as broker, dead_address(broker.port):
        broker.host = "localhost"
        bus = Bus(settings(broker, "p1"))

        async def handle(_):
            raise AssertionError("nobody publishes")

        began_s = time.monotonic()
        task = asyncio.create_task(bus.run(handle))
        await until(lambda: bus.is_connected, 10)
        assert time.monotonic() - began_s < 2
        task.cancel()
        await asyncio.wait({task})


def test_enrolment(tmp_path, dead_first):
    with running_controller(Pki(tmp_path / "pki")) as controller, dead_address(controller.port):
        url = f"https://localhost:{controller.port}"
        began_s = time.monotonic()
        folder = PointFolder(tmp_path / "point")
        identity = enrol(url, controller.code, folder, is_replacing=False)
        assert time.monotonic() - began_s < 3  # three requests
    assert identity.controller_url == url
