"""What a line swallows is found, and told from what is lost and from what the kernel knows."""

import asyncio
import contextlib

import pytest

from monitoring.errors import CollectorError
from monitoring.listeners.line_prober import LinkCollector, LinkProber
from monitoring.listeners.packet_size import SIZES, swallowed_above
from monitoring.listeners.target import ProbeTarget
from monitoring.reflector.probe import (
    TrainAnswer,
    TrainPacket,
    decode_question,
    encode_train_answer,
    point_key,
)
from monitoring.reflector.reflection import TRAIN_GAP_S, TRAIN_WAIT_S, Reflection, Reply
from tests.fakes.mosquitto import free_port
from tests.fakes.namespace import run
from tests.fakes.narrow_line import a_narrow_line
from tests.fakes.reflector import running_reflector

MASTER = b"m" * 32


@pytest.mark.namespace
@pytest.mark.parametrize(
    ("limit_bytes", "own_mtu", "found"),
    [(1_300, 1500, 1280), (1500, 1500, None), (1_420, 1_400, None)],
)
def test_the_size_above_which_a_line_swallows_is_found(tmp_path, limit_bytes, own_mtu, found):
    with a_narrow_line(limit_bytes) as line:
        machine = line.machine
        run(*machine.prefix, "ip", "link", "set", machine.interface, "mtu", str(own_mtu))
        with running_reflector(tmp_path, port=free_port(), host=machine.host) as reflector:
            target = reflector.target(7)
            above = machine.inside(lambda: asyncio.run(swallowed_above(target, tries=1)))
        assert above == found
        # What the kernel knows of its own line is not even tried.
        assert line.swallowed == (sum(size > limit_bytes for size in SIZES) if found else 0)


class Reflecting(asyncio.DatagramProtocol):
    """The reflector's rules, with a line before them, where trains are half a minute apart."""

    def __init__(self, swallows) -> None:
        self.reflection = Reflection(lambda probe_id: point_key(MASTER, probe_id))
        self.swallows = swallows
        self.trains: dict[int, None] = {}

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, address) -> None:
        self.trains[int.from_bytes(data[20:22])] = None
        number, size = len(self.trains), len(data) + 28
        replies = []
        if not self.swallows(number, size):
            source = (*address[:2], "")
            now_s = number * TRAIN_GAP_S
            replies.append(self.reflection.answer_to(data, source, arrived_ns=1, now_s=now_s))
        if size == SIZES[-1]:
            replies += self.reflection.due(number * TRAIN_GAP_S + TRAIN_WAIT_S)
        for reply in replies:
            if isinstance(reply, Reply):
                self.transport.sendto(reply.datagram, address)


@contextlib.asynccontextmanager
async def reflecting(swallows):
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Reflecting(swallows), local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    yield protocol, ProbeTarget("127.0.0.1", port, 7, point_key(MASTER, 7))
    transport.close()


@pytest.mark.parametrize(
    ("swallows", "found", "trains"),
    [
        (lambda train, size: size > 1400, 1400, 3),
        (lambda train, size: train == 1 and size > 1400, None, 2),  # lost by accident
        (lambda train, size: train == 1 or size > 1400, CollectorError, 1),  # all of it lost
    ],
)
async def test_what_is_lost_once_is_not_swallowed(swallows, found, trains):
    async with reflecting(swallows) as (reflector, target):
        if found is CollectorError:
            with pytest.raises(CollectorError):
                await swallowed_above(target, pause_s=0)
        else:
            assert await swallowed_above(target, pause_s=0) == found
        assert len(reflector.trains) == trains


async def test_no_train_runs_while_the_line_is_needed():
    async with reflecting(lambda train, size: False) as (reflector, target):
        with pytest.raises(CollectorError):
            await swallowed_above(target, may_run=lambda: False)
        assert not reflector.trains


async def test_what_is_swallowed_is_in_every_report_until_the_reflector_is_another():
    prober = LinkProber()
    prober.take_size(1280)
    assert (await LinkCollector(prober).collect()).figures == {"swallowed_above_bytes": 1280.0}
    prober.configure(ProbeTarget("192.0.2.1", 9, 7, b"k"), per_s=0)
    assert (await LinkCollector(prober).collect()).figures == {}


class Confused(asyncio.DatagramProtocol):
    """A reflector that answers with other arrivals than those of the train it was sent."""

    def __init__(self, arrivals) -> None:
        self.arrivals = arrivals

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data, address) -> None:
        key = point_key(MASTER, 7)
        asked = decode_question(data, key)
        assert isinstance(asked, TrainPacket)
        answer = TrainAnswer(7, asked.seq, asked.sent_ns, asked.train_id, self.arrivals)
        self.transport.sendto(encode_train_answer(answer, key), address)


@pytest.mark.parametrize("arrivals", [(0,) * 3, (0,) * 20, (None,) * len(SIZES)])
async def test_an_answer_to_another_train_tells_nothing(arrivals):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Confused(arrivals), local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    with contextlib.closing(transport), pytest.raises(CollectorError, match="another train"):
        await swallowed_above(ProbeTarget("127.0.0.1", port, 7, point_key(MASTER, 7)))
