"""From where each point's proved probes came last, as a file for ingest beside it.

Who only writes an address on a datagram is not believed: it is the source of a probe that its
point's key proves, and that was not heard before.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from contracts import codec
from contracts.seen_addresses import MAX_SEEN, SeenAddress, SeenAddresses
from runtime import atomic
from runtime.guard import guarded

_log = structlog.get_logger()

WRITTEN_EVERY_S = 15.0
HEARD_S = 60.0
"""So long after its last probe a point is told of: many ask once in 18 s."""
_MAPPED = "::ffff:"  # RFC 4291, section 2.5.5.2: IPv4 on a socket of both


class SeenSources:
    """Belongs to one process. Nothing is kept without a file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._heard: dict[int, tuple[str, float]] = {}

    def heard(self, probe_id: int, address: str, now_s: float) -> None:
        """Take where a proved probe came from."""
        if self._file is not None and 1 <= probe_id <= MAX_SEEN:
            self._heard[probe_id] = (address.removeprefix(_MAPPED).partition("%")[0], now_s)

    async def run(self) -> None:
        """Write who was heard lately, for ever; the disk is waited for beside the loop."""
        while self._file is not None:
            with guarded("sources"):
                told = self.lately(time.monotonic())
                await asyncio.to_thread(_write, self._file, told)
            await asyncio.sleep(WRITTEN_EVERY_S)

    def lately(self, now_s: float) -> dict[int, str]:
        """Return where who was heard lately came from; forget the others."""
        self._heard = {p: one for p, one in self._heard.items() if now_s - one[1] <= HEARD_S}
        return {probe_id: address for probe_id, (address, _) in self._heard.items()}


def _write(file: Path, seen: Mapping[int, str]) -> None:
    told = SeenAddresses(
        written_at=datetime.now(UTC),
        addresses=tuple(SeenAddress(probe_id=p, address=one) for p, one in sorted(seen.items())),
    )
    try:
        atomic.write_bytes(file, codec.encode(told), mode=0o644)
        file.chmod(0o644)  # ingest is another user, whatever the unit's UMask
    except OSError as exc:
        _log.warning("sources_not_written", error=exc.strerror or str(exc))
