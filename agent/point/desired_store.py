"""The centre's documents on this point: checked, newest kept, cached as the bytes that came.

A document that cannot be read, or that is older than the one in force, changes
nothing; what is in force is reported back either way.
"""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog

from contracts import codec
from contracts.desired import Desired, LineTest, Live, Policy, Probes, Schedule, supersedes
from contracts.devices import SnmpDevices
from contracts.errors import MalformedPayload
from contracts.rehearsal import Rehearsal
from contracts.reports import Applied
from runtime import atomic
from runtime.guard import guarded

_log = structlog.get_logger()

D = TypeVar("D", bound=Desired)

DOCUMENTS: dict[str, type[Desired]] = {
    "schedule": Schedule,
    "policy": Policy,
    "probes": Probes,
    "live": Live,
    "devices": SnmpDevices,
    "test": LineTest,
    "rehearsal": Rehearsal,
}
_SENTENCE_CHARS = 400


class DesiredStore:
    """One folder of documents. `rejected_total` counts what could not be taken over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._documents: dict[str, Desired] = {}
        self.rejected_total = 0

    def load(self) -> None:
        """Read what is cached; a damaged file is as good as none."""
        for name, kind in DOCUMENTS.items():
            with guarded("document", document=name):
                self._load(name, kind)

    def _load(self, name: str, kind: type[Desired]) -> None:
        try:
            self._documents[name] = codec.decode(kind, self._path(name).read_bytes())
        except FileNotFoundError:
            return
        except (OSError, MalformedPayload) as exc:
            _log.warning("desired_unreadable", document=name, error=str(exc))

    @property
    def schedule(self) -> Schedule | None:
        """The meetings of the next 14 days."""
        return self._get(Schedule)

    @property
    def policy(self) -> Policy | None:
        """How to sample and send."""
        return self._get(Policy)

    @property
    def probes(self) -> Probes | None:
        """How to measure the line."""
        return self._get(Probes)

    @property
    def devices(self) -> SnmpDevices | None:
        """Which devices are asked by SNMP."""
        return self._get(SnmpDevices)

    @property
    def live(self) -> Live | None:
        """What the screen says."""
        return self._get(Live)

    @property
    def test(self) -> LineTest | None:
        """Which throughput test is to be made, or was the last."""
        return self._get(LineTest)

    @property
    def rehearsal(self) -> Rehearsal | None:
        """What the room is to try by itself, or tried last."""
        return self._get(Rehearsal)

    def pairs(self) -> dict[str, tuple[int, int]]:
        """Return each document in force with its (leader_epoch, generation)."""
        return {
            name: (document.leader_epoch, document.generation)
            for name, document in self._documents.items()
        }

    def receive(self, name: str, payload: bytes, *, now: datetime) -> Applied | None:
        """Take over one document; return what to report. An empty payload says nothing.

        `name` is one of DOCUMENTS.
        """
        if not payload:
            return None
        try:
            document = codec.decode(DOCUMENTS[name], payload)
        except MalformedPayload as exc:
            self.rejected_total += 1
            _log.warning("desired_rejected", document=name, error=str(exc))
            return self._applied(name, now, str(exc))
        current = self._documents.get(name)
        if not supersedes(document, current):
            return self._applied(name, now, "")
        self._documents[name] = document
        return self._applied(name, now, self._cache(name, payload))

    def _cache(self, name: str, payload: bytes) -> str:
        """Write a document; return the problem with that, which does not keep it from use."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self._path(name), payload)
        except OSError as exc:
            problem = f"in force, but not stored on this point: {exc.strerror or exc}"
            _log.error("desired_not_cached", document=name, error=problem)
            return problem
        return ""

    def _applied(self, name: str, now: datetime, problem: str) -> Applied:
        current = self._documents.get(name)
        return Applied(
            document=name,
            leader_epoch=current.leader_epoch if current else 0,
            generation=current.generation if current else 0,
            applied_at=now,
            problem=problem[:_SENTENCE_CHARS],
        )

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _get(self, kind: type[D]) -> D | None:
        for document in self._documents.values():
            if isinstance(document, kind):
                return document
        return None
