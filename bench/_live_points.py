"""Points that are live at the level of the protocol: their screens, and who speaks.

An installation of the centre with as many points as a province, for benches of meetings.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from sqlmodel import select

from bench._load import Client, Source
from contracts import codec, point_proof
from contracts.desired import Live
from contracts.errors import ContractError
from contracts.ids import PointId
from contracts.tokens import from_b64url
from controller import installation as installing
from controller.db.engine import open_engine, writing
from controller.enrolment import pki
from controller.installation import ensure_services
from controller.people import people_queries
from controller.places import service as places
from controller.places.tables import Point
from controller.roles import Role
from controller.settings import ControllerSettings, KnownRelay
from media.transport.address import Address
from media.wire import rtp, sdp, vp8
from runtime.bus import Bus, BusSettings, Handler, Received
from tests.integration.controller.broker import GeneratedBroker
from tests.integration.controller.centre import (
    Installation,
    password_hash,
)
from tests.waiting import until

SMALL_BYTES, LARGE_BYTES, BETWEEN_BYTES = 300, 800, 550
Pair = tuple[Path, Path]
"""A certificate and its key."""


def names(count: int) -> list[PointId]:
    """Return the points, the chair's first."""
    return [PointId(f"p-{number:03}") for number in range(count + 1)]


def installed(folder: Path, count: int, relay_url: str) -> Installation:
    """Make an installation with so many points beside the chair's, on free ports."""
    made = Installation(
        ControllerSettings(
            data_dir=folder / "first" / "data",
            public_hosts=("127.0.0.1", "localhost"),
            relays=(KnownRelay(url=relay_url),),
        )
    )
    installing.initialise(made.settings, now=datetime.now(UTC))
    engine = open_engine(made.settings.state_database_url)
    lines = ["what,unit_id,parent_id,point_id,name,owner", "unit,tinh,,,Tỉnh,people_committee"]
    lines += [f"point,tinh,,{one},Điểm {one},people_committee" for one in names(count)]
    now = datetime.now(UTC)
    places.import_file(engine, "\n".join(lines).encode(), now=now - timedelta(days=1))
    with writing(engine) as session:
        people_queries.add_user(
            session,
            Role.OFFICE.value,
            display_name="",
            password_hash=password_hash(),
            role=Role.OFFICE,
            now=now,
        )
    engine.dispose()
    copied = made.copy(folder / "centre")
    ensure_services(
        copied.settings, pki.load_authority(copied.settings.pki_dir), now=datetime.now(UTC)
    )
    return copied


class Speaker(Source):
    """Sends a picture of one packet 30 times a second, by whose size one tells who sends."""

    def __init__(self, client: Client, size: int) -> None:
        super().__init__(client)
        self._size, self._sent_frames = size, 0

    def send_frame(self) -> None:
        """Send one frame; a keyframe where one was asked for."""
        is_key, self.client.keyframe_wanted = self.client.keyframe_wanted, False
        head = b"\x10\x02\0\x9d\x01\x2a\x80\x02\x68\x01" if is_key else b"\x11\x02\0"
        self._sent_frames += 1
        data = head + bytes(self._size - len(head))
        (payload,) = vp8.packetize(data, picture_id=self._sent_frames, max_payload_size=1060)
        self.client.send_media("video", self._sent_frames, self._sent_frames * 3000, payload, True)
        self.sent += 1


class Screen(Client):
    """Plays the meeting, and notes when a packet of a size comes in the slot of who speaks."""

    def __init__(self) -> None:
        super().__init__("recvonly", videos=2, sounds=1)
        self.slot = 0
        self.wants_large = False
        self.seen_s = 0.0

    def await_(self, *, wants_large: bool) -> None:
        """Note the next picture of the one or the other."""
        self.wants_large, self.seen_s = wants_large, 0.0

    def _media(self, view: memoryview, size: int, address: Address) -> None:
        super()._media(view, size, address)
        if self.seen_s or rtp.is_rtcp(view[:2]) or int.from_bytes(view[8:12]) != self.slot:
            return
        if (size > BETWEEN_BYTES) == self.wants_large:
            self.seen_s = time.monotonic()


@dataclass(slots=True)
class LivePoint:
    """One point that is in the meeting."""

    name: PointId
    certificate: Pair
    screen: Screen = field(default_factory=Screen)
    epoch: int = -1
    told_s: float = 0.0

    async def take(self, received: Received) -> None:
        """Take what its screen is told."""
        with suppress(ContractError):
            live = codec.decode(Live, received.payload)
            if live.meeting_id is not None and live.floor_epoch > self.epoch:
                self.epoch, self.told_s = live.floor_epoch, time.monotonic()

    def proof(self, nonce: bytes, path: str, body: bytes) -> str:
        """Return the header by which it proves itself."""
        certificate, key_file = self.certificate
        key = load_pem_private_key(key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signed = point_proof.signed_bytes(nonce=nonce, method="POST", path=path, body=body)
        der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
        proof = point_proof.PointProof(der, nonce, key.sign(signed, ECDSA(hashes.SHA256())))
        return point_proof.header(proof)

    async def join(
        self, relay: httpx.AsyncClient, meeting_id: str, client: Client
    ) -> sdp.SessionDescription:
        """Publish or play."""
        door = "whip" if client.direction == "sendonly" else "whep"
        path, body = f"/{door}/{meeting_id}", client.offer().encode()

        async def let_in() -> httpx.Response | None:
            try:
                nonce = from_b64url((await relay.post("/nonce")).json()["nonce"])
            except httpx.TransportError:  # it is only starting
                return None
            proof = self.proof(nonce, path, body)
            headers = {"Authorization": proof, "Content-Type": "application/sdp"}
            answer = await relay.post(path, content=body, headers=headers)
            return answer if answer.status_code == 201 else None

        answer = await until(let_in, 30, f"{self.name} is let in")
        found = sdp.parse(answer.text)
        await client.connect(found, "client")
        return found


def certify(
    broker: GeneratedBroker, settings: ControllerSettings, all_: Sequence[PointId]
) -> dict[PointId, Pair]:
    """Give points certificates that the centre names."""
    given = {name: broker.certificate(name) for name in all_}
    engine = open_engine(settings.state_database_url)
    with writing(engine) as session:
        for point in session.exec(select(Point)):
            pair = given.get(PointId(point.point_id))
            if pair is not None:
                found = x509.load_pem_x509_certificate(pair[0].read_bytes())
                point.certificate_sha256 = found.fingerprint(hashes.SHA256()).hex()
                session.add(point)
    engine.dispose()
    return given


@asynccontextmanager
async def session_of(bus: Bus, take: Handler) -> AsyncIterator[None]:
    """Keep an MQTT session."""
    task = asyncio.create_task(bus.run(take))
    try:
        await until(lambda: bus.is_connected, 30, "a session is there")
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def bus_of(settings: ControllerSettings, name: str, pair: Pair, topic: str = "") -> Bus:
    """Return a session by a certificate of the installation."""
    certificate, key = pair
    return Bus(
        BusSettings(
            host="127.0.0.1",
            port=settings.broker.port,
            ca_file=settings.pki_dir / "ca.crt",
            cert_file=certificate,
            key_file=key,
            client_id=name,
        ),
        subscriptions=[(topic, 1)] if topic else [],
    )
