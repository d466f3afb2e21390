"""The documents on the point's disk, read again when they change.

The health agent writes them; this process needs nothing else of it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from msgspec import UNSET

from agent.point.line_rate import LineRate, down_bps, start_bps
from contracts import codec
from contracts.desired import Live, Policy, Schedule
from contracts.errors import MalformedPayload
from contracts.message import Message
from contracts.rehearsal import Rehearsal

D = TypeVar("D", bound=Message)
_log = structlog.get_logger()


@dataclass(slots=True)
class WatchedFile(Generic[D]):
    """One document's file. A damaged one changes nothing and is said once."""

    path: Path
    kind: type[D]
    value: D | None = None
    _stamp: tuple[int, int] | None = None

    def read(self) -> D | None:
        """Return the document in force."""
        try:
            status = self.path.stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            if stamp == self._stamp:
                return self.value
            self._stamp = stamp
            self.value = codec.decode(self.kind, self.path.read_bytes())
        except FileNotFoundError:
            return self.value
        except (OSError, MalformedPayload) as exc:
            _log.warning("document_unreadable", path=str(self.path), error=str(exc))
        return self.value


@dataclass(slots=True)
class Documents:
    """What a room reads of its point's folder."""

    folder: Path
    line_file: Path
    _schedule: WatchedFile[Schedule] = field(init=False)
    _live: WatchedFile[Live] = field(init=False)
    _policy: WatchedFile[Policy] = field(init=False)
    _line: WatchedFile[LineRate] = field(init=False)
    _rehearsal: WatchedFile[Rehearsal] = field(init=False)

    def __post_init__(self) -> None:
        self._schedule = WatchedFile(self.folder / "schedule.json", Schedule)
        self._live = WatchedFile(self.folder / "live.json", Live)
        self._policy = WatchedFile(self.folder / "policy.json", Policy)
        self._line = WatchedFile(self.line_file, LineRate)
        self._rehearsal = WatchedFile(self.folder / "rehearsal.json", Rehearsal)

    def schedule(self) -> Schedule | None:
        """Return the meetings of the next 14 days."""
        return self._schedule.read()

    def live(self) -> Live | None:
        """Return what the screen should say of the meeting."""
        return self._live.read()

    def rehearsal(self) -> Rehearsal | None:
        """Return what is to be tried before a meeting, or was the last."""
        return self._rehearsal.read()

    def is_metered(self) -> bool:
        """Return whether the point's line is paid for by what goes over it."""
        policy = self._policy.read()
        return policy is not None and policy.is_metered

    def start_bps(self, *, unknown_bps: int, now: datetime) -> int:
        """Return what the point's uplink begins with; where nothing is known, `unknown_bps`."""
        policy = self._policy.read()
        contract_bps = policy.contract_rate_bps if policy is not None else None
        return start_bps(self._line.read(), contract_bps, unknown_bps=unknown_bps, now=now)

    def down_bps(self, *, now: datetime) -> int | None:
        """Return what was measured to come down the point's line; None: nothing was."""
        return down_bps(self._line.read(), now=now)

    def duty(self) -> str:
        """Return whom this room calls when something is wrong; empty: nobody is named."""
        policy = self._policy.read()
        return policy.duty or "" if policy is not None and policy.duty is not UNSET else ""
