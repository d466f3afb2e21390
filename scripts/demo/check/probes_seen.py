"""What the probes of a point's line take on its wire, seen at the host's end of it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

ETHERNET_BYTES = 14
FRAME_BYTES = ETHERNET_BYTES + 20 + 8 + 112  # IPv4, UDP, and RFC 8762, sections 4.2.2 and 4.3.2
_EVERY_PROTOCOL = 3  # linux/if_ether.h: ETH_P_ALL
_IP_PROTOCOL_AT, _UDP = ETHERNET_BYTES + 9, 17


class ProbesSeen:
    """Counts frames of UDP that are as large as a probe. `octets`: of them all so far."""

    def __init__(self, heard: socket.socket) -> None:
        self.octets = 0
        self._heard = heard

    def read(self) -> None:
        """Count what has come."""
        try:
            while True:
                frame = self._heard.recv(2048)
                if len(frame) == FRAME_BYTES and frame[_IP_PROTOCOL_AT] == _UDP:
                    self.octets += FRAME_BYTES
        except BlockingIOError:
            return


@contextmanager
def probes_seen(interface: str) -> Iterator[ProbesSeen]:
    """Watch an interface, as root."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL)) as heard:
        heard.setblocking(False)
        heard.bind((interface, 0))
        seen = ProbesSeen(heard)
        loop.add_reader(heard, seen.read)
        try:
            yield seen
        finally:
            loop.remove_reader(heard)
