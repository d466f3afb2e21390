"""What two relays of one meeting say to each other: how they meet, and who is where.

An outer relay asks the home for one session, in which media go both ways, and beside it keeps
a connection for words. Each side says which sources it has and under which SSRC it would send
each of their streams, so that whose a packet is needs no second look; the other says which it
wants. A sound that may be heard is sent without being wanted.
"""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType, field

from contracts.ids import SpeakerIdField
from contracts.message import WITHOUT_NUL, Message, Part
from contracts.steering import MovedFloor

MAX_SOURCES = 600
MAX_WANTED = 1_200
MAX_LOUD = 4
CONTENT_PREFIX = "content:"

StreamSsrc = Annotated[int, Meta(ge=1, le=2**32 - 1)]
# A point, `person:NAME`, or the content that one of them shares.
SourceName = Annotated[str, Meta(max_length=80, pattern=WITHOUT_NUL)]
IceText = Annotated[str, Meta(min_length=4, max_length=256, pattern=r"^[A-Za-z0-9+/]+\Z")]


class TrunkPeer(Message, frozen=True):
    """One side's keys for the session: ICE credentials, and the SHA-256 of its certificate."""

    ufrag: IceText
    password: IceText
    fingerprint: Annotated[str, Meta(pattern=r"^([0-9A-F]{2}:){31}[0-9A-F]{2}\Z")]


class MediaAddress(Part, frozen=True):
    """Where the home takes media."""

    host: Annotated[str, Meta(max_length=64, pattern=WITHOUT_NUL)]
    port: Annotated[int, Meta(ge=1, le=65_535)]


class TrunkAnswer(TrunkPeer, frozen=True):
    """The home's answer, with the session's id, which is the right to its words."""

    session: Annotated[str, Meta(max_length=64, pattern=r"^[\w-]+\Z")]
    addresses: Annotated[tuple[MediaAddress, ...], Meta(min_length=1, max_length=8)]


class TrunkSource(Part, frozen=True):
    """A source's streams: its picture's sizes, the high one first, and its sound."""

    video: Annotated[tuple[StreamSsrc, ...], Meta(max_length=2)] = ()
    sound: StreamSsrc | None = None


class TrunkWords(Message, frozen=True, omit_defaults=True):
    """What one side says now. What is left out has not changed since this connection began.

    `sources` are its own, `wants` the other's pictures that are to be sent. `loud` is how loud
    its own are that are loudest, 0 to 127. `lanes`, `speakers` and `content` are the home's
    choice for the whole meeting (an empty lane is an empty word); an outer relay says in
    `content` what is shared there. `content_right` is by what right that is shared. An outer
    relay where nobody plays is not `is_listening`: no sound has to be sent to it. Who
    `is_giving_back` begins a stream that it has long not named under another SSRC; who does not
    say so goes on with the one it had. `moved`: the floor as it was moved at the home, until the
    centre has it.
    """

    # 600 sources of 80 letters with three streams, and as many wanted.
    max_bytes: ClassVar[int] = 256 * 1024

    sources: Annotated[dict[SourceName, TrunkSource], Meta(max_length=MAX_SOURCES)] | UnsetType = (
        UNSET
    )
    wants: Annotated[tuple[StreamSsrc, ...], Meta(max_length=MAX_WANTED)] | UnsetType = UNSET
    loud: Annotated[
        dict[SpeakerIdField, Annotated[float, Meta(ge=0, le=127)]], Meta(max_length=MAX_LOUD)
    ] = field(default_factory=dict)
    lanes: Annotated[tuple[SourceName, ...], Meta(max_length=MAX_LOUD)] = ()
    speakers: Annotated[tuple[SpeakerIdField, ...], Meta(max_length=3)] = ()
    content: SourceName = ""
    content_right: Annotated[int, Meta(ge=0, le=2)] = 0
    is_listening: bool = True
    is_giving_back: bool = False
    moved: MovedFloor | UnsetType = UNSET
