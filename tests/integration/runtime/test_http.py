"""The limits of our HTTP, over real sockets: who may wait, for how long, and who is counted."""

import asyncio
import gc
import itertools
import os
import socket
import ssl
import tracemalloc
from asyncio import sslproto
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from runtime import http
from runtime.http_door import ACCEPTED_A_TURN, REFUSALS, Doorkeeper, HttpLimits
from tests.fakes.mosquitto import free_port
from tests.fakes.pki import Pki
from tests.waiting import until

QUICK = HttpLimits(
    connections=40,
    connections_per_address=12,
    silent_per_address=8,
    streams_per_address=2,
    handshake_s=0.3,
    head_s=0.3,
    body_s=0.3,
    stalled_s=0.3,
)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def application(scope, receive, send):
    """Answer with the client's address; `/stream` never ends, `/body` reads, `/much` is long."""
    path = scope["path"]
    kind = b"text/event-stream" if path == "/stream" else b"text/plain"
    if path == "/body":
        while (await receive()).get("more_body"):
            pass
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if path == "/stream":
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    for _ in range(400 if path == "/much" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    await send({"type": "http.response.body", "body": scope["client"][0].encode()})


@asynccontextmanager
async def served(
    limits: HttpLimits = QUICK, *, host: str = "127.0.0.1", **given
) -> AsyncIterator[int]:
    """Serve on a loopback port; yield it."""
    port, is_ready = free_port(), asyncio.Event()
    serving = asyncio.create_task(
        http.serve(application, host, port, is_ready=is_ready, limits=limits, **given)
    )
    try:
        await is_ready.wait()
        yield port
    finally:
        serving.cancel()
        await asyncio.wait({serving}, timeout=10)


async def connected(port: int, source: str = "127.0.0.1") -> Streams:
    """Connect from one of this machine's loopback addresses."""
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


async def ended(streams: Streams) -> bool:
    """Return whether the other side ends the connection; what it says before is read."""
    try:
        async with asyncio.timeout(5):
            while await streams[0].read(65_536):
                pass
    except OSError:
        return True
    finally:
        streams[1].close()
    return True


async def is_refused(port: int, source: str) -> bool:
    """Return whether a new connection is ended at once."""
    try:
        return await ended(await connected(port, source))
    except OSError:
        return True


async def asked(port: int, request: bytes = GET, source: str = "127.0.0.1") -> bytes:
    """Return an answer's status line."""
    reader, writer = await connected(port, source)
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


@pytest.mark.parametrize(
    ("begin", "reason"),
    [
        (b"", "head_late"),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", "head_late"),
        (GET + b"GET / HT", "head_late"),
        (b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n1234", "body_late"),
        (b"GET /much HTTP/1.1\r\nhost: x\r\n\r\n", "unread"),
    ],
    ids=["silent", "half a head", "half a second head", "half a body", "never reads"],
)
async def test_whoever_is_slow_is_ended_and_counted(begin: bytes, reason: str) -> None:
    async with served() as port:
        before = REFUSALS.totals[reason]
        streams = await connected(port)
        streams[1].write(begin)
        await until(lambda: REFUSALS.totals[reason] > before, what=reason)
        assert await ended(streams)
        assert await asked(port) == b"HTTP/1.1 200 OK\r\n"


async def test_a_head_that_trickles_is_ended_by_the_time_since_its_beginning() -> None:
    async with served() as port:
        before = REFUSALS.totals["head_late"]
        _, writer = await connected(port)

        def is_ended() -> bool:
            writer.write(b"G")
            return REFUSALS.totals["head_late"] > before

        await until(is_ended, what="the deadline, however often a byte comes")
        writer.close()
        assert REFUSALS.totals["head_late"] == before + 1


async def test_a_handshake_that_never_comes_has_an_end_too(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    issued = pki.issue("server")
    async with served(tls=(issued.certificate_file, issued.key_file)) as port:
        before = REFUSALS.totals["handshake_late"]
        streams = await connected(port)
        await until(lambda: REFUSALS.totals["handshake_late"] > before)
        assert await ended(streams)
        context = ssl.create_default_context(cafile=str(pki.ca_file))
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(GET)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_who_is_silent_over_tls_costs_little_memory(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    issued = pki.issue("server")
    limits = HttpLimits()

    def begun() -> int:
        return sum(isinstance(one, sslproto.SSLProtocol) for one in gc.get_objects())

    async with served(limits, tls=(issued.certificate_file, issued.key_file)) as port:
        with ExitStack() as held:
            gc.collect()  # of those before, none is left to go meanwhile
            known = begun()
            held.callback(tracemalloc.stop)
            tracemalloc.start()
            before, _ = tracemalloc.get_traced_memory()
            for _ in range(100):
                held.enter_context(socket.create_connection(("127.0.0.1", port)))
            await until(lambda: begun() - known == 100)
            each = (tracemalloc.get_traced_memory()[0] - before) / 100
            assert http.TLS_BUFFER_BYTES < each < 64 * 1024
        context = ssl.create_default_context(cafile=str(pki.ca_file))
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(b"GET /much HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert (await reader.read()).count(b"x") >= 400 * 65_536
        writer.close()


async def test_where_an_address_is_silent_too_often_its_oldest_silence_makes_room() -> None:
    async with served(replace(QUICK, head_s=60, handshake_s=60)) as port:
        before = REFUSALS.totals["silent"]
        silent = [await connected(port, "127.0.0.2") for _ in range(QUICK.silent_per_address)]
        assert REFUSALS.totals["silent"] == before
        assert await asked(port, source="127.0.0.2") == b"HTTP/1.1 200 OK\r\n"
        assert REFUSALS.totals["silent"] == before + 1
        assert await ended(silent[0])
        assert await asked(port, source="127.0.0.3") == b"HTTP/1.1 200 OK\r\n"
        for _, writer in silent[1:]:
            writer.close()


async def test_where_all_places_are_taken_the_oldest_silence_makes_room_whosever_it_is() -> None:
    ended: list[str] = []
    door = Doorkeeper(replace(QUICK, connections=4))
    ends = {(f"192.0.2.{n}", 5000): partial(ended.append, f"192.0.2.{n}") for n in range(6)}
    *first, fifth, sixth = ends
    assert all(door.admit(peer, ends[peer]) for peer in first)
    door.spoke(first[0])
    assert door.admit(fifth, ends[fifth]) and ended == ["192.0.2.1"]
    for peer in (*first, fifth):
        door.spoke(peer)
    assert not door.admit(sixth, ends[sixth]) and ended == ["192.0.2.1"]
    for peer, end in ends.items():
        door.left(peer, end)


async def test_an_address_has_so_many_connections_and_gets_their_places_back() -> None:
    async with served() as port:
        kept = []
        for _ in range(QUICK.connections_per_address):
            streams = await connected(port, "127.0.0.2")
            streams[1].write(GET)
            assert await streams[0].readline() == b"HTTP/1.1 200 OK\r\n"
            kept.append(streams)
        assert await is_refused(port, "127.0.0.2")
        assert await asked(port, source="127.0.0.3") == b"HTTP/1.1 200 OK\r\n"
        kept.pop()[1].close()

        async def is_served() -> bool:
            try:
                return await asked(port, source="127.0.0.2") == b"HTTP/1.1 200 OK\r\n"
            except OSError:
                return False

        await until(is_served, what="the place that was given back is used")
        for _, writer in kept:
            writer.close()


async def test_all_addresses_together_have_a_limit() -> None:
    async with served(replace(QUICK, head_s=60, handshake_s=60)) as port:
        taken = []
        for number in range(QUICK.connections):
            streams = await connected(port, f"127.0.1.{number % 10}")
            streams[1].write(GET)
            assert await streams[0].readline() == b"HTTP/1.1 200 OK\r\n"
            taken.append(streams)
        before = REFUSALS.totals["connections"]
        assert await is_refused(port, "127.0.0.9")
        assert REFUSALS.totals["connections"] == before + 1
        for _, writer in taken:
            writer.close()


async def test_what_is_no_http_is_counted_and_not_logged_line_by_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with served() as port:
        before = REFUSALS.totals["malformed"]
        for _ in range(20):
            assert await asked(port, b"\x16\x03\x01 nonsense\r\n\r\n") == (
                b"HTTP/1.1 400 Bad Request\r\n"
            )
        assert REFUSALS.totals["malformed"] == before + 20
    assert [r for r in caplog.records if r.name.startswith("uvicorn")] == []


async def test_large_bodies_of_an_address_lie_in_memory_up_to_its_allowance() -> None:
    part = b"x" * 40_000
    half = b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\n\r\n" + part
    small = b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n123456789"
    limits = replace(QUICK, body_s=60, body_bytes_per_address=100_000, body_bytes=1_000_000)
    async with served(limits) as port:
        before = REFUSALS.totals["bodies"]
        kept = [await connected(port) for _ in range(2)]
        for _, writer in kept:
            writer.write(half)

        async def is_full() -> bool:
            return await asked(port, half) == b"HTTP/1.1 503 Service Unavailable\r\n"

        await until(is_full, what="a third large body of the address is refused")
        assert REFUSALS.totals["bodies"] > before
        assert await asked(port, small) == b"HTTP/1.1 200 OK\r\n"
        whole = half + b"x" * 10_000
        assert await asked(port, whole, "127.0.0.2") == b"HTTP/1.1 200 OK\r\n"
        for reader, writer in kept:
            writer.write(b"x" * 10_000)
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            writer.close()
        assert await asked(port, whole) == b"HTTP/1.1 200 OK\r\n"


async def test_a_connection_that_comes_again_from_its_port_is_counted_once() -> None:
    door = Doorkeeper(QUICK)
    peer, ends = ("192.0.2.7", 5000), [lambda: None, lambda: None]
    for _ in range(3 * QUICK.connections_per_address):
        assert door.admit(peer, ends[0])
        assert door.admit(peer, ends[1])
        door.left(peer, ends[0])  # the first, which was reset: its place is the second's now
        door.left(peer, ends[1])
    several = [door.admit(("192.0.2.7", port), ends[0]) for port in range(12)]
    assert (all(several), door.admit(("192.0.2.7", 99), ends[0])) == (True, False)
    for port in range(12):
        door.left(("192.0.2.7", port), ends[0])


async def test_an_address_has_an_allowance_of_streams_and_is_told_when_it_is_used() -> None:
    stream = b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n"
    async with served() as port:
        kept = []
        for _ in range(QUICK.streams_per_address):
            streams = await connected(port)
            streams[1].write(stream)
            assert await streams[0].readline() == b"HTTP/1.1 200 OK\r\n"
            kept.append(streams)
        assert await asked(port, stream) == b"HTTP/1.1 503 Service Unavailable\r\n"
        assert await asked(port) == b"HTTP/1.1 200 OK\r\n"
        assert await asked(port, stream, "127.0.0.2") == b"HTTP/1.1 200 OK\r\n"
        kept.pop()[1].close()

        async def is_served() -> bool:
            return await asked(port, stream) == b"HTTP/1.1 200 OK\r\n"

        await until(is_served, what="the allowance that was given back is used")
        kept.pop()[1].close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::"])
@pytest.mark.parametrize(
    ("trusted", "shown"),
    [(frozenset(), b"\r\n127.0.0.1\r\n"), (frozenset({"127.0.0.1"}), b"192.0.2.7")],
)
async def test_a_proxy_s_word_counts_only_where_the_settings_say_so(
    trusted: frozenset[str], shown: bytes, host: str
) -> None:
    async with served(host=host, trusted_proxies=trusted) as port:
        reader, writer = await connected(port)
        writer.write(
            b"GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.7\r\nconnection: close\r\n\r\n"
        )
        assert shown in await reader.read()
        writer.close()


async def test_many_that_come_at_once_are_taken_a_few_at_a_time_and_the_loop_goes_on() -> None:
    limits = replace(QUICK, connections=1000, connections_per_address=500, silent_per_address=500)
    async with served(limits) as port:
        with ExitStack() as held:
            for _ in range(200):
                held.enter_context(socket.create_connection(("127.0.0.1", port)))
            open_files = [len(os.listdir("/proc/self/fd"))]
            all_taken = asyncio.Event()

            def look() -> None:
                open_files.append(len(os.listdir("/proc/self/fd")))
                if open_files[-1] < open_files[0] + 200:
                    asyncio.get_running_loop().call_soon(look)
                else:
                    all_taken.set()

            look()
            await asyncio.wait_for(all_taken.wait(), 10)
            taken = [after - before for before, after in itertools.pairwise(open_files)]
            assert 0 < max(taken) <= ACCEPTED_A_TURN + 1
