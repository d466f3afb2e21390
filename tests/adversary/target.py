"""What an adversary knows of the installation it attacks, and the doors it knocks at."""

import json
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from contracts import point_proof
from contracts.tokens import from_b64url

SDP = "application/sdp"


@dataclass(frozen=True, slots=True)
class Identity:
    """A point's certificate and key, as they lie on a stolen machine."""

    point_id: str
    certificate_file: Path
    key_file: Path

    def proof(self, *, nonce: bytes, path: str, body: bytes) -> str:
        """Return the Authorization header by which this point asks a relay."""
        certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        key = load_pem_private_key(self.key_file.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        signed = point_proof.signed_bytes(nonce=nonce, method="POST", path=path, body=body)
        der = certificate.public_bytes(Encoding.DER)
        signature = key.sign(signed, ec.ECDSA(SHA256()))
        return point_proof.header(point_proof.PointProof(der, nonce, signature))


@dataclass(frozen=True, slots=True)
class Target:
    """A running province (scripts/demo), with the meeting that is on and one of a hostile point."""

    address: str
    ports: dict[str, int]
    ca_file: Path
    meeting_id: str
    own_meeting_id: str
    point: Identity
    viewer_password: str

    @classmethod
    def read(cls, file: Path) -> "Target":
        """Return what the check has written down for its adversaries."""
        known = json.loads(file.read_text())
        point = known.pop("point")
        identity = Identity(point["id"], Path(point["certificate"]), Path(point["key"]))
        return cls(**(known | {"ca_file": Path(known["ca_file"]), "point": identity}))

    @property
    def own_address(self) -> str:
        """The address from which this process reaches the installation."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect((self.address, 9))
            return str(asking.getsockname()[0])

    def tls(self) -> ssl.SSLContext:
        """Trust the installation's authority."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def http(self, *, is_relay: bool = False, **more: Any) -> httpx.AsyncClient:
        """Return a client of the centre's pages and API, or of the relay."""
        port = self.ports["relay_https" if is_relay else "https"]
        base = f"https://{self.address}:{port}"
        return httpx.AsyncClient(base_url=base, verify=self.tls(), timeout=10, **more)

    async def signed_in(self, client: httpx.AsyncClient) -> None:
        """Sign in as a viewer."""
        body = {"user_name": VIEWER, "password": self.viewer_password}
        answer = await client.post("/api/v1/session", json=body)
        answer.raise_for_status()
        client.headers["x-csrf-token"] = answer.json()["csrf_token"]

    async def viewer_token(self, meeting_id: str = "") -> str:
        """Return an Authorization header that lets the viewer play a meeting, else the one on."""
        async with self.http() as client:
            await self.signed_in(client)
            path = f"/api/v1/meetings/{meeting_id or self.meeting_id}/token"
            answer = await client.post(path, json={"direction": "play"})
            answer.raise_for_status()
            return f"Bearer {answer.json()['token']}"

    async def play(self, offer: str, meeting_id: str = "") -> httpx.Response:
        """Ask to play a meeting, else the one that is on, as the viewer."""
        headers = {"Authorization": await self.viewer_token(meeting_id), "Content-Type": SDP}
        async with self.http(is_relay=True) as client:
            path = f"/whep/{meeting_id or self.meeting_id}"
            return await client.post(path, content=offer.encode(), headers=headers)

    async def as_point(self, direction: str, offer: str) -> httpx.Response:
        """Ask for a session in the hostile point's own meeting, with its certificate."""
        path, body = f"/{direction}/{self.own_meeting_id}", offer.encode()
        async with self.http(is_relay=True) as client:
            nonce = from_b64url((await client.post("/nonce")).json()["nonce"])
            proof = self.point.proof(nonce=nonce, path=path, body=body)
            headers = {"Authorization": proof, "Content-Type": SDP}
            return await client.post(path, content=body, headers=headers)


VIEWER = "nguoixem"
