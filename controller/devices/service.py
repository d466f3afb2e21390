"""The devices of points: added, changed, removed, asked at once; and what points are told of them.

What proves a point to a device is kept locked by a key that stands in no database, and leaves
sealed to the point's own key. No page and no log has it again.
"""

import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import codec
from contracts.desired import CertificateDigest
from contracts.devices import (
    MAX_SEALS,
    MAX_SECRETS_BYTES,
    MAX_SNMP_DEVICES,
    DeviceSecrets,
    WantedDevice,
)
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from controller.db.engine import writing
from controller.devices import batteries, device_queries, entered
from controller.devices.entered import DeviceEntered, DevicePlace
from controller.devices.tables import PointDevice
from controller.dispatch.changes import Changes
from controller.errors import BadRequest, NotFound
from runtime import sealing
from runtime.errors import NotOpened

ID_CHARS = 8
__all__ = ["PointDevice", "PointDevices", "of_point", "of_points", "unlocked", "wanted"]
_ALPHABET = string.ascii_lowercase + string.digits

Keys = Mapping[CertificateDigest, ec.EllipticCurvePublicKey]


@dataclass(frozen=True, slots=True)
class PointDevices:
    """What people do with devices. `master`: the key that locks what is kept."""

    engine: Engine
    changes: Changes
    master: bytes
    now: Callable[[], datetime]

    def add(self, point_id: str, typed: DeviceEntered, *, actor: str) -> str:
        """Add a device; return its name.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: the point has as many as it may, or one at that place.
        """
        place, proof = entered.place_of(typed), entered.secrets_of(typed, None)
        device_id = "".join(secrets.choice(_ALPHABET) for _ in range(ID_CHARS))
        with writing(self.engine) as session:
            others = device_queries.of_point(session, point_id)
            _refuse_twice(place, others)
            if len(others) >= MAX_SNMP_DEVICES:
                raise BadRequest(
                    "too_many_devices",
                    f"Một điểm cầu có tối đa {MAX_SNMP_DEVICES} thiết bị: bỏ một thiết bị trước.",
                    f"A point has at most {MAX_SNMP_DEVICES} devices: remove one first.",
                )
            session.add(
                PointDevice(
                    device_id=device_id,
                    point_id=point_id,
                    name=place.name,
                    address=place.address,
                    port=place.port,
                    user_name=place.user_name,
                    auth=place.auth,
                    priv=place.priv,
                    secrets=self._locked(proof, point_id, device_id),
                    added_at=self.now(),
                    added_by=actor,
                )
            )
        self.changes.note_points([PointId(point_id)])
        return place.name

    def change(self, point_id: str, device_id: str, typed: DeviceEntered) -> str:
        """Change a device, have it asked at once; return its name.

        Raises:
            BadEntry: a field cannot be taken.
            BadRequest: the point has another one at that place.
            NotFound: the point has no such device.
        """
        place = entered.place_of(typed)
        with writing(self.engine) as session:
            row = _found(session, point_id, device_id)
            others = device_queries.of_point(session, point_id)
            _refuse_twice(place, [one for one in others if one.device_id != device_id])
            # Whoever sends it elsewhere, or under another name, has to know what proves it.
            is_same = (row.address, row.port, row.user_name) == (
                place.address, place.port, place.user_name,
            )  # fmt: skip
            kept = unlocked(row, self.master) if is_same else None
            proof = entered.secrets_of(typed, kept)
            row.name, row.address, row.port = place.name, place.address, place.port
            row.user_name, row.auth, row.priv = place.user_name, place.auth, place.priv
            row.secrets = self._locked(proof, point_id, device_id)
            row.asked_total += 1
            session.add(row)
        self.changes.note_points([PointId(point_id)])
        return place.name

    def remove(self, point_id: str, device_id: str) -> str:
        """Remove a device; return its name.

        Raises:
            NotFound: the point has no such device.
        """
        with writing(self.engine) as session:
            row = _found(session, point_id, device_id)
            name = row.name
            batteries.forget(session, point_id, device_id)
            session.delete(row)
        self.changes.note_points([PointId(point_id)])
        return name

    def ask(self, point_id: str, device_id: str) -> str:
        """Have a device asked at once; return its name.

        Raises:
            NotFound: the point has no such device.
        """
        with writing(self.engine) as session:
            row = _found(session, point_id, device_id)
            row.asked_total += 1
            name = row.name
            session.add(row)
        self.changes.note_points([PointId(point_id)])
        return name

    def _locked(self, proof: DeviceSecrets, point_id: str, device_id: str) -> str:
        message = codec.encode(proof)
        kept = sealing.locked(message, self.master, context=_context(point_id, device_id))
        return sealing.as_text(kept)


def of_point(session: Session, point_id: str) -> list[PointDevice]:
    """Return the devices of a point, by name."""
    return device_queries.of_point(session, point_id)


def of_points(
    session: Session, points: Iterable[PointId] | None
) -> dict[PointId, list[PointDevice]]:
    """Return the devices of points, or of all, by name; without those that have none."""
    return device_queries.of_points(session, points)


def wanted(rows: Iterable[PointDevice], keys: Keys, master: bytes) -> tuple[WantedDevice, ...]:
    """Return what a point is told of its devices, sealed to the keys that it may have.

    Args:
        keys: those of its certificates that stand, by the certificates' digests.
    """
    return tuple(_wanted(row, keys, master) for row in rows)


def unlocked(row: PointDevice, master: bytes) -> DeviceSecrets | None:
    """Return what proves the point to a device; None: it was kept under another key."""
    context = _context(row.point_id, row.device_id)
    try:
        message = sealing.unlocked(sealing.from_text(row.secrets), master, context=context)
        return codec.decode(DeviceSecrets, message)
    except (NotOpened, MalformedPayload):
        return None


def _wanted(row: PointDevice, keys: Keys, master: bytes) -> WantedDevice:
    sealed: dict[CertificateDigest, str] = {}
    proof, context = unlocked(row, master), _context(row.point_id, row.device_id)
    message = codec.encode(proof) if proof is not None else b""
    # The form refuses more; from before it did, one too long would have the whole list refused.
    if 0 < len(message) <= MAX_SECRETS_BYTES:
        for digest, key in list(keys.items())[:MAX_SEALS]:
            octets = sealing.seal(message, key, context=context, secret=master)
            sealed[digest] = sealing.as_text(octets)
    return WantedDevice(
        device_id=row.device_id,
        address=row.address,
        port=row.port,
        asked_total=row.asked_total,
        sealed=sealed,
    )


def _refuse_twice(place: DevicePlace, others: Iterable[PointDevice]) -> None:
    """Refuse a device that is there already: it would be asked twice, and told of twice."""
    for one in others:
        if (one.address, one.port) == (place.address, place.port):
            raise BadRequest(
                "device_twice",
                f"“{one.name}” đã ở địa chỉ {one.address}, cổng {one.port}: sửa thiết bị đó.",
                f"“{one.name}” is at {one.address}, port {one.port}, already: change that one.",
            )


def _context(point_id: str, device_id: str) -> bytes:
    return f"{point_id} {device_id}".encode()


def _found(session: Session, point_id: str, device_id: str) -> PointDevice:
    row = device_queries.device(session, point_id, device_id)
    if row is None:
        raise NotFound("thiết bị", "device")
    return row
