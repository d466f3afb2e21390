"""What the C hears of viewers comes to what Python makes of the same datagrams."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.native.library import library
from media.sfu.fanout import Fanout
from media.sfu.session import SessionInfo, SessionListeners
from media.sfu.slots import Viewer
from media.sfu.subscriber import Subscriber
from media.transport.dtls import PacketBuffer, SrtpContext
from media.transport.peer import Peer
from media.transport.port import MediaPort
from media.transport.srtp_session import RTCP_BURST, RTCP_PER_S, UNASKED
from media.transport.udp import UdpEndpoint
from media.wire import rtcp, twcc
from media.wire.ice_credentials import Credentials

pytestmark = pytest.mark.skipif(library() is None, reason="there is no compiler here")

REMOTE = Credentials("viewer", "p" * 22)
CHANGES = (
    "heard_at", "came", "octets", "late_groups", "reference", "newest", "newest_ms",
    "newest_sent_s", "taken_at", "is_on",
)  # fmt: skip
EVERY_S, SIZE, SSRC = 0.02, 900, 77


class Viewing:
    """One viewer's socket and keys."""

    def __init__(self, profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM, key=bytes(range(28))):
        self.is_gcm = profile == Policy.SRTP_PROFILE_AEAD_AES_128_GCM
        self.policy = {"srtp_profile": profile, "key": key}
        self.session = Session(Policy(ssrc_type=Policy.SSRC_ANY_OUTBOUND, **self.policy))
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in self.sockets:
            one.bind(("127.0.0.1", 0))
        self.address = self.sockets[0].getsockname()
        self._log = twcc.ArrivalLog()
        self._told = 0

    def report(self, count, *, came_at, late_s=0.01, missing=()):
        """Return feedback on the next packets, of which all came at once or a little late."""
        first = self._told + 1
        self._told += count
        for number in range(first, first + count):
            if number - first not in missing:
                at = min(came_at, number * EVERY_S) + late_s
                self._log.received(number & 0xFFFF, now=at)
        return self._log.feedback(ssrc=SSRC, media_ssrc=2)


class Side:
    """A relay's port with one viewer, who was sent a packet every 20 ms."""

    def __init__(self, viewing, *, is_native, packets=2000):
        self.now = 100.0
        buffer = PacketBuffer()
        self.endpoint = UdpEndpoint("127.0.0.1", 0, receive_buffer=buffer.view)
        self.port = MediaPort(self.endpoint, buffer, lambda: self.now, is_native=is_native)
        self.endpoint._on_datagram, self.endpoint._on_drained = self.port.received, lambda: None
        listeners = SessionListeners(lambda _: None, lambda *_: None)
        info = SessionInfo("router", Viewer("viewer"), "play")
        self.viewer = Subscriber(info, Fanout(self.endpoint, is_native=False), listeners)
        self.peer = Peer(self.port, self.viewer, remote=REMOTE, fingerprints=(), role="server")
        self.viewer.accept(self.peer, {})
        if not is_native:
            self.peer.media.ear = None
        self._session = Session(Policy(ssrc_type=Policy.SSRC_ANY_INBOUND, **viewing.policy))
        srtp = self._session._srtp
        self.peer.media.context = SrtpContext(srtp, srtp, is_gcm=viewing.is_gcm)
        self.peer.path.secured()
        self.seen = 0  # by Python
        self._take = self.peer.media.receive
        self.peer.media.receive = self._counted
        self.check(viewing.address)
        for number in range(1, packets):
            self.viewer.line.estimate.sent(number, SIZE, now=100.0 + (number - 1) * EVERY_S)

    def _counted(self, *given):
        self.seen += 1
        self._take(*given)

    def check(self, address):
        """Let the viewer be at an address."""
        self.port._route(address, self.peer)
        self.peer.checked(address, is_nominating=True, now=self.now)

    def read(self, now):
        self.now = now
        self.endpoint._readable()

    def state(self):
        """Return all that what follows depends on."""
        estimate, media = self.viewer.line.estimate, self.peer.media
        record = estimate._arrived
        heard = media.ear.fields if media.ear is not None else None
        left = media._rtcp_bucket.left(now_s=self.now) - (heard.heard if heard else 0)
        newest = max(media._newest_rtcp, heard.newest if heard else -1)
        failed = self.port.counters.undecryptable_total + (heard.failed if heard else 0)
        so_far = [getattr(record._so_far, name) for name in CHANGES]
        refused = self.port.counters.rtcp_refused_total, self.port.counters.malformed_total
        rates = estimate.bps, estimate.acknowledged_bps, estimate.queue_ms, estimate.loss.ratio
        return so_far, record.log.numbers, record._missing, rates, left, newest, failed, refused

    def close(self):
        self.endpoint.close()


def both(viewing, **given):
    return [Side(viewing, is_native=is_native, **given) for is_native in (False, True)]


def sent(viewing, sides, *datagrams, by=0):
    for datagram in datagrams:
        for side in sides:
            viewing.sockets[by].sendto(datagram, ("127.0.0.1", side.endpoint.port))


def assert_the_same(sides, now):
    for side in sides:
        side.read(now)
    plain, native = (side.state() for side in sides)
    assert native[:4] == plain[:4]
    # What the C decrypts is taken from the bucket a moment later, and fills it no less full.
    assert plain[4] - UNASKED <= native[4] <= plain[4]
    assert native[5:] == plain[5:]


steps = st.sampled_from(
    ("calm", "calm", "calm", "calm", "late", "missing", "report", "replayed", "damaged",
     "foreign", "elsewhere", "wild", "many")
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(steps, st.integers(1, 9), st.binary(max_size=60)), max_size=60))
def test_the_c_comes_to_what_python_comes_to(steps):
    viewing = Viewing()
    sides, now, last = both(viewing), 100.0, b""
    for kind, count, wild in steps:
        now += count * EVERY_S
        by, compound = 0, None
        if kind in ("calm", "late", "missing", "elsewhere", "damaged"):
            late_s = 0.01 + 0.04 * (kind == "late")
            missing = (0,) if kind == "missing" and count > 2 else ()
            compound = viewing.report(count, came_at=now, late_s=late_s, missing=missing)
            by = int(kind == "elsewhere")
        elif kind == "report":
            block = rtcp.ReportBlock(5, 0, 0, count, 0)
            compound = rtcp.build_receiver_report(rtcp.ReceiverReport(SSRC, (block,)))
        elif kind in ("wild", "many"):
            head = b"\x01\x00\x0f\xff\0\0\1\0\x3f\xff" if kind == "many" else b""
            body = (head + wild).ljust(12, b"\0")
            body += bytes(-len(body) % 4)
            size = (8 + len(body)) // 4
            compound = bytes((0x8F, 205)) + size.to_bytes(2) + SSRC.to_bytes(4) + bytes(4) + body
        if compound is not None:
            last = viewing.session.protect_rtcp(compound)
        if kind == "damaged":
            sent(viewing, sides, last[:-9] + bytes((last[-9] ^ 1,)) + last[-8:])
        elif kind == "foreign":
            sent(viewing, sides, b"\x8f\xcd" + wild)
        elif last:
            sent(viewing, sides, last, by=by)
        assert_the_same(sides, now)
    assert sides[1].seen <= sides[0].seen
    for side in sides:
        side.close()


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, bytes(range(28))),
        (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, bytes(range(30))),
    ],
)
def test_most_reports_of_a_good_line_are_heard_by_the_c(profile, key):
    viewing = Viewing(profile, key)
    sides, now = both(viewing), 100.0
    for _ in range(100):
        now += 4 * EVERY_S
        report = viewing.report(4, came_at=now)
        sent(viewing, sides, viewing.session.protect_rtcp(report))
        assert_the_same(sides, now)
    assert sides[0].seen == 100
    assert sides[1].seen < 40
    for side in sides:
        side.close()


def _calm(viewing, side, now, count=10):
    for _ in range(count):
        now += 4 * EVERY_S
        sent(viewing, [side], viewing.session.protect_rtcp(viewing.report(4, came_at=now)))
        side.read(now)
    return now


def test_of_a_flood_of_calm_reports_no_more_is_decrypted_than_before():
    viewing = Viewing()
    plain, native = both(viewing)
    now, sent_total = 100.0, 3 * 150
    for _ in range(12):
        now += 4 * EVERY_S
        sent(viewing, (plain, native), viewing.session.protect_rtcp(viewing.report(4, came_at=now)))
        assert_the_same((plain, native), now)
    for _ in range(3):
        flood = [viewing.report(1, came_at=now) for _ in range(150)]
        now += 0.02
        sent(viewing, (plain, native), *(viewing.session.protect_rtcp(one) for one in flood))
        for side in (plain, native):
            side.read(now)
    refused = [side.port.counters.rtcp_refused_total for side in (plain, native)]
    assert refused[0] <= refused[1] <= refused[0] + UNASKED
    assert sent_total - refused[1] <= RTCP_BURST + 0.06 * RTCP_PER_S
    for side in (plain, native):
        side.close()


@pytest.mark.parametrize("ending", ["moved", "taken", "closed", "silent"])
def test_nothing_is_heard_from_where_a_viewer_is_no_more(ending):
    viewing = Viewing()
    side = Side(viewing, is_native=True)
    now = _calm(viewing, side, 100.0)
    assert side.peer.media.ear.fields.is_on
    elsewhere = viewing.sockets[1].getsockname()
    if ending == "moved":
        side.peer.path.checked(elsewhere, is_nominating=True, now=now)
        side.peer.path.answered(elsewhere, now=now)
        side.peer.tick(now)
    elif ending == "taken":
        other = Peer(side.port, side.viewer, remote=REMOTE, fingerprints=(), role="server")
        side.port._give(viewing.address, other)
    elif ending == "closed":
        side.peer.close("asked to leave")
    else:
        now += 20
        side.peer.tick(now)
    assert not side.peer.media.ear.fields.is_on
    heard = side.peer.media.ear.fields.heard
    last = viewing.session.protect_rtcp(viewing.report(1, came_at=now))
    sent(viewing, [side], last)
    side.read(now)
    assert side.peer.media.ear.fields.heard in (0, heard)
    side.close()


def test_what_the_c_has_opened_is_opened_for_one_datagram_only():
    viewing = Viewing()
    side = Side(viewing, is_native=True)
    now = _calm(viewing, side, 100.0, 11)
    queue = viewing.session.protect_rtcp(viewing.report(4, came_at=now, late_s=0.2))
    clear = viewing.report(4, came_at=now)
    ear, opened = side.peer.media.ear.fields, []
    side.peer.media.receive = lambda *given: opened.append(bool(ear.is_opened))  # takes nothing
    sent(viewing, [side], queue)
    side.read(now + 0.01)
    side.peer.media.receive = side._counted
    sent(viewing, [side], clear)
    assert opened == [True]
    assert not ear.is_opened
    numbers = side.state()[1][:]
    side.read(now + 0.02)
    assert side.state()[1] == numbers
    assert side.state()[6] == 1  # it was taken for an encrypted one
    side.close()
