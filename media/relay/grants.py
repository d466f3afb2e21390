"""By what right somebody is in a meeting, and whether the meeting's document still gives it.

Asked when somebody joins and again whenever the document changes: who may not come in
any more may not stay either.
"""

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET

from contracts.desired import DIGEST_CHARS, Barred, RelayMeeting
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from media.sfu.slots import Viewer


@dataclass(frozen=True, slots=True)
class Grant:
    """Who was let in, by which certificate (its SHA-256) or by a token that ends when.

    `sees_all`: the grid of all points is his to see.
    """

    viewer: Viewer
    certificate_sha256: str = ""
    token_ends_at: datetime | None = None
    sees_all: bool = False


def is_certificate_accepted(grant: Grant, meeting: RelayMeeting) -> bool:
    """Return whether a point's certificate is one that the centre names for it."""
    if grant.viewer.kind is not ParticipantKind.POINT or meeting.certificates is UNSET:
        return True
    accepted = meeting.certificates.get(_point(grant), ())
    return grant.certificate_sha256[:DIGEST_CHARS] in accepted


def is_revoked(certificate_sha256: str, meeting: RelayMeeting) -> bool:
    """Return whether no relay may come with a certificate, whatever it is called."""
    return certificate_sha256[:DIGEST_CHARS] in (meeting.revoked_relays or ())


def is_recorder_of(grant: Grant, meeting: RelayMeeting) -> bool:
    """Return whether the document has this recorder record the meeting."""
    order = meeting.recording
    return order is not UNSET and order.recorder_id == grant.viewer.subject


def is_barred(grant: Grant, meeting: RelayMeeting) -> bool:
    """Return whether the document keeps somebody out."""
    return any(_meets(one, grant) for one in meeting.barred or ())


def is_locked_out(grant: Grant, meeting: RelayMeeting) -> bool:
    """Return whether a meeting is locked, and somebody who may join it has to wait outside."""
    viewer = grant.viewer
    if meeting.admitted is UNSET or grant.sees_all or viewer.kind is ParticipantKind.RECORDER:
        return False
    return viewer.source != meeting.chair and viewer.source not in meeting.admitted


def reason_to_leave(grant: Grant, meeting: RelayMeeting) -> str | None:
    """Return why somebody who is in has to go; None: they may stay."""
    if meeting.is_echo is True and grant.viewer.kind is not ParticipantKind.POINT:
        return "only points take part in a rehearsal"
    if grant.viewer.kind is ParticipantKind.POINT and _point(grant) not in meeting.invited:
        return "the point is no longer invited"
    if grant.viewer.kind is ParticipantKind.RECORDER and not is_recorder_of(grant, meeting):
        return "the meeting is not recorded any more"
    if not is_certificate_accepted(grant, meeting):
        return "the point's certificate is not accepted any more"
    return "put out of the meeting" if is_barred(grant, meeting) else None


def _meets(barred: Barred, grant: Grant) -> bool:
    viewer = grant.viewer
    if (barred.subject, barred.participant_kind) != (viewer.subject, viewer.kind):
        return False
    if barred.until is None or grant.token_ends_at is None:
        return barred.until is None
    return grant.token_ends_at <= barred.until


def _point(grant: Grant) -> PointId:
    return PointId(grant.viewer.subject)
