"""diemcau-relay as a process: its configuration, its ports, and messages that are none."""

import socket
import subprocess
import sys

import pytest

from contracts import topics
from contracts.ids import MeetingId
from media.relay.settings import RelaySettings
from runtime import settings
from tests.fakes.relay import CHAIR, RELAY, ROOT, meeting, start_relay
from tests.waiting import until


def run(config) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "media.relay", "run", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_shipped_configuration_is_read():
    loaded = settings.load(RelaySettings, ROOT / "configs" / "relay.toml")
    assert (loaded.https.port, loaded.media.port) == (8444, 10000)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("candidates =", "candidate =", "did you mean 'candidates'?"),
        ("relay_id =", "relay_id = 5 #", "relay_id"),
        ('token_key_file = "', 'token_key_file = "/no/such/', "token_key_file"),
    ],
)
async def test_a_configuration_that_cannot_be_used_is_explained(tmp_path, old, new, said):
    async with start_relay(tmp_path, is_started=False) as relay:
        spoiled = tmp_path / "spoiled.toml"
        spoiled.write_text(relay.config.read_text().replace(old, new, 1))
        ended = run(spoiled)
    assert ended.returncode == 2
    assert said in ended.stderr and str(spoiled) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_a_port_in_use_is_said(tmp_path, kind):
    async with start_relay(tmp_path, is_started=False) as relay:
        port = relay.media_port if kind == socket.SOCK_DGRAM else relay.https_port
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind((relay.address if kind == socket.SOCK_STREAM else "0.0.0.0", port))  # noqa: S104 - as the relay does
            if kind == socket.SOCK_STREAM:
                taken.listen()
            ended = run(relay.config)
    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_documents_that_cannot_be_read_harm_no_meeting(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: "forwarding_began" in centre.kinds())
        topic = topics.relay_meeting(RELAY, MeetingId("m1"))
        newer = meeting(generation=9)
        for payload in (
            b"no json",
            b"{}",
            b'{"schema_version": 99}',
            b"x" * 70_000,
            b"[" * 5000,
        ):
            await centre.bus.publish(topic, payload)
        await centre.bus.publish(topic, meeting("other", generation=9))
        await centre.declare(newer)
        await until(lambda: rejected(relay))
        await centre.hears(lambda: centre.meeting_state() is not None)
        assert centre.meeting_state().is_forwarding
        assert relay.stop() == 0
        await centre.hears(lambda: centre.status is not None and not centre.status.is_online)


async def rejected(relay) -> bool:
    return bool(await relay.metric("diemcau_relay_documents_rejected_total") == 6.0)


async def test_a_meeting_taken_back_is_forgotten(tmp_path):
    async with start_relay(tmp_path) as relay:
        centre = relay.centre
        await centre.declare(meeting())
        await centre.hears(lambda: centre.meeting_state() is not None)
        await until((tmp_path / "data" / "meetings" / "m1.json").exists)
        await centre.bus.clear_retained(topics.relay_meeting(RELAY, MeetingId("m1")))
        await centre.hears(lambda: centre.meeting_state() is None)
        assert list((tmp_path / "data" / "meetings").iterdir()) == []
        response = await relay.offer("publish", "v=0", point=CHAIR)
        assert response.status_code == 404
