"""A session that is taken over: by a twin, or by the centre because our certificate is revoked."""

import asyncio
import socket
import socketserver
import ssl
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from runtime import bus as bus_module
from runtime import refusal as refusal_module
from runtime.bus import Bus, BusSettings
from runtime.no_session import NoSession
from tests.fakes.pki import Pki
from tests.waiting import until

CONNECT, CONNACK, TAKEN_OVER = 0x10, b"\x20\x03\x00\x00\x00", b"\xe0\x02\x8e\x00"


class NewBroker:
    """Says of a session that it was taken over, as Mosquitto does from 2.0.12 on."""

    def __init__(self, pki: Pki) -> None:
        server = pki.issue("broker")
        self.pki = pki
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.load_verify_locations(cafile=pki.ca_file)
        self.context.load_cert_chain(server.certificate_file, server.key_file)
        self.accepted = 0
        self.sessions = 0

    def revoke(self, name: str) -> None:
        """Refuse from now on."""
        issued = x509.load_pem_x509_certificate(self.pki.issue(name).certificate_file.read_bytes())
        now = datetime.now(UTC)
        revoked = x509.RevokedCertificateBuilder(issued.serial_number, now).build()
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.pki.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=1))
            .add_revoked_certificate(revoked)
            .sign(self.pki.key, hashes.SHA256())
        )
        file = self.pki.folder / "revoked.crl"
        file.write_bytes(listed.public_bytes(Encoding.PEM))
        self.context.load_verify_locations(cafile=file)
        self.context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF

    def serve(self, channel: socket.socket) -> None:
        """Hold one connection. With threads: asyncio does not send the alert of a refusal."""
        self.accepted += 1
        try:
            with self.context.wrap_socket(channel, server_side=True) as session:
                if session.recv(1) == bytes([CONNECT]):
                    self.sessions += 1
                    session.sendall(CONNACK + TAKEN_OVER)
                    while session.recv(4096):
                        pass
        except OSError:
            return


@asynccontextmanager
async def session_with(broker: NewBroker):
    issued = broker.pki.issue("p1")

    class Serve(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            broker.serve(self.request)

    listening = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Serve)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    bus = Bus(
        BusSettings(
            host="127.0.0.1",
            port=listening.server_address[1],
            ca_file=broker.pki.ca_file,
            cert_file=issued.certificate_file,
            key_file=issued.key_file,
            client_id="p1",
        )
    )

    async def ignore(_: object) -> None:
        return None

    running = asyncio.create_task(bus.run(ignore))
    try:
        yield bus
    finally:
        running.cancel()
        await asyncio.wait({running})
        listening.shutdown()
        listening.server_close()


async def test_who_was_revoked_is_told_so_and_not_of_a_twin(tmp_path):
    broker = NewBroker(Pki(tmp_path / "pki"))
    async with session_with(broker) as bus:
        await until(lambda: broker.accepted == 2, 20, "it asks without taking the session over")
        assert bus.why_none is NoSession.OTHER
        broker.revoke("p1")  # its list is read only now
        await until(lambda: bus.why_none is NoSession.REVOKED, 20, "it knows")
        assert broker.sessions == 1


async def test_who_has_a_twin_asks_first_and_takes_nothing_over(tmp_path, monkeypatch):
    monkeypatch.setattr(bus_module, "_ASK_AFTER_S", (0.0, 0.0))
    monkeypatch.setattr(refusal_module, "ANSWER_LIMIT_S", 0.2)
    broker = NewBroker(Pki(tmp_path / "pki"))
    async with session_with(broker) as bus:
        await until(lambda: bus.why_none is NoSession.TWIN, 20, "it says what it is")
        assert (broker.accepted, broker.sessions) == (3, 1)
