"""Where everything of one installation is: kept, because certificates and points know it."""

import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from scripts.demo import ports
from scripts.demo.errors import Occupied
from scripts.demo.ports import Transport

RELAY_ID = "relay-1"
SECOND_RELAY_ID = "relay-2"
RECORDER_ID = "recorder-1"
_WANTED: tuple[tuple[str, int, Transport], ...] = (
    ("https", 8443, "tcp"),
    ("http", 8000, "tcp"),
    ("ingest_metrics", 8001, "tcp"),
    ("broker", 8883, "tcp"),
    ("relay_https", 8444, "tcp"),
    ("media", 10000, "udp"),
    ("reflector", 8862, "both"),
    ("smtp", 2525, "tcp"),
    ("snmp", 1161, "udp"),
    ("traps", 1162, "udp"),
)
# Of a second relay, where there is to be one.
_SECOND: tuple[tuple[str, int, Transport], ...] = (
    ("second_https", 8445, "tcp"),
    ("second_media", 10001, "udp"),
)
KIOSK_PORT = 8090


@dataclass(frozen=True, slots=True)
class Plan:
    """One installation's folder, address, ports and password."""

    folder: Path
    place_index: int
    address: str
    password: str
    ports: dict[str, int] = field(default_factory=dict)
    relays: int = 1

    @property
    def url(self) -> str:
        """The centre's pages and API."""
        return f"https://{self.address}:{self.ports['https']}"

    @property
    def relay_url(self) -> str:
        """Where the relay serves WHIP and WHEP."""
        return f"https://{self.address}:{self.ports['relay_https']}"

    @property
    def second_relay_url(self) -> str:
        """Where the second relay does, if there is one."""
        return f"https://{self.address}:{self.ports['second_https']}"

    @property
    def centre(self) -> Path:
        """The centre's data folder."""
        return self.folder / "centre"

    @property
    def pki(self) -> Path:
        """Keys and certificates of the centre."""
        return self.centre / "pki"

    @property
    def configs(self) -> Path:
        """One TOML per process."""
        return self.folder / "configs"

    @property
    def recordings(self) -> Path:
        """What the recorder writes; what it says of itself is beside it."""
        return self.folder / "recordings"

    @property
    def mail(self) -> Path:
        """Where the letters lie that the centre has sent."""
        return self.folder / "mail"

    @property
    def lan(self) -> Path:
        """What a switch and a power supply answer."""
        return self.folder / "lan"

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.folder / "log" / f"{name}.log"

    def point(self, point_id: str) -> Path:
        """The data folder of a point."""
        return self.folder / "points" / point_id

    def save(self) -> None:
        """Keep it in the folder."""
        table = asdict(self) | {"folder": str(self.folder)}
        file = self.folder / "plan.json"
        file.write_text(json.dumps(table, indent=2))
        file.chmod(0o600)


def kept(folder: Path) -> Plan | None:
    """Return the plan of an installation that is kept in the folder."""
    try:
        table = json.loads((folder / "plan.json").read_text())
        return Plan(**(table | {"folder": folder}))
    except (OSError, ValueError, TypeError):
        return None


def completed(plan: Plan) -> Plan:
    """Return a plan with the ports that it lacks, where it was made by an older version."""
    taken = set(plan.ports.values())
    lacking = {
        name: ports.choose(port, way, taken)
        for name, port, way in _WANTED
        if name not in plan.ports
    }
    return replace(plan, ports=plan.ports | lacking)


def verify_free(plan: Plan) -> None:
    """Check that the ports of a kept installation are free.

    Raises:
        Occupied: one is not.
    """
    udp = {name for name, _, transport in (*_WANTED, *_SECOND) if transport == "udp"}
    for name, port in plan.ports.items():
        if not ports.is_free(port, "udp" if name in udp else "tcp"):
            raise Occupied(f"port {port} ({name})")


def fresh(
    folder: Path, place_index: int, address: str, point_ids: list[str], *, relays: int = 1
) -> Plan:
    """Return a new plan with ports that are free now."""
    taken: set[int] = set()
    wanted = _WANTED if relays == 1 else (*_WANTED, *_SECOND)
    chosen = {name: ports.choose(port, way, taken) for name, port, way in wanted}
    for point_id in point_ids:
        chosen[f"kiosk:{point_id}"] = ports.choose(KIOSK_PORT, "tcp", taken)
    return Plan(folder, place_index, address, secrets.token_urlsafe(9), chosen, relays)
