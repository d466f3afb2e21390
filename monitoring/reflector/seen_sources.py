"""From where each point's proved probes came last, as a file for ingest beside it.

Who only writes an address on a datagram is not believed: it is the source of a probe that its
point's key proves, and that was not heard before.
"""

from datetime import UTC, datetime
from pathlib import Path

import structlog

from contracts import codec
from contracts.seen_addresses import MAX_SEEN, SeenAddress, SeenAddresses
from runtime import atomic

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
        self._next_s = float("-inf")

    def heard(self, probe_id: int, address: str, now_s: float) -> None:
        """Take where a proved probe came from."""
        if self._file is not None and 1 <= probe_id <= MAX_SEEN:
            self._heard[probe_id] = (address.removeprefix(_MAPPED).partition("%")[0], now_s)

    def write(self, now_s: float) -> None:
        """Write who was heard lately, if it is time."""
        if self._file is None or now_s < self._next_s:
            return
        self._next_s = now_s + WRITTEN_EVERY_S
        self._heard = {p: one for p, one in self._heard.items() if now_s - one[1] <= HEARD_S}
        told = SeenAddresses(
            written_at=datetime.now(UTC),
            addresses=tuple(
                SeenAddress(probe_id=probe_id, address=address)
                for probe_id, (address, _) in sorted(self._heard.items())
            ),
        )
        try:
            atomic.write_bytes(self._file, codec.encode(told), mode=0o644)
            self._file.chmod(0o644)  # ingest is another user, whatever the unit's UMask
        except OSError as exc:
            _log.warning("sources_not_written", error=exc.strerror or str(exc))
