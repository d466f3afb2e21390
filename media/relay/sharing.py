"""Content at the relay: one publication at a time, by whoever the floor allows."""

from dataclasses import dataclass

from contracts.content import ShareRight, may_share, right_of_point
from contracts.desired import RelayMeeting
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from media.errors import AccessRefused
from media.relay.grants import Grant
from media.sfu.publisher import Publisher
from media.sfu.slots import content_of


@dataclass(frozen=True, slots=True)
class Shared:
    """Who shares, through which session, and since when on the steady clock."""

    session: Publisher
    grant: Grant
    since: float

    @property
    def source(self) -> str:
        """The name of the source that the slot `content` shows."""
        return content_of(self.grant.viewer)


def right_of(grant: Grant, meeting: RelayMeeting) -> ShareRight:
    """Return by what somebody may share; in a rehearsal nobody may."""
    if meeting.is_echo is True:
        return ShareRight.NONE
    if grant.viewer.kind is not ParticipantKind.POINT:
        return ShareRight.OFFICE if grant.sees_all else ShareRight.NONE
    point = PointId(grant.viewer.subject)
    invited = frozenset(meeting.invited)
    return right_of_point(point, meeting.floor, chair=meeting.chair, invited=invited)


def check_may_share(
    grant: Grant, meeting: RelayMeeting, shown: tuple[str, ShareRight] | None
) -> None:
    """Check that somebody may share content now.

    Args:
        shown: what is shared already, at whichever relay of the meeting, and by what right.

    Raises:
        AccessRefused: he may not, or who shares stands higher.
    """
    own = right_of(grant, meeting)
    is_another = shown is not None and shown[0] != content_of(grant.viewer)
    other = shown[1] if shown and is_another else ShareRight.NONE
    if may_share(own, other):
        return
    if own is ShareRight.NONE:
        raise AccessRefused(
            403,
            "content_not_allowed",
            "Chỉ văn phòng, điểm cầu chủ trì và điểm cầu đang được nói (khi thảo luận: mọi điểm "
            "cầu không bị tắt micro) chia sẻ màn hình được.",
            "Only the office, the chair's point and points that may be heard now (in a discussion "
            "all that are not muted) may share a screen.",
        )
    raise AccessRefused(
        403,
        "content_taken",
        "Chủ trì hoặc văn phòng đang chia sẻ màn hình. Chia sẻ được khi bên đó dừng.",
        "The chair or the office is sharing a screen. It can be shared when they stop.",
    )


def reason_to_stop(shown: Shared, meeting: RelayMeeting) -> str | None:
    """Return why content that is shown has to end; None: it may go on."""
    if right_of(shown.grant, meeting) is ShareRight.NONE:
        return "the floor has gone, and the content with it"
    return None
