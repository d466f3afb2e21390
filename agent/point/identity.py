"""Who this point is: identity.json and the folder around it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from agent.errors import IdentityUnreadable, NotEnrolled
from contracts import codec
from contracts.desired import HostText
from contracts.errors import MalformedPayload
from contracts.ids import PointIdField, PointNumber
from contracts.message import Instant, Message, ShortText
from runtime import atomic
from runtime.os_fault import reasons

Port = Annotated[int, Meta(ge=1, le=65535)]


class Identity(Message, frozen=True):
    """What enrolment gave this point. Every name is the controller's choice."""

    point_id: PointIdField
    point_number: PointNumber
    name: ShortText
    controller_url: ShortText
    broker_host: HostText
    broker_port: Port
    enrolled_at: Instant

    @property
    def broker(self) -> str:
        """Whom this point speaks with, as it is told."""
        return f"{self.broker_host}:{self.broker_port}"


@dataclass(frozen=True, slots=True)
class PointFolder:
    """Where everything of a point lies."""

    root: Path

    @property
    def identity_file(self) -> Path:
        """Written last by enrolment: where it is, everything else is."""
        return self.root / "identity.json"

    @property
    def key_file(self) -> Path:
        """The point's private key, 0600; made here and never sent."""
        return self.root / "pki/point.key"

    @property
    def asking_key_file(self) -> Path:
        """The key of an enrolment that is not done yet, 0600."""
        return self.root / "pki/point.key.asking"

    @property
    def renewing_key_file(self) -> Path:
        """The key of a renewal that is not done yet, 0600."""
        return self.root / "pki/point.key.renewing"

    @property
    def renewed_certificate_file(self) -> Path:
        """The certificate over that key; where it is, the renewal only has to be finished."""
        return self.root / "pki/point.crt.renewed"

    @property
    def certificate_file(self) -> Path:
        """The point's certificate."""
        return self.root / "pki/point.crt"

    @property
    def ca_file(self) -> Path:
        """The installation's authority."""
        return self.root / "pki/ca.crt"

    @property
    def outbox_file(self) -> Path:
        """Reports until the centre holds them, and 30 days beyond."""
        return self.root / "outbox.db"

    @property
    def clock_file(self) -> Path:
        """The correction of the wall clock."""
        return self.root / "clock.json"

    @property
    def desired_dir(self) -> Path:
        """The centre's documents, as they came."""
        return self.root / "desired"

    @property
    def media_state_file(self) -> Path:
        """Written about once a second by the room's process."""
        return self.root / "media/state.json"

    @property
    def rehearsed_file(self) -> Path:
        """Which rehearsal the room has made or answered, the last of them."""
        return self.root / "media/rehearsed.json"

    @property
    def nudge_fifo(self) -> Path:
        """Where other processes of the point say that they have put something into the outbox."""
        return self.root / "outbox.nudge"

    @property
    def trap_engine_file(self) -> Path:
        """How often the process that hears devices has begun (RFC 3414, snmpEngineBoots)."""
        return self.root / "traps.json"

    @property
    def run_file(self) -> Path:
        """What the running agent last said about itself."""
        return self.root / "run.json"

    @property
    def line_file(self) -> Path:
        """What the last good packet train measured."""
        return self.root / "line.json"

    @property
    def uplink_file(self) -> Path:
        """What the charged way out has used since the month began."""
        return self.root / "uplink.json"

    @property
    def traces_file(self) -> Path:
        """When the way to the centre was traced within the last day."""
        return self.root / "traces.json"

    def finish_renewal(self) -> bool:
        """Put a renewed key and certificate in their places; return whether there were any.

        May be cut off anywhere and called again: the certificate moves last.

        Raises:
            OSError: a file could not be moved.
        """
        if not self.renewed_certificate_file.exists():
            return False
        if self.renewing_key_file.exists():
            self.renewing_key_file.replace(self.key_file)
        self.renewed_certificate_file.replace(self.certificate_file)
        return True

    def forget_renewal(self) -> None:
        """Leave a renewal that is not done.

        Raises:
            OSError: a file could not be removed.
        """
        self.renewed_certificate_file.unlink(missing_ok=True)
        self.renewing_key_file.unlink(missing_ok=True)

    def identity(self) -> Identity:
        """Return who this point is.

        Raises:
            NotEnrolled: there is no identity.
            IdentityUnreadable: there is one that cannot be used.
        """
        try:
            payload = self.identity_file.read_bytes()
        except FileNotFoundError as exc:
            raise NotEnrolled(self.root) from exc
        except OSError as exc:
            vi, en = reasons(exc)
            raise IdentityUnreadable(self.identity_file, en, vietnamese=vi) from exc
        try:
            return codec.decode(Identity, payload)
        except MalformedPayload as exc:
            raise IdentityUnreadable(self.identity_file, str(exc)) from exc

    def write_identity(self, identity: Identity) -> None:
        """Write who this point is.

        Raises:
            OSError: it could not be written.
        """
        atomic.write_bytes(self.identity_file, codec.encode(identity), mode=0o644)
