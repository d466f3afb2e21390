"""An SNMP v2c device of our own: answers from a recording, or as no device should.

    python -m tests.fakes.snmp_device FILE.snmprec PORT

A recording has lines `OID|type|value`, as snmpsim's; type 4x and 2x… are hexadecimal. What is
wrong with a device is a function that changes its answer.
"""

import asyncio
import bisect
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

Oid = tuple[int, ...]
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
INTEGER, OCTETS, NULL, OBJECT_ID, SEQUENCE = 2, 4, 5, 6, 48
NO_SUCH, END_OF_VIEW = bytes((0x81, 0)), bytes((0x82, 0))
TOO_BIG = 1


def tagged(tag: int, content: bytes) -> bytes:
    """Return one value in BER."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 128 | len(octets))) + octets + content


def number(value: int, tag: int = INTEGER) -> bytes:
    """Return a whole number, as every tag of SNMP's writes it."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tagged(tag, value.to_bytes(size, "big", signed=True))


def object_id(oid: Oid) -> bytes:
    """Return an object identifier."""
    content = bytearray((oid[0] * 40 + oid[1],))
    for part in oid[2:]:
        groups = [part & 127]
        while part := part >> 7:
            groups.append(128 | part & 127)
        content += bytes(reversed(groups))
    return tagged(OBJECT_ID, bytes(content))


def items(data: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of the values that stand one after the other."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & 128:
            width = size & 127
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        found.append((tag, data[at : at + size]))
        at += size
    return found


def _oid(content: bytes) -> Oid:
    parts, part = [content[0] // 40, content[0] % 40], 0
    for octet in content[1:]:
        part = part << 7 | octet & 127
        if not octet & 128:
            parts.append(part)
            part = 0
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    kind: int
    community: bytes
    request_id: int
    repetitions: int
    oids: tuple[Oid, ...]

    def answered(
        self, rows: Sequence[tuple[Oid, bytes]], *, status: int = 0, request_id: int | None = None
    ) -> bytes:
        """Return the response with these variables, their values in BER."""
        variables = b"".join(tagged(SEQUENCE, object_id(oid) + value) for oid, value in rows)
        content = number(self.request_id if request_id is None else request_id)
        content += number(status) + number(0) + tagged(SEQUENCE, variables)
        message = number(1) + tagged(OCTETS, self.community) + tagged(RESPONSE, content)
        return tagged(SEQUENCE, message)


def asked(data: bytes) -> Asked:
    """Return what a datagram asks."""
    _, (_, community), (kind, content) = items(items(data)[0][1])
    request_id, _, repetitions, variables = (item for _, item in items(content))
    oids = tuple(_oid(items(one)[0][1]) for _, one in items(variables))
    whole = [int.from_bytes(one, "big", signed=True) for one in (request_id, repetitions)]
    return Asked(kind, community, whole[0], whole[1], oids)


def _value(kind: str, text: str) -> bytes:
    tag = int(kind.rstrip("x"))
    if kind.endswith("x"):
        return tagged(tag, bytes.fromhex(text))
    if tag == OCTETS:
        return tagged(tag, text.encode())
    if tag == OBJECT_ID:
        return object_id(tuple(map(int, text.split("."))))
    return number(int(text), tag)


@dataclass(slots=True)
class Recording:
    """What a device knows, in the order of its OIDs; of a doubled one the last."""

    oids: list[Oid] = field(default_factory=list)
    values: dict[Oid, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Recording":
        """Return what lines of a recording say."""
        values = {}
        for line in lines:
            oid, kind, text = line.split("|", 2)
            values[tuple(map(int, oid.split(".")))] = _value(kind, text)
        return cls(sorted(values), values)

    def answer(self, request: Asked) -> bytes | None:
        """Return the answer of a device without faults."""
        rows: list[tuple[Oid, bytes]] = []
        if request.kind == GET:
            return request.answered([(o, self.values.get(o, NO_SUCH)) for o in request.oids])
        start = bisect.bisect_right(self.oids, request.oids[0])
        count = request.repetitions if request.kind == GET_BULK else 1
        rows = [(oid, self.values[oid]) for oid in self.oids[start : start + count]]
        return request.answered(rows or [(request.oids[0], END_OF_VIEW)])


def free_port() -> int:
    """Return a UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


Answering = Callable[[Asked], bytes | None]


class Device(asyncio.DatagramProtocol):
    """One socket. `delay_s`: how late it answers; `mouth`: through whose socket, if not its own."""

    def __init__(self, answering: Answering, delay_s: float, mouth: "Device | None") -> None:
        self._answering = answering
        self._delay_s = delay_s
        self._mouth = mouth or self
        self.requests = 0
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Answer."""
        self.requests += 1
        answer, mouth = self._answering(asked(data)), self._mouth.transport
        assert mouth is not None
        if answer is not None and self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, mouth.sendto, answer, address)
        elif answer is not None:
            mouth.sendto(answer, address)


@asynccontextmanager
async def running_device(
    answering: Answering,
    *,
    port: int = 0,
    delay_s: float = 0.0,
    mouth: Device | None = None,
    sock: socket.socket | None = None,
) -> AsyncIterator[tuple[int, Device]]:
    """Run a device on this loop, at a port here or in a socket; give its port and itself."""
    loop = asyncio.get_running_loop()
    where: dict[str, Any] = {"sock": sock} if sock else {"local_addr": ("127.0.0.1", port)}
    transport, device = await loop.create_datagram_endpoint(
        lambda: Device(answering, delay_s, mouth), **where
    )
    try:
        yield transport.get_extra_info("sockname")[1], device
    finally:
        transport.close()


async def _serve(recording: Recording, port: int) -> None:
    async with running_device(recording.answer, port=port):
        print("ready", flush=True)  # noqa: T201 - to the process that started it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Recording.of(Path(sys.argv[1]).read_text().splitlines()), int(sys.argv[2])))
