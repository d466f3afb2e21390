"""The socket: trains of packets with and without the kernel's help, both families, refusals."""

import errno
import socket

import pytest

from media.transport.udp import UdpEndpoint
from runtime.errors import PortInUse
from tests.waiting import until


class Receiver:
    """An endpoint that keeps what comes."""

    def __init__(self, host):
        self.endpoint = UdpEndpoint(host, 0)
        self.received = []
        self.drained = 0
        self.endpoint.start(
            lambda buffer, size, address: self.received.append(bytes(buffer[:size])), self._drained
        )

    def _drained(self):
        self.drained += 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("is_segmented", [True, False])
async def test_a_train_arrives_as_its_packets(host, is_segmented):
    receiver, sender = Receiver(host), UdpEndpoint(host, 0)
    sender.has_segmentation = sender.has_segmentation and is_segmented
    packets = [bytes([n]) * (1000 if n < 5 else 300) for n in range(6)]
    sender.send_train(memoryview(b"".join(packets)), 1000, (host, receiver.endpoint.port))
    await until(lambda: len(receiver.received) == 6)
    assert receiver.received == packets
    assert sender.sent_total == 6
    assert sender.calls_total == (1 if sender.has_segmentation else 6)
    assert receiver.drained >= 1
    receiver.endpoint.close()
    sender.close()


async def test_a_kernel_that_cannot_segment_is_noticed():
    receiver, sender = Receiver("127.0.0.1"), UdpEndpoint("127.0.0.1", 0)
    real = sender._socket

    class Refusing:
        """A socket of a machine whose card cannot checksum: the real one but for sendmsg."""

        def __getattr__(self, name):
            return getattr(real, name)

        def sendmsg(self, *_):
            raise OSError(errno.EIO, "no checksum offload")

    sender._socket = Refusing()
    for _ in range(2):
        sender.send_train(memoryview(bytes(2500)), 1000, ("127.0.0.1", receiver.endpoint.port))
    await until(lambda: len(receiver.received) == 6)
    assert not sender.has_segmentation
    receiver.endpoint.close()
    sender.close()


async def test_a_destination_with_a_narrow_path_costs_the_others_nothing():
    near, far = Receiver("127.0.0.1"), Receiver("127.0.0.2")
    sender = UdpEndpoint("127.0.0.1", 0)
    real, trains = sender._socket, []

    class Narrow:
        """A socket whose path to 127.0.0.2 takes no such packets."""

        def __getattr__(self, name):
            return getattr(real, name)

        def sendmsg(self, buffers, control, flags, address):
            trains.append(address[0])
            if address[0] == "127.0.0.2":
                raise OSError(errno.EINVAL, "a segment is longer than the path's MTU")
            return real.sendmsg(buffers, control, flags, address)

    sender._socket = Narrow()
    for receiver, host in ((far, "127.0.0.2"), (far, "127.0.0.2"), (near, "127.0.0.1")):
        sender.send_train(memoryview(bytes(2500)), 1000, (host, receiver.endpoint.port))
    await until(lambda: len(far.received) == 6 and len(near.received) == 3)
    assert sender.has_segmentation
    assert trains == ["127.0.0.2", "127.0.0.1"]
    for endpoint in (near.endpoint, far.endpoint, sender):
        endpoint.close()


async def test_what_cannot_be_sent_is_counted_and_no_error():
    sender = UdpEndpoint("127.0.0.1", 0)
    sender.send(b"x" * 70_000, ("127.0.0.1", 9))
    assert sender.dropped_total == 1
    sender.close()


async def test_a_port_is_one_programs():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as caught:
            UdpEndpoint("127.0.0.1", port)
    assert str(port) in str(caught.value)
