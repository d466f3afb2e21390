"""A line that swallows packets above 1,300 bytes carries a point's connections all the same."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from agent.enrolment.enrol import enrol
from agent.point.identity import PointFolder
from contracts import topics
from contracts.ids import PointId
from media.client.whip_client import PointIdentity, WhipClient
from media.errors import RelayRefused, RelayUnreachable
from runtime.bus import Bus
from tests.fakes.controller import running_controller
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.narrow_line import a_narrow_line
from tests.fakes.pki import Pki
from tests.integration.runtime.test_bus import settings
from tests.waiting import until

pytestmark = pytest.mark.namespace

LIMIT_BYTES = 1_300


@pytest.fixture
def line():
    with a_narrow_line(LIMIT_BYTES) as made:
        yield made


def _pki(tmp_path, line):
    """Return an authority whose certificates make a first answer longer than one packet."""
    return Pki(tmp_path / "pki"), line.machine.host


def test_a_machine_enrols(tmp_path, line):
    pki, host = _pki(tmp_path, line)
    with running_controller(pki, host=host) as controller:
        url, folder = f"https://{host}:{controller.port}", PointFolder(tmp_path / "point")
        began_s = time.monotonic()
        identity = line.machine.inside(
            lambda: enrol(url, controller.code, folder, is_replacing=False)
        )
    assert identity.point_id == "p1"
    assert time.monotonic() - began_s < 5
    assert line.swallowed == 0


def test_the_broker_is_reached_and_takes_a_long_message(tmp_path, line):
    pki, host = _pki(tmp_path, line)

    async def publish(broker):
        bus = Bus(settings(broker, "p1"))

        async def handle(_):
            raise AssertionError("nobody publishes to us")

        task = asyncio.create_task(bus.run(handle))
        await until(lambda: bus.is_connected, 10)
        await bus.publish(topics.report(PointId("p1")), b"x" * 20_000, timeout_s=5)
        task.cancel()
        await asyncio.wait({task})

    with start_mosquitto(tmp_path, pki=pki, host=host) as broker:
        line.machine.inside(lambda: asyncio.run(publish(broker)))
    assert line.swallowed == 0


def test_the_relay_answers(tmp_path, line):
    pki, host = _pki(tmp_path, line)
    point = pki.issue("p1")
    with running_controller(pki, host=host) as controller:
        client = WhipClient(
            f"https://{host}:{controller.port}",
            ca_file=pki.ca_file,
            identity=PointIdentity(point.certificate_file, point.key_file),
            now=lambda: datetime.now(UTC),
            timeout_s=3,
        )

        def ask() -> str:
            try:
                asyncio.run(client.open("/whep/m1", "v=0\r\n" + "a=x\r\n" * 2_000))
            except (RelayRefused, RelayUnreachable) as exc:
                return str(exc)
            return ""

        answer = line.machine.inside(ask)
    # It is no relay, but it was heard: what swallows packets shows as a time-out.
    assert answer and "Timeout" not in answer
    assert line.swallowed == 0
