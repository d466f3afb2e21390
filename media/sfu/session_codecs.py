"""What of a router's sessions the choice of a codec looks at."""

from collections.abc import Iterable, Iterator, Sequence

from media.errors import OfferRefused
from media.sfu.codec_choice import CodecChoice, Sent
from media.sfu.publisher import Publisher
from media.sfu.session import MediaSession
from media.sfu.subscriber import Subscriber
from media.wire.video_codec import CodecName


def _players(sessions: Iterable[MediaSession], router: str) -> Iterator[Subscriber]:
    for session in sessions:
        if isinstance(session, Subscriber) and session.info.router_name == router:
            if session.is_connected:
                yield session


def played(sessions: Iterable[MediaSession], router: str) -> list[Sequence[CodecName]]:
    """Return what each player plays, of those who have pictures."""
    everybody = (player.played_video for player in _players(sessions, router))
    return [codecs for codecs in everybody if codecs is not None]


def make_way(
    player: Subscriber, choice: CodecChoice, sessions: Sequence[MediaSession], router: str
) -> bool:
    """End the pictures that somebody who has just connected cannot play; False: he has to go."""
    others = [session for session in sessions if session is not player]
    try:
        unplayable = choice.for_player(
            player.played_video, sent(others, router), played(others, router)
        )
    except OfferRefused as exc:  # somebody began to publish since he asked
        player.peer.close(exc.reason)
        return False
    choice.leave_out(unplayable)
    for one in unplayable:
        one.publisher.peer.close("somebody who came cannot play its codec: another is needed")
    return True


def unable(
    sessions: Iterable[MediaSession], router: str, codec: CodecName | None
) -> list[Subscriber]:
    """Return the players that have pictures and cannot play a codec."""
    return [
        player
        for player in _players(sessions, router)
        if codec and player.played_video is not None and codec not in player.played_video
    ]


def sent(sessions: Iterable[MediaSession], router: str) -> list[Sent[Publisher]]:
    """Return the pictures that are published."""
    return [
        Sent(session, session.video_codec, session.offered_video)
        for session in sessions
        if isinstance(session, Publisher)
        and session.info.router_name == router
        and session.video_codec is not None
    ]
