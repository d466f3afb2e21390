"""What the C sends is what Python sends, byte for byte, and a stranger can decrypt it."""

import errno
import os
import shutil
import socket
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.native.library import library
from media.sfu.audience import Audience
from media.sfu.down_track import DownTrack
from media.sfu.fanout import Fanout
from media.sfu.munger import Munger
from media.sfu.pacer import PicturePacer
from media.sfu.packet_cache import PacketCache
from media.sfu.send_log import SendLog
from media.transport.dtls import SrtpContext
from media.transport.udp import UdpEndpoint
from media.wire import rtp
from media.wire.media_packet import MediaPacket, evened

ROOT = Path(__file__).parents[4]
MASTER_KEY, MASTER_SALT = bytes(range(16)), bytes(range(16, 28))
SLOTS = 3
needs_library = pytest.mark.skipif(library() is None, reason="there is no compiler here")


def derived(label, size):
    """Return a key of RFC 3711, section 4.3, from the master key (its counter mode as it is)."""
    start = int.from_bytes(MASTER_SALT + bytes(2)) ^ (label << 48)
    cipher = Cipher(algorithms.AES(MASTER_KEY), modes.CTR((start << 16).to_bytes(16)))
    return cipher.encryptor().update(bytes(size))


def decrypted(data):
    """Return a packet's header and payload by RFC 7714, section 8, with nothing of libsrtp."""
    size = 12 + (4 + 4 * int.from_bytes(data[14:16]) if data[0] & 0x10 else 0)
    roll_over = bytes(4)
    vector = bytes(2) + data[8:12] + roll_over + data[2:4]
    mixed = (int.from_bytes(vector) ^ int.from_bytes(derived(2, 12))).to_bytes(12)
    return data[:size] + AESGCM(derived(0, 16)).decrypt(mixed, data[size:], data[:size])


class Line:
    """A fan-out to some viewers, each with a socket that is read."""

    def __init__(self, *, is_native, numbered, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.endpoint = UdpEndpoint(host, 0)
        self.fanout = Fanout(self.endpoint, is_native=is_native)
        self.log = SendLog()
        self.sinks, self.outs, self.kept = [], [], []
        for index in range(SLOTS):
            sink = socket.socket(family, socket.SOCK_DGRAM)
            sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sink.bind((host, 0))
            sink.setblocking(False)
            policy = Policy(
                key=MASTER_KEY + MASTER_SALT,
                ssrc_type=Policy.SSRC_ANY_OUTBOUND,
                srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
            )
            session = Session(policy)
            keys = SrtpContext(session._srtp, session._srtp, is_gcm=True)
            peer = SimpleNamespace(may_send=True, srtp=keys, address=sink.getsockname())
            munger = Munger(
                ssrc=index + 5, payload_type=96, clock_rate=90_000, numbered=numbered, log=self.log
            )
            self.sinks.append(sink)
            self.kept.append(session)
            self.outs.append(DownTrack("stage", "video", peer, munger))

    def switch(self, packet, now):
        for out in self.outs:
            out.rewriter.switch(PacketCache(8), packet, now=now)

    def received(self):
        """Return what every viewer got, in the order in which it came."""
        found = []
        for sink in self.sinks:
            try:
                while True:
                    found.append(sink.recv(4096))
            except BlockingIOError:
                found.append(b"")
        return found

    def state(self):
        """Return all that the next packet, a report or a request would follow from."""
        log = self.log
        counts = self.endpoint.sent_total, self.endpoint.sent_bytes_total
        slots = [
            (
                out.rewriter.packets,
                out.rewriter.octets,
                out.rewriter.transport_numbers.tobytes(),
                out.rewriter.extrapolated_timestamp(1e3),
                [origin and origin[1] for origin in map(out.rewriter.origin, range(990, 1100))],
            )
            for out in self.outs
        ]
        return counts, slots, log.next_number, log.numbers, log.sent_at, log.sizes

    def close(self):
        self.endpoint.close()
        for sink in self.sinks:
            sink.close()


def sent(bursts, *, is_native, numbered, host="127.0.0.1"):
    """Return the datagrams and the state after bursts; None among them: another source."""
    line, now, begins = Line(is_native=is_native, numbered=numbered, host=host), 10.0, True
    try:
        datagrams = []
        for burst in bursts:
            now += 0.033
            if begins or burst[0].is_keyframe:
                line.switch(burst[0], now)
                begins = False
            line.fanout.send_all(line.outs, burst, now=now)
            datagrams += line.received()
        return datagrams, line.state()
    finally:
        line.close()


@st.composite
def bursts(draw):
    """Return bursts of a stream: gaps, late packets, every size, and other sources between."""
    found, number = [], draw(st.integers(0, 0xFFFF))
    picture = draw(st.integers(0, 2**15 - 1))
    for _ in range(draw(st.integers(1, 5))):
        burst = []
        is_other = draw(st.booleans()) and draw(st.booleans())
        for at in range(draw(st.integers(1, 8))):
            number += draw(st.sampled_from((1, 1, 1, 1, 2, -1, -3, 9)))
            size = draw(st.sampled_from((6, 60, 1100, 1100, 1100, 1356, rtp.MAX_RTP_SIZE - 12)))
            body = draw(st.binary(min_size=6, max_size=6)).ljust(size, b"x")
            is_long = draw(st.booleans())
            burst.append(
                MediaPacket(
                    sequence_number=number & 0xFFFF,
                    timestamp=draw(st.integers(0, 2**32 - 1)),
                    is_marked=draw(st.booleans()),
                    payload=body,
                    is_keyframe=is_other and at == 0,
                    picture_id=picture & (0x7FFF if is_long else 0x7F),
                    picture_id_at=draw(st.sampled_from((0, 2))),
                    has_long_picture_id=is_long,
                    tl0picidx=draw(st.integers(0, 255)),
                    tl0picidx_at=draw(st.sampled_from((0, 4))),
                    padding=draw(st.integers(0, 1)) if size < rtp.MAX_RTP_SIZE - 12 else 0,
                )
            )
            picture += 1
        found.append(burst)
    return found


@needs_library
@settings(max_examples=60, deadline=None)
@given(bursts(), st.sampled_from((None, 3)))
def test_the_c_sends_what_python_sends(bursts, numbered):
    plain = sent(bursts, is_native=False, numbered=numbered)
    assert sent(bursts, is_native=True, numbered=numbered) == plain
    for data in filter(None, plain[0]):
        clear = decrypted(data)
        head = 12 + (8 if clear[0] & 0x10 else 0)
        sizes = {len(packet.payload) for burst in bursts for packet in burst}
        assert len(rtp.parse(clear).payload) in sizes
        assert len(clear) - head - len(rtp.parse(clear).payload) <= 1


@needs_library
def test_a_copy_of_a_packet_that_was_sent_is_sent_as_what_it_is():
    line = Line(is_native=True, numbered=None)
    first = MediaPacket(0, 7, False, b"x" * 100)
    line.switch(first, 10.0)
    line.fanout.send_all(line.outs, [first], now=10.0)
    line.fanout.send_all(line.outs, [replace(first, sequence_number=1, payload=b"y" * 50)], now=11)
    found = [decrypted(data)[12:] for data in line.received() if data]
    line.close()
    assert found == [b"x" * 100, b"y" * 50] * SLOTS


@pytest.mark.parametrize("is_native", [False, pytest.param(True, marks=needs_library)])
def test_a_browsers_picture_is_one_train(is_native):
    sizes = (590, 590, 591, 591, 580)  # as browsers divide one, and an end that is shorter
    picture = [MediaPacket(n, 7, n == 4, bytes([n]) * size) for n, size in enumerate(sizes)]
    evened(picture)
    line = Line(is_native=is_native, numbered=3)
    line.switch(picture[0], 10.0)
    line.fanout.send_all(line.outs, picture, now=10.0)
    found = [rtp.parse(decrypted(data)).payload for data in line.received() if data]
    calls = line.endpoint.calls_total
    line.close()
    assert calls == SLOTS
    assert found == [packet.payload for packet in picture] * SLOTS


@needs_library
def test_a_keyframe_of_many_packets_goes_in_their_order():
    frame = [MediaPacket(n, 7, False, struct.pack("!H", n) * 50) for n in range(150)]
    plain = sent([frame], is_native=False, numbered=3)
    assert sent([frame], is_native=True, numbered=3) == plain
    assert len([data for data in plain[0] if data]) == SLOTS * len(frame)


@needs_library
def test_it_goes_over_ipv6():
    frame = [MediaPacket(n, 7, False, bytes(1000)) for n in range(4)]
    plain = sent([frame], is_native=False, numbered=3, host="::1")
    assert sent([frame], is_native=True, numbered=3, host="::1") == plain
    assert len([data for data in plain[0] if data]) == SLOTS * len(frame)


@needs_library
def test_a_path_that_takes_no_trains_gets_packets_and_is_remembered():
    line = Line(is_native=True, numbered=None)
    first = MediaPacket(0, 7, False, bytes(1100))
    line.switch(first, 10.0)
    line.fanout.send_all(line.outs, [first, MediaPacket(1, 7, False, bytes(1100))], now=10.0)
    assert line.endpoint.calls_total == SLOTS
    before = line.received()
    line.sinks[0].close()
    line.sinks[0] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.sinks[0].bind(("127.0.0.1", 0))
    line.sinks[0].setblocking(False)
    line.outs[0].peer.address = line.sinks[0].getsockname()
    line.endpoint._narrow[line.sinks[0].getsockname()] = None
    line.fanout.send_all(line.outs, [MediaPacket(n, 8, False, bytes(1100)) for n in (2, 3)], now=11)
    after = [data for data in line.received() if data]
    line.close()
    assert len(after) == 2 * SLOTS
    assert len([data for data in before if data]) == 2 * SLOTS
    assert line.endpoint.calls_total == 2 * SLOTS + 1


@needs_library
def test_one_without_an_address_or_with_a_broken_one_is_nobody_elses_matter():
    line, failed = Line(is_native=True, numbered=None), []
    first = MediaPacket(0, 7, False, bytes(100))
    line.switch(first, 10.0)
    line.outs[0].peer.address = None
    line.outs[1].peer.address = ("nowhere", 9)
    line.outs[1].peer.fail = failed.append
    line.fanout.send_all(line.outs, [first], now=10.0)
    found = [data for data in line.received() if data]
    line.close()
    assert len(found) == 1
    assert [type(exc) for exc in failed] == [OSError]


@st.composite
def happenings(draw):
    """Return what happens between bursts: to which viewer, and what."""
    acts = ("nothing", "silent", "heard", "moves", "narrow", "paced", "free", "ends")
    return [(draw(st.integers(0, SLOTS - 1)), draw(st.sampled_from(acts))) for _ in range(8)]


def happens(line, index, act, now):
    """Let something happen to a viewer, as the relay's own parts tell of it."""
    out = line.outs[index]
    if act in ("silent", "heard"):
        out.peer.may_send = act == "heard"
    elif act == "moves":
        out.peer.address = tuple(out.peer.address)
    elif act == "narrow":
        line.endpoint.refused_train(OSError(errno.EMSGSIZE, "too large"), out.peer.address)
    elif act in ("paced", "free"):
        out.pacer = out.pacer or PicturePacer()
        out.pacer.bps = 100e6 if act == "paced" else None
    elif act == "ends":
        out.rewriter.stop()
    line.endpoint.ways.changed()


def rounds(changes, *, is_native, is_parted):
    """Return what every viewer got of bursts between which something happens."""
    line, found = Line(is_native=is_native, numbered=3), []
    audience = Audience(line.outs)
    try:
        line.switch(MediaPacket(0, 7, False, bytes(900)), 10.0)
        for number, (index, act) in enumerate(changes):
            now = 10.0 + number
            happens(line, index, act, now)
            burst = [MediaPacket(2 * number + at, 7, False, bytes(900)) for at in range(2)]
            if is_parted:
                line.fanout.send_round(audience, burst, now=now)
            else:
                line.fanout.send_all(line.outs, burst, now=now)
            # Each viewer's log is the same one, so that only who got what can be compared.
            found += [decrypted(data)[20:] if data else b"" for data in line.received()]
        return found, line.endpoint.sent_total
    finally:
        line.close()


@needs_library
@settings(max_examples=60, deadline=None)
@given(happenings())
def test_who_keeps_a_list_of_ways_sends_what_is_sent_by_asking_each_time(changes):
    asked = rounds(changes, is_native=False, is_parted=False)
    assert rounds(changes, is_native=True, is_parted=True) == asked
    assert rounds(changes, is_native=False, is_parted=True) == asked


@needs_library
def test_no_viewer_is_asked_while_no_way_has_changed_and_each_is_first_in_turn():
    line = Line(is_native=True, numbered=None)
    audience = Audience(line.outs)
    line.switch(MediaPacket(0, 7, False, bytes(100)), 10.0)
    line.fanout.send_round(audience, [MediaPacket(0, 7, False, bytes(100))], now=10.0)
    for out in line.outs:
        out.peer = None
    firsts = [audience.pointers[audience.next_turn() % SLOTS] for _ in range(SLOTS)]
    line.fanout.send_round(audience, [MediaPacket(1, 7, False, bytes(100))], now=11.0)
    assert len([data for data in line.received() if data]) == 2 * SLOTS
    assert set(firsts) == {out.rewriter.slot.fields for out in line.outs}
    assert sorted(out.rewriter.packets for out in line.outs) == [2] * SLOTS
    line.close()


def test_without_the_library_python_does_the_same_work():
    """The tests of what the C does, once more as a machine without it runs them."""
    folder = ROOT / "tests/unit/media"
    tests = ("sfu/test_munger.py", "sfu/test_encodings.py", "wire/test_rtp_header.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         *(str(folder / name) for name in tests)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "DIEMCAU_NATIVE": "no"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_where_there_is_a_compiler_there_is_the_library():
    assert library() is not None or shutil.which("cc") is None
