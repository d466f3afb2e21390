"""Every decoder of bytes from outside: what it is given to begin with, what it may raise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from contracts import codec, point_proof, tokens, topics
from contracts.errors import ContractError
from contracts.ids import MeetingId
from contracts.message import Message
from contracts.numbers import typed_decimal
from contracts.text import line
from controller.places import place_file, place_import
from media.errors import MediaError
from media.wire import rtcp, rtp, sdp, stun, twcc, vp8
from monitoring.errors import MonitoringError
from monitoring.reflector import probe
from runtime import x509_door
from runtime.errors import UnreadableX509
from tests.contract import golden

FILES = Path(__file__).parents[1] / "data/files"
TEXT_ERRORS = (ContractError, UnicodeDecodeError)  # the second is the test's own reading
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SDP = (
    b"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    b"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\n"
    b"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n"
    b"a=fingerprint:sha-256 " + b":".join([b"AB"] * 32) + b"\r\na=rtcp-mux\r\n"
    b"a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\n"
    b"a=fmtp:97 apt=96\r\na=ssrc:1 cname:x\r\n"
    b"a=candidate:1 1 udp 2130706431 10.77.0.1 10000 typ host\r\n"
)
RTP = bytes.fromhex("90e0123400001c2011223344bede000110aa0000") + b"\x90\x80\x81\x02" + b"\x10" * 40
_BLOCK = rtcp.ReportBlock(1, 3, 12, 4711, 90, 1, 2)
RTCP = b"".join(
    (
        rtcp.build_sender_report(rtcp.SenderReport(1, 2**40, 90_000, 17, 4_000, (_BLOCK,))),
        rtcp.build_receiver_report(rtcp.ReceiverReport(1, (_BLOCK, _BLOCK))),
        rtcp.build_cname(1, "xa-mau-a"),
        rtcp.build_nack(rtcp.Nack(1, 2, (4, 5, 9, 400))),
        rtcp.build_pli(rtcp.Pli(1, 2)),
        rtcp.build_remb(rtcp.Remb(1, 600_000, (2, 3))),
        bytes.fromhex("81cb000100000001"),  # BYE
    )
)
TRANSPORT_CC = bytes.fromhex("000a000c00000301 2003 b000 c940 04080100 0204ff38")  # twelve packets
STUN = stun.build_response(transaction_id=bytes(12), mapped=("10.77.0.1", 10_000), password="p")
PROBE_KEY = bytes(32)
ECHO = probe.Echo(probe_id=12, seq=4, sent_ns=10**18)
TRAIN = probe.TrainPacket(probe_id=12, seq=4, sent_ns=10**18, train_id=3, index=2, count=15)
TRAIN_ANSWER = probe.TrainAnswer(12, 4, 10**18, 3, (0, 400, None, 1200))


@dataclass(frozen=True, slots=True)
class Target:
    """A decoder with a payload it reads, and the only errors it may raise."""

    name: str
    payload: bytes
    decode: Callable[[bytes], object]
    errors: type[Exception] | tuple[type[Exception], ...]


def _message(name: str, kind: type[Message]) -> Target:
    return Target(name, golden.payload(name), lambda data: codec.decode(kind, data), ContractError)


def _verify(data: bytes) -> object:
    text = data.decode("utf-8", "surrogateescape")
    return tokens.verify(text, KEY, meeting_id=MeetingId("m"), direction="play", now=NOW)


def _certificate() -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    name = x509.Name.from_rfc4514_string("CN=xa-mau-a")
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("h.test")]), critical=False)
        .sign(key, None)
    )
    return certificate.public_bytes(Encoding.DER)


def _read_certificate(data: bytes) -> object:
    certificate = x509_door.certificate_from_der(data)
    x509_door.public_key(certificate)
    x509_door.is_valid_at(certificate, NOW)
    x509_door.alternative_names(certificate)
    return x509_door.common_name(certificate)


TARGETS = (
    *(_message(name, kind) for name, kind in golden.TYPES.items()),
    Target("topic", b"dc/relay/relay-1/meeting/m-1",
           lambda data: topics.parse(data.decode("utf-8", "surrogateescape")), ContractError),
    Target("token", b"eyJhIjoxfQ.c2ln", _verify, ContractError),
    Target("point proof", b"Point QUJD QUJD QUJD",
           lambda data: point_proof.parse(data.decode("utf-8", "surrogateescape")), ContractError),
    Target("rtp", RTP, rtp.parse, MediaError),
    Target("rtcp", RTCP, rtcp.parse, MediaError),
    Target("transport-cc", TRANSPORT_CC, twcc.read, MediaError),
    Target("stun", STUN, stun.parse, MediaError),
    Target("vp8", b"\x90\x80\x81\x02" + b"\x10" * 20, vp8.parse, MediaError),
    Target("sdp", SDP, lambda data: sdp.parse(data.decode("utf-8", "replace")), MediaError),
    Target("certificate", _certificate(), _read_certificate, UnreadableX509),
    *(Target(f"{path.name}", path.read_bytes(),
             lambda data: place_import.judged(place_file.opened(data).rows), place_file.BadPlaces)
      for path in sorted(FILES.glob("places-*")) if "cp1258" not in path.name),
    Target("line of text", "Họp giao ban".encode(),
           lambda data: line(data.decode("utf-8", "surrogatepass"), most=20), TEXT_ERRORS),
    Target("typed number", b"1.000,5",
           lambda data: typed_decimal(data.decode("latin-1"), least=0, most=10_000), ContractError),
    Target("probe echo", probe.encode_echo(ECHO, PROBE_KEY),
           lambda data: probe.decode_question(data, PROBE_KEY), MonitoringError),
    Target("probe train", probe.encode_train_packet(TRAIN, PROBE_KEY, size=1300),
           lambda data: probe.decode_question(data, PROBE_KEY), MonitoringError),
    Target("probe answer", probe.encode_train_answer(TRAIN_ANSWER, PROBE_KEY),
           lambda data: probe.decode_answer(data, PROBE_KEY), MonitoringError),
)  # fmt: skip


def escaped(target: Target, data: bytes) -> Exception | None:
    """Return what came out of the decoder that never may; None: a value or its own error."""
    try:
        target.decode(data)
    except target.errors:
        return None
    except Exception as exc:  # noqa: BLE001 - what escapes is what is looked for
        return exc
    return None
