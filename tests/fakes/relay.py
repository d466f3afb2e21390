"""A real diemcau-relay process for one test, and the centre's side of it.

async with start_relay(tmp_path) as relay:
    await relay.centre.declare(meeting(...))
    relay.url, relay.token(...), relay.point_header(...), relay.centre.events
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import UNSET, UnsetType

from contracts import codec, point_proof, topics
from contracts.desired import RelayAddress, RelayMeeting
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.relay import MeetingState, RelayEvent, RelayState, RelayStatus
from contracts.tokens import Direction, MediaToken, from_b64url, sign
from runtime.bus import Bus, BusSettings, Received
from runtime.tls import client_context
from tests.fakes.mosquitto import Broker, free_port, start_mosquitto
from tests.fakes.namespace import Machine
from tests.fakes.pki import Issued, Pki
from tests.waiting import until

ROOT = Path(__file__).parents[2]
RELAY, OUTER = RelayId("relay-1"), RelayId("relay-2")
SDP = "application/sdp"
CHAIR, B, C = PointId("p-chair"), PointId("p-b"), PointId("p-c")
PAGE_ORIGIN = "https://page.test"


def machine_address() -> str | None:
    """Return an address of this machine that is not the loopback's, as browsers need one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # nothing is sent; the kernel picks a route
        except OSError:
            return None
        return str(probe.getsockname()[0])


def meeting(
    meeting_id: str = "m1",
    *,
    begins_in_s: float = -1.0,
    floor: FloorState | None = None,
    generation: int = 1,
    leader_epoch: int = 1,
    has_ended: bool = False,
    invited: tuple[PointId, ...] = (CHAIR, B, C),
    begins_at: datetime | None = None,
    home: RelayAddress | UnsetType = UNSET,
    outer: dict[RelayId, tuple[PointId, ...]] | UnsetType = UNSET,
) -> RelayMeeting:
    """Return a meeting of three points."""
    now = datetime.now(UTC)
    begin = begins_at or now + timedelta(seconds=begins_in_s)
    return RelayMeeting(
        leader_epoch=leader_epoch,
        generation=generation,
        issued_at=now,
        meeting_id=MeetingId(meeting_id),
        begins_at=begin,
        ends_at=begin + timedelta(hours=1),
        chair=CHAIR,
        invited=invited,
        floor=floor or FloorState(epoch=1),
        has_ended=has_ended,
        home=home,
        outer=outer,
    )


class CentreSide:
    """What the centre publishes to a relay and hears of it."""

    def __init__(self, broker: Broker) -> None:
        issued = broker.cert("centre-web")
        self.events: list[RelayEvent] = []
        self.state: RelayState | None = None
        self.states: dict[RelayId, RelayState] = {}
        self.status: RelayStatus | None = None
        self._has_news = asyncio.Condition()
        self.bus = Bus(
            BusSettings(
                host=broker.host,
                port=broker.port,
                ca_file=broker.ca,
                cert_file=issued.certificate_file,
                key_file=issued.key_file,
                client_id="centre-web",
            ),
            subscriptions=[
                (topics.all_of_relays("event"), 1),
                (topics.all_of_relays("state"), 0),
                (topics.all_of_relays("status"), 1),
            ],
            on_connected=self._connected,
        )

    async def _connected(self, _: Bus) -> None:
        async with self._has_news:
            self._has_news.notify_all()

    async def declare(self, document: RelayMeeting, relay_id: RelayId = RELAY) -> None:
        """Publish a meeting for a relay, retained."""
        await self.bus.publish(topics.relay_meeting(relay_id, document.meeting_id), document)

    async def handle(self, received: Received) -> None:
        """Take what the relay says."""
        topic = topics.parse(received.topic)
        assert isinstance(topic, topics.RelayTopic)
        async with self._has_news:
            if topic.leaf == "event":
                self.events.append(codec.decode(RelayEvent, received.payload))
            elif topic.leaf == "state":
                self.state = codec.decode(RelayState, received.payload)
                self.states[topic.relay_id] = self.state
            else:
                self.status = codec.decode(RelayStatus, received.payload)
            self._has_news.notify_all()

    async def hears(self, condition, *, timeout_s: float = 10.0) -> None:
        """Wait until what was heard satisfies the condition."""
        async with asyncio.timeout(timeout_s), self._has_news:
            await self._has_news.wait_for(condition)

    def kinds(self, subject: str | None = None) -> list[str]:
        """Return the kinds of the events so far, of one subject or of all."""
        return [e.kind for e in self.events if subject is None or e.subject == subject]

    def meeting_state(self, meeting_id: str = "m1") -> MeetingState | None:
        """Return the relay's last word on a meeting."""
        if self.state is None:
            return None
        return next((m for m in self.state.meetings if m.meeting_id == meeting_id), None)


def _two_ports(address: str, machine: Machine | None) -> tuple[int, int]:
    def found() -> tuple[int, int]:
        return free_port(address), free_port(address)

    return machine.inside(found) if machine else found()


class RelayProcess:
    """The process, its configuration, and clients' credentials."""

    def __init__(
        self,
        folder: Path,
        broker: Broker,
        address: str,
        *,
        requests_burst: int = 1000,
        relay_id: RelayId = RELAY,
        centre: CentreSide | None = None,
        machine: Machine | None = None,
    ) -> None:
        self.folder = folder
        self.prefix = machine.prefix if machine else ()
        self.relay_id = relay_id
        self.pki: Pki = broker.pki
        self.address = address
        self.https_port, self.media_port = _two_ports(address, machine)
        self.centre = centre or CentreSide(broker)
        self._token_key = Ed25519PrivateKey.generate()
        self.broker = broker
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.config = self._write_config(requests_burst)

    def _write_config(self, requests_burst: int) -> Path:
        issued = self.pki.issue(self.relay_id, hosts=(self.address, "localhost", "127.0.0.1"))
        public = self._token_key.public_key()
        (self.folder / "token.pub").write_bytes(
            public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        config = self.folder / "relay.toml"
        config.write_text(
            f"""
relay_id = "{self.relay_id}"
data_dir = "data"
ca_file = "{self.pki.ca_file}"
token_key_file = "token.pub"
[log]
form = "console"
[https]
host = "{self.address}"
port = {self.https_port}
cert_file = "{issued.certificate_file}"
key_file = "{issued.key_file}"
allowed_origins = ["{PAGE_ORIGIN}"]
requests_per_s = 0.5
requests_burst = {requests_burst}
[media]
port = {self.media_port}
candidates = ["{self.address}"]
[broker]
host = "{self.broker.host}"
port = {self.broker.port}
ca_file = "{self.pki.ca_file}"
cert_file = "{issued.certificate_file}"
key_file = "{issued.key_file}"
"""
        )
        return config

    @property
    def url(self) -> str:
        """Where WHIP and WHEP are served."""
        return f"https://{self.address}:{self.https_port}"

    @property
    def pid(self) -> int:
        """The process' id."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has written so far."""
        return (self.folder / "relay.log").read_text(errors="replace")

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client that trusts the installation's authority."""
        context = client_context(self.pki.ca_file)
        return httpx.AsyncClient(base_url=self.url, verify=context, timeout=10)

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._spawn()
        async with self.client() as client:
            await until(lambda: self._answers(client), 20, "the relay answers")

    def _spawn(self) -> None:
        with (self.folder / "relay.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self.prefix,
                    *(sys.executable, "-m", "media.relay", "run", "--config", str(self.config)),
                ],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            )

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        assert self._process is not None and self._process.poll() is None, self.log
        try:
            return (await client.get("/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def stop(self) -> int:
        """End it in order; return its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(timeout=15)
        self._process = None
        return code

    def token(
        self,
        subject: str,
        direction: Direction,
        *,
        meeting_id: str = "m1",
        role: Literal["chair", "secretary", "participant", "viewer"] = "viewer",
        valid_s: float = 600,
    ) -> str:
        """Return an Authorization header with a media token."""
        claims = MediaToken(
            meeting_id=MeetingId(meeting_id),
            subject=subject,
            role=role,
            direction=direction,
            expires_at=datetime.now(UTC) + timedelta(seconds=valid_s),
        )
        return f"Bearer {sign(claims, self._token_key)}"

    async def point_header(
        self,
        client: httpx.AsyncClient,
        point: str,
        path: str,
        body: bytes,
        *,
        pki: Pki | None = None,
    ) -> str:
        """Return an Authorization header in which a point proves itself."""
        nonce = from_b64url((await client.post("/nonce")).json()["nonce"])
        return point_header(pki or self.pki, point, nonce=nonce, path=path, body=body)

    async def point_proof(self, point: str, path: str, body: str) -> str:
        """Return what a page sends as a point, whose offer is its body."""
        async with self.client() as client:
            return await self.point_header(client, point, path, body.encode())

    async def offer(
        self, direction: str, sdp: str, *, point: str, meeting_id: str = "m1"
    ) -> httpx.Response:
        """POST an offer as a point."""
        door = {"publish": "whip", "play": "whep", "share": "content"}[direction]
        path = f"/{door}/{meeting_id}"
        body = sdp.encode()
        async with self.client() as client:
            header = await self.point_header(client, point, path, body)
            headers = {"Authorization": header, "Content-Type": SDP}
            return await client.post(path, content=body, headers=headers)

    async def offer_of_person(self, direction: Direction, sdp: str, *, name: str) -> httpx.Response:
        """POST an offer as somebody of the office, by a token."""
        door = {"publish": "whip", "play": "whep", "share": "content"}[direction]
        token = self.token(name, direction, role="secretary")
        headers = {"Authorization": token, "Content-Type": SDP}
        async with self.client() as client:
            return await client.post(f"/{door}/m1", content=sdp.encode(), headers=headers)

    async def metric(self, name: str) -> float:
        """Return one figure of /metrics."""
        async with self.client() as client:
            text = (await client.get("/metrics")).text
        return next(
            float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} ")
        )


def point_header(
    pki: Pki, point: str, *, nonce: bytes, path: str, body: bytes, issued: Issued | None = None
) -> str:
    """Return the header a point of this installation sends, by its certificate or another."""
    issued = issued or pki.issue(point)
    certificate = x509.load_pem_x509_certificate(issued.certificate_file.read_bytes())
    key = load_pem_private_key(issued.key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signed = point_proof.signed_bytes(nonce=nonce, method="POST", path=path, body=body)
    signature = key.sign(signed, ec.ECDSA(SHA256()))
    der = certificate.public_bytes(Encoding.DER)
    return point_proof.header(point_proof.PointProof(der, nonce, signature))


@asynccontextmanager
async def start_relay(
    tmp_path: Path,
    *,
    is_started: bool = True,
    requests_burst: int = 1000,
    address: str | None = None,
) -> AsyncIterator[RelayProcess]:
    """Run a broker, the centre's side and a relay until the block ends.

    Args:
        address: of both; None: one that browsers use too, and the broker at the loopback's.
    """
    with start_mosquitto(tmp_path, host=address or "127.0.0.1") as broker:
        address = address or machine_address() or "127.0.0.1"
        relay = RelayProcess(tmp_path, broker, address, requests_burst=requests_burst)
        task = asyncio.create_task(relay.centre.bus.run(relay.centre.handle), name="centre-side")
        try:
            await relay.centre.hears(lambda: relay.centre.bus.is_connected)
            if is_started:
                await relay.start()
            yield relay
        finally:
            relay.kill()
            task.cancel()
            await asyncio.wait({task})


@asynccontextmanager
async def start_two_relays(
    tmp_path: Path, *, machine: Machine | None = None
) -> AsyncIterator[tuple[RelayProcess, RelayProcess]]:
    """Run a broker, the centre's side, and a home and an outer relay until the block ends.

    Args:
        machine: where the outer one runs; None: here.
    """
    async with start_relay(tmp_path, address=machine.host if machine else None) as home:
        folder = tmp_path / OUTER
        folder.mkdir()
        outer = RelayProcess(
            folder,
            home.broker,
            machine.address if machine else home.address,
            relay_id=OUTER,
            centre=home.centre,
            machine=machine,
        )
        try:
            await outer.start()
            yield home, outer
        finally:
            outer.kill()


async def declare_two(
    home: RelayProcess,
    *,
    points: tuple[PointId, ...],
    floor: FloorState,
    generation: int = 1,
    invited: tuple[PointId, ...] = (CHAIR, B, C),
    outer: tuple[RelayId, ...] = (OUTER,),
) -> RelayMeeting:
    """Give the home and outer relays a meeting, of which these points are at the outer ones."""
    document = meeting(
        floor=floor, generation=generation, invited=invited, outer=dict.fromkeys(outer, points)
    )
    await home.centre.declare(document)
    address = RelayAddress(relay_id=RELAY, url=home.url)
    away = meeting(floor=floor, generation=generation, invited=invited, home=address)
    for relay_id in outer:
        await home.centre.declare(away, relay_id)
    return document
