"""The reflector as its own process, asked over real UDP on loopback."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitoring.reflector import probe
from monitoring.reflector.cli import main
from monitoring.reflector.probe import TrainPacket
from monitoring.reflector.service import Reflector
from monitoring.reflector.settings import ReflectorSettings
from monitoring.stamp import wire
from runtime import settings
from runtime.guard import FAILURES
from tests.waiting import until

PROJECT = Path(__file__).parents[3]
MASTER = bytes(range(32))
KEY = probe.point_key(MASTER, 7)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "probe.key").write_bytes(MASTER)
    path = tmp_path / "reflector.toml"
    path.write_text('key_file = "probe.key"\nbind = "127.0.0.1"\nport = 0\n')
    return path


@pytest.fixture
def reflector(config):
    process = subprocess.Popen(
        [sys.executable, "-m", "monitoring.reflector", "run", "--config", str(config)],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
    )
    line = json.loads(process.stderr.readline())
    assert line["event"] == "reflector_listening"
    yield process, ("127.0.0.1", line["port"])
    process.kill()
    process.communicate()


@pytest.fixture
def asker(reflector):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect(reflector[1])
        udp.settimeout(5)
        yield udp


def asked(seq, probe_id=7, key=KEY):
    return wire.encode_question(wire.StampQuestion(seq, time.time_ns(), probe_id), key)


def test_a_probe_comes_back_proved_with_the_times_of_both_ends(asker):
    before_ns = time.time_ns()
    asker.send(asked(1))
    answer = wire.decode_answer(asker.recv(2000), KEY)
    assert before_ns <= answer.sender_sent_ns
    # Both clocks are this machine's; the kernel's stamp is older than the answer.
    assert abs(answer.received_ns - before_ns) < 10**9
    assert answer.received_ns < answer.sent_ns < time.time_ns() + 10**7
    assert (answer.seq, answer.sender_seq, answer.ttl) == (0, 1, 64)


def test_strangers_hear_nothing_and_points_are_answered_all_the_same(reflector, asker):
    for datagram in (b"x", bytes(44), bytes(112), bytes(1472), bytes(3000),
                     asked(2, key=b"another key")):  # fmt: skip
        asker.send(datagram)
    for datagram in (asked(2),) * 2:
        asker.send(datagram)
    assert wire.decode_answer(asker.recv(2000), KEY).sender_seq == 2
    process, _ = reflector
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=10)
    totals = next(line for line in map(json.loads, log.splitlines()) if "malformed" in line)
    assert (totals["malformed"], totals["probe_answered"], totals["replayed"]) == (6, 1, 1)
    assert process.returncode == 0


def test_a_train_is_answered_with_kernel_times_of_its_packets(asker):
    count = 20
    for index in range(count):
        packet = TrainPacket(7, index, time.time_ns(), 5, index, count)
        asker.send(probe.encode_train_packet(packet, KEY, size=1400))
    answer = probe.decode_answer(asker.recv(2000), KEY)
    assert (answer.train_id, len(answer.arrivals_us)) == (5, count)
    assert answer.arrivals_us[0] == 0
    assert list(answer.arrivals_us) == sorted(answer.arrivals_us)
    assert answer.arrivals_us[-1] < 100_000


def test_a_train_with_a_hole_is_answered_after_a_second(asker):
    for index in (0, 1, 3):
        packet = TrainPacket(7, index, 1, 6, index, 4)
        asker.send(probe.encode_train_packet(packet, KEY, size=300))
    answer = probe.decode_answer(asker.recv(2000), KEY)
    assert answer.arrivals_us[2] is None
    assert None not in (answer.arrivals_us[0], answer.arrivals_us[1], answer.arrivals_us[3])


def test_a_port_in_use_is_said_in_a_sentence(config, capsys):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        config.write_text(config.read_text().replace("port = 0", f"port = {port}"))
        assert main(["run", "--config", str(config)]) == 1
    assert f"port {port} on 127.0.0.1 is in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("bind", "bnid", "did you mean 'bind'"),
        ("probe.key", "other.key", "cannot be read"),
        ("port = 0", "port = 70000", "port"),
    ],
)
def test_a_bad_configuration_names_file_key_and_what_was_expected(
    config, capsys, old, new, expected
):
    config.write_text(config.read_text().replace(old, new))
    assert main(["run", "--config", str(config)]) == 2
    error = capsys.readouterr().err
    assert expected in error


def test_the_configuration_that_is_shipped_is_valid():
    from monitoring.reflector.settings import ReflectorSettings
    from runtime.settings import load

    assert load(ReflectorSettings, PROJECT / "configs" / "reflector.toml").port == 8862


async def test_a_datagram_that_fails_costs_itself_and_is_counted(config):
    service = Reflector(settings.load(ReflectorSettings, config), MASTER)
    right = service._reflection._key_of

    def key_of(probe_id):
        if probe_id == 13:
            raise ZeroDivisionError("a fault of ours")
        return right(probe_id)

    service._reflection._key_of = key_of
    before = FAILURES.total("datagram")
    task = asyncio.create_task(service.run())
    await until(lambda: service.port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect(("127.0.0.1", service.port))
        udp.send(asked(1, 13))
        udp.send(asked(2))
        async with asyncio.timeout(5):
            answer = await asyncio.get_running_loop().sock_recv(udp, 2000)
    assert wire.decode_answer(answer, KEY).sender_seq == 2
    assert FAILURES.total("datagram") == before + 1
    task.cancel()
    await asyncio.wait({task})
