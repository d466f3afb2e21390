"""What the room's screen says: a value made of what is decided, connected and declared.

Sentences are formal and short, say the fact and then the step, and address nobody.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from agent.point.schedule import Decision, Distrust, Idle, Join
from agent.room.hand import HandNotice
from agent.room.words import Words
from contracts.desired import Live, ScheduledMeeting
from contracts.floor import FloorMode
from contracts.ids import PointId
from media.client.held_back import HeldBack
from media.sfu.ladder import Rung

LinkState = Literal["none", "connecting", "good", "lost"]
_HELD = {Rung.SOUND: "held_sound", Rung.CONTENT: "held_content", Rung.LOW: "held_low"}
GUIDE_AFTER = timedelta(seconds=8)


class Microphone(msgspec.Struct, frozen=True):
    """Whether others hear this room, in words."""

    is_open: bool
    text: str
    meaning: str


class MeetingLines(msgspec.Struct, frozen=True):
    """The meeting that is shown: the one this room is in, or the next."""

    meeting_id: str
    title: str
    begins_at: datetime
    ends_at: datetime
    is_chair: bool


class RehearsalNotice(msgspec.Struct, frozen=True):
    """A rehearsal that is announced, or on until `ends_at`; nothing of its media is shown."""

    rehearsal_id: str
    is_on: bool
    heading: str
    text: str
    begins_at: datetime
    ends_at: datetime
    plays_sound: bool


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page draws, apart from the pictures."""

    kind: Literal["idle", "waiting", "meeting", "distrust"]
    microphone: Microphone
    meeting: MeetingLines | None = None
    has_floor: bool = False
    speech_ends_at: datetime | None = None
    is_stage_speaking: bool = False
    stage_caption: str = ""
    speaker_caption: str = ""
    own_caption: str = ""
    link: LinkState = "none"
    link_text: str = ""
    lost_since: datetime | None = None
    fault: str = ""
    guide: str = ""
    message: str = ""
    message_ends_at: datetime | None = None
    recorded: str = ""
    withheld: list[str] = []
    withheld_why: str = ""
    rehearsal: RehearsalNotice | None = None
    hand: HandNotice | None = None


class Link(msgspec.Struct, frozen=True):
    """What is known about the way to the centre."""

    state: LinkState
    since: datetime | None = None
    refusal: str = ""


def _mic(words: Words, name: str, *, is_open: bool) -> Microphone:
    return Microphone(is_open, words(name), words(f"{name}_means"))


def screen_of(
    decision: Decision,
    *,
    point: PointId,
    link: Link,
    live: Live | None,
    now: datetime,
    held: HeldBack | None = None,
    duty: str = "",
    words: Words | None = None,
) -> Screen:
    """Return what to show.

    Args:
        held: what the relay holds back of the pictures.
        duty: whom the room calls, as the installation says it; empty: nobody is named.
        words: None: in Vietnamese.
    """
    words = words or Words()
    screen = _screen(decision, point, link, live, now, words)
    if held is not None and screen.kind == "meeting" and link.state == "good":
        screen = _reduced(screen, held, words)
    if not screen.fault or not duty:
        return screen
    guide = f"{screen.guide} {duty.rstrip('.')}.".strip()
    return msgspec.structs.replace(screen, guide=guide)


def _screen(
    decision: Decision,
    point: PointId,
    link: Link,
    live: Live | None,
    now: datetime,
    words: Words,
) -> Screen:
    if isinstance(decision, Distrust):
        return Screen(
            kind="distrust",
            microphone=_mic(words, "mic_off", is_open=False),
            meeting=_lines(decision.meeting),
            fault=words("clock_fault"),
            guide=words("clock_guide"),
        )
    if isinstance(decision, Idle):
        return Screen(
            kind="idle",
            microphone=_mic(words, "mic_off", is_open=False),
            meeting=_lines(decision.next_one) if decision.next_one else None,
        )
    if not decision.has_begun:
        return _waiting(decision, link, now, words)
    return _in_meeting(decision, point, link, live, now, words)


def _waiting(join: Join, link: Link, now: datetime, words: Words) -> Screen:
    fault, guide = _trouble(link, now, words)
    return Screen(
        kind="waiting",
        meeting=_lines(join.meeting),
        microphone=_mic(words, "mic_off", is_open=False),
        link=link.state,
        link_text=_link_text(link, words),
        lost_since=link.since if link.state == "lost" else None,
        fault=fault,
        guide=guide,
    )


def _in_meeting(
    join: Join, point: PointId, link: Link, live: Live | None, now: datetime, words: Words
) -> Screen:
    declared = _declared(join, live)
    is_chair = join.meeting.role == "chair"
    is_discussion = declared is not None and declared.mode is FloorMode.DISCUSSION
    is_speaker = declared is not None and declared.speaker == point and not is_chair
    is_holder = declared is not None and declared.is_holder and not is_chair
    has_floor = (is_speaker or is_holder) and not is_discussion
    is_heard = may_be_heard(join, point=point, live=live)
    fault, guide = _trouble(link, now, words)
    message = _message(declared, now)
    return Screen(
        kind="meeting",
        meeting=_lines(join.meeting),
        microphone=_microphone(link, words, is_heard=is_heard, has_floor=has_floor),
        has_floor=has_floor,
        speech_ends_at=_speech_ends_at(declared) if has_floor else None,
        stage_caption=_stage_caption(declared, words, is_chair=is_chair),
        is_stage_speaking=declared is not None and declared.is_stage_speaking,
        speaker_caption=_speaker_caption(declared, words, is_speaker=is_speaker),
        own_caption=words("caption_own"),
        link=link.state,
        link_text=_link_text(link, words),
        lost_since=link.since if link.state == "lost" else None,
        fault=fault,
        guide=guide,
        message=message,
        message_ends_at=declared.message_ends_at if declared and message else None,
        recorded=words("recorded") if _is_recorded(join, declared) else "",
    )


def _reduced(screen: Screen, held: HeldBack, words: Words) -> Screen:
    """Say by whose doing pictures are small or missing, instead of a good connection."""
    by = "held_by_load" if held.is_by_load else "held_by_line"
    what = _HELD.get(held.rung)
    return msgspec.structs.replace(
        screen,
        link_text=words(by, what=words(what)) if what else screen.link_text,
        withheld=list(held.slots),
        withheld_why=words(by, what=words("held_sound")),
    )


def _is_recorded(join: Join, live: Live | None) -> bool:
    """The schedule on the disk says so too: nobody is recorded unannounced for want of a line."""
    return join.meeting.is_recorded or (live is not None and live.is_recorded)


def _message(live: Live | None, now: datetime) -> str:
    """Return what the office says to this room; empty once its time is over."""
    if live is None or (live.message_ends_at is not None and live.message_ends_at <= now):
        return ""
    return live.message


def _speech_ends_at(live: Live | None) -> datetime | None:
    """Return until when this room's speech should last; None: it has no time."""
    if live is None or live.speech_began_at is None or live.speech_s is None:
        return None
    return live.speech_began_at + timedelta(seconds=live.speech_s)


def _declared(join: Join, live: Live | None) -> Live | None:
    """Return what is said of this meeting."""
    return live if live and live.meeting_id == join.meeting.meeting_id else None


def may_be_heard(decision: Decision, *, point: PointId, live: Live | None) -> bool:
    """Return whether the floor lets the room's sound leave it, whatever its line is like now.

    What a line carries again is heard with its first packet, before the line is called good.
    """
    if not isinstance(decision, Join) or not decision.has_begun:
        return False
    is_chair = decision.meeting.role == "chair"
    declared = _declared(decision, live)
    if declared is None:
        return is_chair
    is_discussion = declared.mode is FloorMode.DISCUSSION
    has_floor = declared.is_holder or declared.speaker == point
    return not declared.is_muted and (is_chair or is_discussion or has_floor)


def queue_place(decision: Decision, live: Live | None, *, point: PointId) -> int | None:
    """Return the room's place among those who wait for the floor, 0 where it has none.

    None: it has nothing to ask for, since it chairs, may be heard already, or is told of nothing.
    """
    if not isinstance(decision, Join) or not decision.has_begun:
        return None
    declared = _declared(decision, live)
    is_chair = decision.meeting.role == "chair"
    if declared is None or is_chair or may_be_heard(decision, point=point, live=live):
        return None
    return declared.queue_place


def _microphone(link: Link, words: Words, *, is_heard: bool, has_floor: bool) -> Microphone:
    if not is_heard:
        return _mic(words, "mic_off", is_open=False)
    if link.state != "good":
        return _mic(words, "mic_waits", is_open=False)
    return _mic(words, "mic_floor" if has_floor else "mic_on", is_open=True)


def _stage_caption(live: Live | None, words: Words, *, is_chair: bool) -> str:
    if live is not None and live.stage_name:
        return live.stage_name
    if live is not None and live.chair_name and not is_chair:
        return words("caption_deputy", who=live.chair_name)
    return words("caption_stage_own" if is_chair else "caption_stage")


def _speaker_caption(live: Live | None, words: Words, *, is_speaker: bool) -> str:
    if is_speaker:
        return words("caption_spoke_before")
    if live is None:
        return ""
    shown = live.speaker_name or live.speaker or ""  # a person has a name only
    is_beside = live.stage_name and shown in ("", live.stage_name)
    return words("caption_stage") if is_beside else shown


def _link_text(link: Link, words: Words) -> str:
    return "" if link.state == "none" else words(f"link_{link.state}")


def _trouble(link: Link, now: datetime, words: Words) -> tuple[str, str]:
    """Return what is wrong and what to do; both empty while there is nothing to do."""
    if link.state == "good" or link.since is None:
        return "", ""
    if now - link.since < GUIDE_AFTER:
        return "", ""
    if link.refusal:
        return words("refused", reason=link.refusal), ""
    return words("unreachable"), words("unreachable_guide")


def _lines(meeting: ScheduledMeeting) -> MeetingLines:
    return MeetingLines(
        meeting.meeting_id,
        meeting.title,
        meeting.begins_at,
        meeting.ends_at,
        meeting.role == "chair",
    )
