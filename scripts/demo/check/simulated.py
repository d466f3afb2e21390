"""Fifty small points beside the real ones: real certificates, real sessions, one process.

Started as a program of its own: `python -m scripts.demo.check.simulated FOLDER`, where
the folder holds `centre.json` (url, host, port) and `codes.json` (enrolment codes).
Each point enrols as an agent does, then sends a health report every ten seconds and
comes back by itself. `state.json` says how many are connected.
"""

import asyncio
import json
import random
import ssl
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

REPORT_INTERVAL_S = 10.0
RETRY_S = 0.5, 2.0


class SimulatedPoint:
    """One point: its certificate on disk, its session, its reports not yet confirmed."""

    def __init__(self, folder: Path, enrolled: dict[str, object], key: bytes) -> None:
        self.point_id = str(enrolled["point_id"])
        self._host = str(enrolled["broker_host"])
        self._port = int(str(enrolled["broker_port"]))
        self._outbox_id = uuid.uuid4().hex[:16]
        self._boot_id = uuid.uuid4().hex
        self._seq = 0
        self._unsent: list[bytes] = []
        self.is_connected = False
        base = folder / self.point_id
        base.with_suffix(".crt").write_text(str(enrolled["certificate_pem"]))
        base.with_suffix(".key").write_bytes(key)
        base.with_suffix(".ca").write_text(str(enrolled["ca_pem"]))
        self._context = ssl.create_default_context(cafile=str(base.with_suffix(".ca")))
        self._context.load_cert_chain(base.with_suffix(".crt"), base.with_suffix(".key"))

    async def run(self) -> None:
        """Keep a session and send, for ever."""
        await asyncio.sleep(random.uniform(0, 1.0))  # noqa: S311 - spreads the start
        while True:
            try:
                await self._session()
            except (aiomqtt.MqttError, OSError, TimeoutError):
                self.is_connected = False
                await asyncio.sleep(random.uniform(*RETRY_S))  # noqa: S311 - jitter

    async def _session(self) -> None:
        async with aiomqtt.Client(
            self._host, self._port, identifier=self.point_id, tls_context=self._context,
            protocol=aiomqtt.ProtocolVersion.V5, keepalive=30, timeout=5,
        ) as client:  # fmt: skip
            status = {"schema_version": 1, "is_online": True, "outbox_id": self._outbox_id}
            await client.publish(
                f"dc/point/{self.point_id}/status", json.dumps(status), qos=1, retain=True
            )
            self.is_connected = True
            while True:
                self._unsent.append(self._report())
                while self._unsent:
                    await client.publish(
                        f"dc/point/{self.point_id}/report", self._unsent[0], qos=1, timeout=5
                    )
                    self._unsent.pop(0)
                await asyncio.sleep(REPORT_INTERVAL_S)

    def _report(self) -> bytes:
        self._seq += 1
        report = {
            "schema_version": 1,
            "outbox_id": self._outbox_id,
            "seq": self._seq,
            "measured_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "boot_id": self._boot_id,
            "monotonic_ms": int(time.monotonic() * 1000),
            "clock": {"source": "ntp", "error_ms": 1.0},
            "body": {"kind": "health", "cpu_ratio": 0.1, "memory_ratio": 0.2, "uptime_s": 60},
        }
        return json.dumps(report).encode()


async def enrol(client: httpx.AsyncClient, code: str, folder: Path) -> SimulatedPoint:
    """Return a point enrolled by its code; the key is made here."""
    secret = code.replace("-", "")[16:]
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulated")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    body = {
        "secret": secret,
        "csr_pem": request.public_bytes(serialization.Encoding.PEM).decode(),
    }
    answer = await client.post("/api/v1/enrol", json=body)
    answer.raise_for_status()
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimulatedPoint(folder, answer.json(), key_pem)


async def main(folder: Path) -> None:
    """Enrol all and run them until ended."""
    centre = json.loads((folder / "centre.json").read_text())
    codes = json.loads((folder / "codes.json").read_text())
    trusted = ssl.create_default_context(cafile=centre["ca_file"])
    async with httpx.AsyncClient(base_url=centre["url"], verify=trusted, timeout=15) as client:
        points = [await enrol(client, code, folder) for code in codes]
    async with asyncio.TaskGroup() as tasks:
        for point in points:
            tasks.create_task(point.run(), name=point.point_id)
        tasks.create_task(_tell(points, folder / "state.json"), name="state")


async def _tell(points: list[SimulatedPoint], file: Path) -> None:
    while True:
        connected = sum(point.is_connected for point in points)
        state = {"connected": connected, "points": len(points), "written_at": time.time()}
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(state))
        draft.replace(file)
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
