"""The one writer of the series database: batches in, each one transaction.

Not for use by two threads at once. What a failed transaction would have changed in
memory is not changed.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from contracts.ids import PointId
from controller.db.engine import storage_error, usable, writer
from controller.db.millis import to_ms
from controller.errors import StorageError
from controller.ingest import heard_rows, presence_rows, rollups
from controller.ingest.arrivals import Arrival, OutboxName, stored_kind
from controller.ingest.boots import BootKeys, BootName, name_of
from controller.ingest.bulk import Bulk
from controller.ingest.holdings import Draft, Holdings
from controller.ingest.newest import AHEAD_MS, Newest, NewestBook
from controller.ingest.quotas import INTERFACES_AT_ONCE, INTERFACES_PER_S, NameQuota
from controller.ingest.rehearsal_table import RehearsalSaid
from controller.ingest.rows import Keyed, rows_of
from controller.ingest.tables import (
    Bandwidth,
    DeviceTrap,
    InterfaceSample,
    Inventory,
    LatestReport,
    MediaSample,
    MediaSlot,
    StoredReport,
)
from controller.ingest.throughput_table import Throughput
from controller.ingest.way_tables import WayTrace
from controller.ingest.witnesses import witnesses
from monitoring.judgement.presence import Presence
from runtime.guard import FAILURES, origin_of

T = TypeVar("T")

_reports = Bulk(StoredReport)
_interface_samples = Bulk(InterfaceSample)
_bandwidth = Bulk(Bandwidth)
_throughput = Bulk(Throughput)
_inventory = Bulk(Inventory)
_media_samples = Bulk(MediaSample)
_media_slots = Bulk(MediaSlot)
_device_traps = Bulk(DeviceTrap)
_way_traces = Bulk(WayTrace)
_rehearsals = Bulk(RehearsalSaid)
_latest = Bulk(
    LatestReport,
    {name: f"excluded.{name}" for name in ("at", "received_at", "report")},
    # What stands later than it is was placed there by a clock that ran ahead.
    only_if=f"excluded.at >= old.at OR old.at > excluded.received_at + {AHEAD_MS}",
)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch came to: reports stored for the first time, and ones held already.

    `refused` cannot be stored, whatever the reason; their numbers are held nevertheless,
    so that their points do not send them again.
    """

    new: Sequence[Arrival] = ()
    duplicates: Sequence[Arrival] = ()
    refused: Sequence[Arrival] = ()


class SeriesStore:
    """Writes what ingest has to keep."""

    def __init__(self, engine: Engine) -> None:
        self._engine = writer(engine)
        self._boots = BootKeys()
        self._newest = NewestBook()
        self._span_id: int | None = None
        self._interfaces = NameQuota(at_once=INTERFACES_AT_ONCE, per_s=INTERFACES_PER_S)
        self._ports = NameQuota(at_once=INTERFACES_AT_ONCE, per_s=INTERFACES_PER_S)
        self.holdings = Holdings()

    def load(self, held_since: datetime) -> tuple[list[Presence], datetime | None]:
        """Read the last state; return the points' presence and when the centre last listened.

        Raises:
            StorageError: the database cannot be used now.
        """
        with self.transaction() as connection:
            self.holdings.load(connection, held_since)
            return presence_rows.read_open(connection), presence_rows.last_alive(connection)

    def commit(self, arrivals: Sequence[Arrival]) -> Committed:
        """Store the reports that are not held yet, in one transaction.

        One that makes it fail costs only itself: it is found by halving, held without
        being stored, and the others are stored. What fails with others' stored reports as
        well is no report's fault: nothing is held then.

        Raises:
            StorageError: the database cannot be used now, or nothing can be stored; what
                was not stored can be committed again.
        """
        return self._sifted(arrivals, set())

    def _sifted(self, arrivals: Sequence[Arrival], own: set[tuple[str, str]]) -> Committed:
        try:
            with usable():
                return self._commit(arrivals)
        except StorageError:
            raise
        except Exception as exc:  # noqa: BLE001 - one report's, or found to be everybody's
            reason = exc
        if len(arrivals) == 1:
            [arrival] = arrivals
            self._blame(arrival, reason, own)
            FAILURES.note("report", reason, point_id=arrival.name.point_id, seq=arrival.report.seq)
            self.refuse(arrival.name, arrival.report.seq, arrival.received_at)
            return Committed(refused=arrivals)
        middle = len(arrivals) // 2
        parts = [self._sifted(arrivals[:middle], own), self._sifted(arrivals[middle:], own)]
        return Committed(
            new=[a for part in parts for a in part.new],
            duplicates=[a for part in parts for a in part.duplicates],
            refused=[a for part in parts for a in part.refused],
        )

    def refuse(self, name: OutboxName, seq: int, now: datetime) -> None:
        """Hold the number of a report that cannot be stored, so that it is not sent again.

        Raises:
            StorageError: the database cannot be used now.
        """
        draft = Draft(self.holdings.known)
        with self.transaction() as connection:
            draft.hold(connection, name, [seq], now)
        self.holdings.known.update(draft.changed)

    def forget_outbox(self, outbox_key: int) -> None:
        """Forget an outbox of which no reports are left.

        Raises:
            StorageError: the database cannot be used now.
        """
        with self.transaction() as connection:
            self.holdings.forget(connection, outbox_key)

    def begin_span(self, now: datetime) -> None:
        """Write that the centre listens from now on; every commit then says that it still does.

        Raises:
            StorageError: the database cannot be used now.
        """
        self._span_id = None
        with self.transaction() as connection:
            span_id = presence_rows.begin_span(connection, now)
        self._span_id = span_id

    def keep_span(self, alive_at: datetime) -> None:
        """Write that the centre was listening at this time.

        Raises:
            StorageError: the database cannot be used now.
        """
        with self.transaction() as connection:
            self._keep_span(connection, alive_at)

    def leave_span(self) -> None:
        """Keep the span no longer: it ended when it was last said to go on."""
        self._span_id = None

    def end_span(self, alive_at: datetime) -> None:
        """Write that the centre listened until this time and no longer.

        Raises:
            StorageError: the database cannot be used now.
        """
        self.keep_span(alive_at)
        self._span_id = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run other work in a transaction of its own.

        Raises:
            StorageError: the database cannot be used now.
        """
        with self.transaction() as connection:
            return work(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection in a transaction that may write.

        Raises:
            StorageError: the database cannot be used now.
        """
        try:
            with usable(), self._engine.begin() as connection:
                yield connection
        except DBAPIError as exc:
            raise storage_error(exc) from exc

    def _commit(self, arrivals: Sequence[Arrival]) -> Committed:
        draft = Draft(self.holdings.known)
        with self._engine.begin() as connection:
            new, boots, newest = self._add(connection, draft, arrivals)
            self._keep_span(connection, max(a.received_at for a in arrivals))
        self.holdings.known.update(draft.changed)
        self._boots.committed(boots)
        self._newest.committed(newest)
        is_new = {id(arrival) for arrival in new}
        return Committed(new, duplicates=[a for a in arrivals if id(a) not in is_new])

    def _add(
        self, connection: Connection, draft: Draft, arrivals: Sequence[Arrival]
    ) -> tuple[list[Arrival], dict[BootName, int], dict[str, Newest]]:
        new = draft.hold_new(connection, arrivals)
        boots = self._boots.drafted(connection, new)
        newest = self._newest.drafted(connection, new)
        _write(connection, [Keyed(draft.key_of(a.name), boots[name_of(a)], a) for a in new])
        _latest.write(connection, [one.row(point_id) for point_id, one in newest.items()])
        rollups.add(connection, new, self._admits_interface, self._admits_port)
        heard_rows.add(connection, new)
        return new, boots, newest

    def _blame(self, arrival: Arrival, reason: Exception, own: set[tuple[str, str]]) -> None:
        """Find out whether a failure is one report's; `own`: what was found to be, until now.

        Raises:
            StorageError: it is not: reports that were stored before fail at the same place.
        """
        sign = (stored_kind(arrival.report.body), origin_of(reason))
        if sign in own:
            return
        with self.transaction() as connection:
            others = witnesses(connection, sign[0], besides=arrival.name.point_id)
        if others and all(self._fails_at(one) == sign[1] for one in others):
            FAILURES.note("storing", reason)
            raise StorageError(f"reports of all points fail at {sign[1]}") from reason
        own.add(sign)

    def _fails_at(self, witness: Arrival) -> str | None:
        """Return where storing a report anew fails; nothing of it is kept."""
        try:
            with usable(), self._engine.connect() as connection:
                self._add(connection, Draft({}), [witness])
        except StorageError:
            raise
        except Exception as exc:  # noqa: BLE001 - what it is, is what is asked
            return origin_of(exc)
        return None

    def _admits_interface(self, point_id: PointId, name: str) -> bool:
        return self._interfaces.admits(point_id, name, now_s=time.monotonic())

    def _admits_port(self, point_id: PointId, name: str) -> bool:
        return self._ports.admits(point_id, name, now_s=time.monotonic())

    def _keep_span(self, connection: Connection, alive_at: datetime) -> None:
        if self._span_id is not None:
            presence_rows.keep_span(connection, self._span_id, alive_at)


def _write(connection: Connection, batch: list[Keyed]) -> None:
    rows = rows_of(batch)
    _reports.write(connection, rows.report)
    _interface_samples.write(connection, rows.interface_sample)
    _bandwidth.write(connection, rows.bandwidth)
    _throughput.write(connection, rows.throughput)
    _inventory.write(connection, rows.inventory)
    _media_samples.write(connection, rows.media_sample)
    _media_slots.write(connection, rows.media_slot)
    _device_traps.write(connection, rows.device_trap)
    _way_traces.write(connection, rows.way_trace)
    _rehearsals.write(connection, rows.rehearsal)
    newest: dict[tuple[str, str], Arrival] = {}
    for keyed in batch:
        arrival = keyed.arrival
        key = (arrival.name.point_id, stored_kind(arrival.report.body))
        if key[1] != "health" and (key not in newest or arrival.at > newest[key].at):
            newest[key] = arrival
    _latest.write(
        connection,
        [
            (*key, to_ms(a.at), to_ms(a.received_at), a.payload.decode())
            for key, a in newest.items()
        ],
    )
