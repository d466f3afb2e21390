"""Every decoder of bytes from outside: what it is given to begin with, what it may raise."""

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
from monitoring.collectors import smartctl
from monitoring.collectors.edid import parsed
from monitoring.errors import MonitoringError
from monitoring.reflector import probe
from monitoring.stamp import wire
from runtime import x509_door
from runtime.errors import UnreadableX509
from tests.contract import golden
from tests.fakes import edid
from tests.fuzz.target import Target
from tests.fuzz.trap_targets import TRAPS
from tests.fuzz.wire_targets import WIRE

FILES = Path(__file__).parents[1] / "data/files"
SMARTCTL = FILES.with_name("smartctl")
TEXT_ERRORS = (ContractError, UnicodeDecodeError)  # the second is the test's own reading
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROBE_KEY = bytes(32)
QUESTION = wire.encode_question(wire.StampQuestion(4, 10**18, 12), PROBE_KEY)
ANSWER = wire.encode_answer(
    QUESTION, seq=3, received_ns=10**18, sent_ns=10**18, error=wire.ErrorEstimate(), ttl=61,
    key=PROBE_KEY,
)  # fmt: skip
OPEN_QUESTION = wire.encode_question(wire.StampQuestion(4, 10**18, 12), None)
OPEN_ANSWER = wire.encode_answer(
    OPEN_QUESTION, seq=3, received_ns=10**18, sent_ns=10**18, error=wire.ErrorEstimate(), ttl=61,
    key=None,
)  # fmt: skip
TRAIN = probe.TrainPacket(probe_id=12, seq=4, sent_ns=10**18, train_id=3, index=2, count=15)
BACK = probe.TrainPacket(12, 2, 10**18, 3, 2, 13, probe.TYPE_TRAIN_BACK)
TRAIN_ANSWER = probe.TrainAnswer(12, 4, 10**18, 3, (0, 400, None, 1200))


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
    *WIRE,
    *TRAPS,
    Target("edid", edid.block(maker="SAM", name="TV", year=2021), parsed, MonitoringError),
    Target("smartctl", (SMARTCTL / "nvme-dying.json").read_bytes(),
           lambda data: smartctl.health_of("sda", smartctl.read(data)), MonitoringError),
    Target("certificate", _certificate(), _read_certificate, UnreadableX509),
    *(Target(f"{path.name}", path.read_bytes(),
             lambda data: place_import.judged(place_file.opened(data).rows), place_file.BadPlaces)
      for path in sorted(FILES.glob("places-*")) if "cp1258" not in path.name),
    Target("line of text", "Họp giao ban".encode(),
           lambda data: line(data.decode("utf-8", "surrogatepass"), most=20), TEXT_ERRORS),
    Target("typed number", b"1.000,5",
           lambda data: typed_decimal(data.decode("latin-1"), least=0, most=10_000), ContractError),
    Target("STAMP question", QUESTION,
           lambda data: wire.decode_question(data, PROBE_KEY), MonitoringError),
    Target("STAMP answer", ANSWER,
           lambda data: wire.decode_answer(data, PROBE_KEY), MonitoringError),
    Target("STAMP question of anybody", OPEN_QUESTION,
           lambda data: wire.decode_question(data, None), MonitoringError),
    Target("STAMP answer of anybody", OPEN_ANSWER,
           lambda data: wire.decode_answer(data, None), MonitoringError),
    Target("probe train", probe.encode_train_packet(TRAIN, PROBE_KEY, size=1300),
           lambda data: probe.decode_question(data, PROBE_KEY), MonitoringError),
    Target("probe train back", probe.encode_train_packet(BACK, PROBE_KEY, size=1300),
           lambda data: probe.decode_answer(data, PROBE_KEY), MonitoringError),
    Target("probe answer", probe.encode_train_answer(TRAIN_ANSWER, PROBE_KEY),
           lambda data: probe.decode_answer(data, PROBE_KEY), MonitoringError),
)  # fmt: skip
