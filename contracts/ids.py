"""Names of things on the wire: one meaning each, one shape for all.

Lower-case letters, digits and inner hyphens, at most 40 characters, so that a
name is safe in a topic, a path, a certificate and a file name alike.
"""

from typing import Annotated, NewType

from msgspec import Meta

ID_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
# In Python's re a final $ lets a newline through.
_WHOLE_ID = ID_PATTERN.removesuffix("$") + r"\Z"

PointId = NewType("PointId", str)
MeetingId = NewType("MeetingId", str)
RelayId = NewType("RelayId", str)
RecorderId = NewType("RecorderId", str)
# Certificates of the same authority as points' are told apart by them; no point is named so.
RECORDER_PREFIX = "recorder-"
RELAY_PREFIX = "relay-"
# People who take part by a link; nobody signs in under a name that begins so.
GUEST_PREFIX = "guest-"

# Two bytes. Numbers are given in order and never used twice.
MAX_POINT_NUMBER = 65_535
PointNumber = Annotated[int, Meta(ge=1, le=MAX_POINT_NUMBER)]

# What is shown and heard in a meeting: a point by its id, a person as `person:NAME`. No id and no
# name to sign in with has a colon.
PERSON_PREFIX = "person:"
_SPEAKER = rf"(?:{_WHOLE_ID.removesuffix(chr(92) + 'Z')}|^{PERSON_PREFIX}[^:\x00]{{1,60}})\Z"
SPEAKER_PATTERN = _SPEAKER.removesuffix(r"\Z") + "$"
SpeakerIdField = Annotated[str, Meta(pattern=_SPEAKER, max_length=67)]

PointIdField = Annotated[PointId, Meta(pattern=_WHOLE_ID, max_length=40)]
MeetingIdField = Annotated[MeetingId, Meta(pattern=_WHOLE_ID, max_length=40)]
RelayIdField = Annotated[RelayId, Meta(pattern=_WHOLE_ID, max_length=40)]
RecorderIdField = Annotated[
    RecorderId, Meta(pattern=rf"^{RECORDER_PREFIX}[a-z0-9]{{1,20}}\Z", max_length=40)
]
