"""One session as the relay's state tells of it."""

from contracts.relay import SENT_KINDS, Attendee, SentKind
from media.relay.streams_told import streams_told
from media.sfu.publisher import Publisher
from media.sfu.router import Router
from media.sfu.session import MediaSession
from media.sfu.subscriber import Subscriber


def attendee(session: MediaSession, router: Router, *, sheds: bool, now: float) -> Attendee:
    """Return who it is, whether it is there, and how its line is.

    Args:
        sheds: whether the relay sends everybody less because of its own load.
    """
    info, quality = session.info, session.quality
    is_shed = session.line.is_shed if isinstance(session, Subscriber) else sheds
    return Attendee(
        subject=info.viewer.subject,
        participant_kind=info.viewer.kind,
        direction=info.direction,
        joined_at=info.joined_at,
        is_connected=session.is_connected and session.peer.is_heard(now),
        rtt_ms=quality.rtt_ms,
        loss_ratio=quality.steady_loss_ratio,
        packets=quality.packets,
        sends=_sent(session, router, now) if isinstance(session, Publisher) else None,
        jitter_ms=quality.jitter_ms,
        bitrate_bps=quality.bitrate_bps,
        mos=quality.mos,
        rung=quality.rung,
        frozen_ratio=quality.frozen_ratio,
        stalled_ratio=quality.stalled_ratio,
        moves=session.line.ladder.moves if isinstance(session, Subscriber) else None,
        is_shed=is_shed,
        concealed_ratio=quality.concealed_ratio,
        streams=streams_told(quality),
    )


def _sent(session: Publisher, router: Router, now: float) -> tuple[SentKind, ...]:
    """Return the kinds of which a publisher's packets come."""
    alive = router.source(session.info.viewer.source).alive(now=now)
    kinds = {one.kind for one in alive}
    return tuple(kind for kind in SENT_KINDS if kind in kinds)
