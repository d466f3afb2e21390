"""From "Chạy thử ngay" on the board to the verdict on it: the centre, a real relay, real rooms.

What the broker carries between them is handed on here, byte for byte but for the relay's address
and for how long it is announced: nobody waits a minute for a dialog.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from contracts import codec
from contracts.desired import RelayAddress
from contracts.ids import PointId
from contracts.rehearsal import RehearsalBody
from controller.ingest.arrivals import Arrival, OutboxName
from controller.ingest.store import SeriesStore
from controller.rehearsals.going import Going, counted, going
from controller.rehearsals.said import as_said
from controller.rehearsals.service import RehearsalDesk
from controller.rehearsals.turns import LEAD
from controller.rehearsals.verdict import KnownOfPoint, judge
from runtime import atomic
from tests.fakes.relay import CHAIR, RELAY, RelayProcess, start_relay
from tests.fakes.rooms import Room, start_rooms
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_rehearsals import POINTS, booked, echoes, heard, told
from tests.integration.room.test_rehearsal import answer

pytestmark = pytest.mark.alone
LOOKED_FOR_S = 60.0
WITHIN_S = 60.0
GOING = {
    Going.GO: "Sẵn sàng",
    Going.NEARLY: "Gần sẵn sàng",
    Going.NOT_YET: "Chưa sẵn sàng",
}


async def tell(centre: Centre, relay: RelayProcess, rooms: list[Room]) -> None:
    """Hand on what the centre says to the relay and to the points."""
    said = {"leader_epoch": 1, "generation": 1, "issued_at": datetime.now(UTC)}
    [echo] = echoes(centre)
    await relay.centre.declare(replace(echo, certificates=UNSET, **said))
    for room in rooms:
        address = RelayAddress(relay_id=RELAY, url=relay.url)
        document = replace(told(centre)[room.point], relay=address, announce_s=1, **said)
        atomic.write_bytes(room.folder / "desired/rehearsal.json", codec.encode(document))


async def taken_in(centre: Centre, room: Room) -> RehearsalBody:
    """Have ingest keep what a room reports of its rehearsal; return that."""
    body = await answer(room, LOOKED_FOR_S)
    [report] = [one for one in room.reports() if isinstance(one.body, RehearsalBody)]
    at = datetime.now(UTC)
    name = OutboxName(PointId(room.point), report.outbox_id)
    arrival = Arrival(name, report, codec.encode(report), at=at, received_at=at)
    SeriesStore(centre.web.series).commit([arrival])
    return body


async def test_the_board_has_its_verdicts_within_a_minute_of_the_button(
    sqlite_centre: Centre, tmp_path: Path
) -> None:
    centre = sqlite_centre
    heard(centre, *POINTS)
    async with start_relay(tmp_path) as relay, start_rooms(tmp_path, relay) as rooms:
        office, meeting_id = await booked(centre, timedelta(hours=2))
        board = f"/meetings/{meeting_id}/rehearsals"
        # As if it had been asked for a minute ago: turns begin when rooms have announced them.
        centre.time.offset = timedelta(seconds=3) - LEAD
        began_s = time.monotonic()
        data = {"csrf_token": office.csrf_token, "which": "all"}
        assert (await office.client.post(board, data=data)).is_redirect
        centre.time.offset = timedelta()
        await tell(centre, relay, rooms.rooms)
        said = {room.point: await taken_in(centre, room) for room in rooms.rooms}
        centre.web.part(RehearsalDesk).look()
        took_s = time.monotonic() - began_s
    api = (await office.get(f"/api/v1{board}")).json()
    found = {one["point_id"]: (one["verdict"], one["cause"]) for one in api["points"]}
    own = {
        one: judge(as_said(body), KnownOfPoint(), is_chair=one == CHAIR)
        for one, body in said.items()
    }
    assert {body.outcome for body in said.values()} == {"done"}, said
    assert found == {one: (judged.verdict.value, judged.cause) for one, judged in own.items()}
    assert set(found) == set(POINTS) and api["runs"][0]["over_at"] is not None
    page = (await office.get(board, show="all")).text
    of_all = going(
        counted([one.verdict for one in own.values()], own[CHAIR].verdict), least_share=0.9
    )
    assert GOING[of_all] in page
    if os.getloadavg()[0] <= (os.cpu_count() or 1):  # else rooms find what the machine lacks
        assert all(one in ("ready", "at_risk") for one, _ in found.values()), found
    assert took_s < WITHIN_S, f"{took_s:.0f} s"
