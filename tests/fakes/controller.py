"""The controller's side of enrolment and of the time, over real HTTPS with a real authority."""

import base64
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from contracts.renewal import signed_bytes
from tests.fakes.pki import Pki

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET = "GHJKMNPQRSTV"


class FakeController:
    """One installation. `answers` may say another thing than the truth."""

    def __init__(self, pki: Pki, *, point_id: str = "p1", host: str = "127.0.0.1") -> None:
        self.pki = pki
        self.point_id = point_id
        self.host = host
        self.refusal: tuple[int, str] | None = None
        self.garbled: bytes | None = None
        self.off = timedelta(0)
        self.signer = pki
        self.time_signer: str | None = "centre-time"
        self.requests: list[str] = []
        self.renewed: list[str] = []
        self.loses_answers = False
        self.point_number = 7
        self.port = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://{self.host}:{self.port}"

    @property
    def code(self) -> str:
        """A code of this installation."""
        der = self.pki.certificate.public_bytes(Encoding.DER)
        number = int.from_bytes(hashlib.sha256(der).digest()[:10], "big")
        fingerprint = "".join(ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(16)))
        text = fingerprint + SECRET
        return "-".join(text[i : i + 4] for i in range(0, 28, 4))

    def answer(self, path: str, question: dict[str, str]) -> tuple[int, bytes]:
        """Return status and body."""
        self.requests.append(path)
        match path:
            case "/api/v1/enrol/authority":
                return 200, self.pki.ca_pem
            case "/api/v1/time":
                return 200, json.dumps(self._time(question["nonce"])).encode()
            case "/api/v1/enrol" if self.garbled is not None:
                return (self.refusal or (200, ""))[0], self.garbled
            case "/api/v1/enrol" if self.refusal is not None:
                status, code = self.refusal
                error = {"code": code, "message_vi": f"Từ chối: {code}", "message_en": code}
                return status, json.dumps({"error": error}).encode()
            case "/api/v1/enrol":
                return 200, json.dumps(self._enrolled(question)).encode()
            case "/api/v1/renew":
                return 200, json.dumps(self._renewed(question)).encode()
        return 404, b"not here"

    def _time(self, nonce: str) -> dict[str, str]:
        said = (datetime.now(UTC) + self.off).isoformat(timespec="microseconds")
        said = said.replace("+00:00", "Z")
        signed = b"diemcau-time-v1\0" + bytes.fromhex(nonce) + b"\0" + said.encode()
        if self.time_signer is None:  # as a centre of before did
            signature = self.signer.key.sign(signed, ec.ECDSA(hashes.SHA256()))
            return {"nonce": nonce, "time": said, "signature": base64.b64encode(signature).decode()}
        # Renewed in time, unlike the services of an authority that was made long ago.
        issued = self.signer.issue(self.time_signer, days=3650)
        key = load_pem_private_key(issued.key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return {
            "nonce": nonce,
            "time": said,
            "signature": base64.b64encode(signature).decode(),
            "certificate_pem": issued.certificate_file.read_text(),
        }

    def _renewed(self, question: dict[str, str]) -> dict[str, str]:
        old = x509.load_pem_x509_certificate(question["certificate_pem"].encode())
        old.verify_directly_issued_by(self.pki.certificate)
        old_key = old.public_key()
        assert isinstance(old_key, ec.EllipticCurvePublicKey)
        signature = base64.b64decode(question["signature"])
        signed = signed_bytes(question["csr_pem"])
        old_key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        key = x509.load_pem_x509_csr(question["csr_pem"].encode()).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key != old_key
        certificate = self.pki.sign(old.subject, key).public_bytes(Encoding.PEM).decode()
        self.renewed.append(certificate)
        if self.loses_answers:
            return {}
        return {"certificate_pem": certificate}

    def _enrolled(self, question: dict[str, str]) -> dict[str, str | int]:
        assert question["secret"] == SECRET
        request = x509.load_pem_x509_csr(question["csr_pem"].encode())
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.point_id)])
        certificate = self.pki.sign(name, key).public_bytes(Encoding.PEM).decode()
        return {
            "point_id": self.point_id,
            "point_number": self.point_number,
            "name": "Xã Phú Hộ",
            "certificate_pem": certificate,
            "ca_pem": self.pki.ca_pem.decode(),
            "broker_host": "127.0.0.1",
            "broker_port": 8883,
        }


@contextmanager
def running_controller(
    pki: Pki, *, point_id: str = "p1", host: str = "127.0.0.1"
) -> Iterator[FakeController]:
    """Serve until the block ends."""
    controller = FakeController(pki, point_id=point_id, host=host)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._reply(json.loads(self.rfile.read(length)))

        def _reply(self, question: dict[str, str]) -> None:
            status, body = controller.answer(self.path, question)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: the test reads `requests`."""

    server = ThreadingHTTPServer((host, 0), Handler)
    issued = pki.issue("controller", hosts=("127.0.0.1", "localhost", host))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate_file, issued.key_file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    controller.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, name="fake-controller", daemon=True)
    thread.start()
    try:
        yield controller
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
