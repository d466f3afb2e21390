"""What is shared in a meeting on several relays: one of them at a time, and the home chooses.

Who stands higher, of two alike the later one; where both began while no trunk was up, the
home's. Who has lost is asked to stop where he shares.
"""

from collections.abc import Iterable

from contracts.content import ShareRight
from media.relay.relayed_meeting import RelayedMeeting
from media.relay.sharing import right_of
from media.relay.trunk_end import TrunkEnd

# What the home says of content that has just begun here, or that it has just been told of after
# a cut, takes a round trip.
GRACE_S = 1.5


def settle(meeting: RelayedMeeting, ends: Iterable[TrunkEnd], *, now: float) -> None:
    """Choose what is shown of what is shared here and elsewhere; end what is not."""
    if meeting.chosen is not None:
        heard = [end.since for end in ends if end.meeting is meeting and end.since is not None]
        _follow(meeting, meeting.chosen.content, since=max(heard, default=now), now=now)
        return
    claims = [
        (end.content_right, end.content_since, end.content)
        for end in ends
        if end.meeting is meeting and end.is_home and end.content
    ]
    best, own = max(claims, default=None), meeting.content
    if best is not None and own is not None:
        if best[:2] > (right_of(own.grant, meeting.document), own.since):
            own.session.peer.close("another shares now")
        else:
            best = None
    elsewhere = best[2] if best else None
    meeting.right_elsewhere = best[0] if best else ShareRight.NONE
    if elsewhere != meeting.content_elsewhere:
        meeting.content_elsewhere = elsewhere
        meeting.router.replan()


def _follow(meeting: RelayedMeeting, chosen: str | None, *, since: float, now: float) -> None:
    own = meeting.content
    if own is None or chosen in (None, own.source) or now - max(since, own.since) < GRACE_S:
        return
    own.session.peer.close("another shares now")
