"""What points and relays are told of rehearsals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlmodel import Session

from contracts.desired import RelayAddress, RelayMeeting
from contracts.floor import FloorState
from contracts.ids import MeetingId, PointId, RelayId
from contracts.rehearsal import Rehearsal
from controller.dispatch import documents
from controller.dispatch.documents import UNISSUED_AT, DeclaredMeeting
from controller.enrolment import service as enrolment
from controller.meetings import service as meetings
from controller.rehearsals import rehearsal_queries
from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.tables import RehearsalResult, RehearsalRun
from controller.rehearsals.turns import BEGINS_WITHIN
from controller.settings import ControllerSettings

PREFIX = "rehearsal-"
CALLED_OFF = "called_off"
"""The cause of a result whose point need not try any more."""
TOLD_FOR = timedelta(days=1)
ENDS_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class EchoMeeting:
    """What one relay is told of a rehearsal; `ended_at` once it is over."""

    relay_id: RelayId
    meeting_id: MeetingId
    document: RelayMeeting
    ended_at: datetime | None


def echo_id(run_id: str) -> MeetingId:
    """Return the name under which relays know a rehearsal."""
    return MeetingId(f"{PREFIX}{run_id}")


def to_points(
    session: Session, settings: ControllerSettings, point_ids: Collection[str], now: datetime
) -> dict[str, Rehearsal]:
    """Return what points are told of their turns; nothing of who had none lately."""
    rows = rehearsal_queries.told_since(session, point_ids, now - TOLD_FOR)
    runs = {
        one.run_id: one
        for one in rehearsal_queries.runs(session, {row.run_id for row in rows.values()})
    }
    known = meetings.by_ids(session, {one.meeting_id for one in runs.values()})
    titles = {one.meeting_id: one.title for one in known.values()}
    return {
        point_id: _document(row, runs[row.run_id], titles, settings)
        for point_id, row in rows.items()
    }


def _document(
    row: RehearsalResult,
    run: RehearsalRun,
    titles: dict[str, str],
    settings: ControllerSettings,
) -> Rehearsal:
    nothing = Rehearsal(leader_epoch=0, generation=0, issued_at=UNISSUED_AT)
    url, rules = settings.relay_url(row.relay_id), settings.rehearsals
    is_called_off = row.judged_at is not None and row.cause == CALLED_OFF
    if row.begins_at is None or url is None or is_called_off:
        return nothing
    is_asked = run.moment == RehearsalMoment.ASKED.value
    return Rehearsal(
        leader_epoch=0,
        generation=0,
        issued_at=UNISSUED_AT,
        rehearsal_id=row.rehearsal_id,
        meeting_id=echo_id(run.run_id),
        relay=RelayAddress(relay_id=RelayId(row.relay_id), url=url),
        title="" if is_asked else titles.get(run.meeting_id, ""),
        begins_at=row.begins_at,
        expires_at=row.begins_at + BEGINS_WITHIN,
        duration_s=rules.duration_s,
        rate_bps=rules.rate_kbps * 1000,
        plays_sound=rules.plays_sound,
    )


def to_relays(
    session: Session, ids: Collection[MeetingId] | None, now: datetime
) -> list[EchoMeeting]:
    """Return what relays are told: of some rehearsals by their echo's name, or of all of late."""
    if ids is None:
        runs = rehearsal_queries.ended_since(session, now - TOLD_FOR)
    else:
        names = [one.removeprefix(PREFIX) for one in ids if one.startswith(PREFIX)]
        runs = rehearsal_queries.runs(session, names) if names else []
    results = rehearsal_queries.results_of(session, [one.run_id for one in runs]) if runs else []
    found = []
    for run in runs:
        own: dict[RelayId, list[PointId]] = {}
        for row in results:
            if row.run_id == run.run_id:
                own.setdefault(RelayId(row.relay_id), []).append(PointId(row.point_id))
        found += [
            EchoMeeting(relay, echo_id(run.run_id), _echo(session, run, relay, points), run.over_at)
            for relay, points in sorted(own.items())
        ]
    return found


def _echo(
    session: Session, run: RehearsalRun, relay: RelayId, points: Sequence[PointId]
) -> RelayMeeting:
    view = DeclaredMeeting(
        meeting_id=echo_id(run.run_id),
        title="",
        begins_at=run.made_at,
        ends_at=run.ends_at + ENDS_AFTER,
        chair=points[0],
        relay_id=relay,
        is_live=True,
        has_ended=run.over_at is not None,
    )
    document = documents.unissued_relay_meeting(view, sorted(points), FloorState(epoch=0))
    if not view.has_ended:
        accepted = enrolment.accepted(session, points)
        document = documents.with_access(document, certificates=accepted, barred=())
    return msgspec.structs.replace(document, is_echo=True)
