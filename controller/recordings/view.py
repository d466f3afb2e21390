"""The recordings of a meeting in words: what there is, what becomes of it, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.recordings import RecorderStatus, RecorderTrouble, RecordingPhase, SpokenChapter
from controller.recordings.service import ShelvedRecording, recorded_now
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import N_, Language

# A recorder that has just been told of a meeting joins it first.
FIRST_PATIENCE = timedelta(seconds=8)

_TROUBLES = {
    RecorderTrouble.NOT_CONNECTED: N_("The recorder is not connected to the relay."),
    RecorderTrouble.DISK_FULL: N_("The recordings' disk has no room left. Delete old recordings."),
    RecorderTrouble.DISK_BLOCKED: N_("The recordings' disk does not answer."),
    RecorderTrouble.DISK_FAILED: N_("The recordings' disk cannot be written."),
}
_SEE_TO_DISK = N_("See to the recordings' disk; recording goes on by itself then.")
_SEE_TO_RECORDER = N_(
    "See whether the recorder runs and reaches the relay; recording goes on by itself then."
)
_SEE_TO_ROOMS = N_("See whether the rooms of this meeting send picture and sound.")
_PHASES = {
    RecordingPhase.RECORDING: ("in-meeting", N_("Being recorded")),
    RecordingPhase.WAITING: ("scheduled", N_("Waiting to be made into a file")),
    RecordingPhase.CONVERTING: ("scheduled", N_("Making the file")),
    RecordingPhase.READY: ("tick", N_("Ready")),
    RecordingPhase.FAILED: ("down", N_("No file could be made of it")),
}
_CSS = {"in-meeting": "state-recording", "down": "state-down"}


@dataclass(frozen=True, slots=True)
class RecordingNow:
    """What the meeting's page says while it is on. `trouble` empty: nothing is wrong.

    `remedy` is what to do about the trouble.
    """

    badge: Badge | None = None
    trouble: str = ""
    warning: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording."""

    run: str
    when: str
    length: str
    size: str
    badge: Badge
    percent: int | None
    note: str
    play_url: str
    handout_url: str
    streams_url: str
    delete_url: str
    is_going: bool


@dataclass(frozen=True, slots=True)
class ShelfView:
    """The part of the meeting's page; not shown where `is_shown` is not."""

    meeting_id: str
    is_shown: bool
    may_open: bool
    rows: tuple[RecordingRow, ...]
    empty: str
    kept: str
    crumbs: tuple[Crumb, ...]


def now_of(
    words: Language,
    status: RecorderStatus | None,
    meeting_id: str,
    *,
    is_declared: bool,
    begun_at: datetime | None,
    now: datetime,
) -> RecordingNow:
    """Return what is to be said of a meeting's recording.

    Args:
        begun_at: None: the meeting is not on.
    """
    if not is_declared:
        return RecordingNow()
    if begun_at is None:
        return RecordingNow(Badge("scheduled", "state-calm", words.gettext("Will be recorded")))
    one = recorded_now(status, meeting_id)
    warning = ""
    if status is not None and status.trouble is RecorderTrouble.DISK_LOW:
        warning = words.gettext("The recordings' disk is nearly full.")
    if one is not None and one.is_recording:
        badge = Badge("in-meeting", "state-recording", words.gettext("Being recorded"))
        return RecordingNow(badge, warning=warning)
    if status is None:
        reason, remedy = N_("The recorder does not answer."), _SEE_TO_RECORDER
    elif one is not None and one.trouble in _TROUBLES:
        is_line = one.trouble is RecorderTrouble.NOT_CONNECTED
        reason, remedy = _TROUBLES[one.trouble], _SEE_TO_RECORDER if is_line else _SEE_TO_DISK
    elif now - begun_at < FIRST_PATIENCE:
        badge = Badge("scheduled", "state-calm", words.gettext("Recording is about to begin"))
        return RecordingNow(badge, warning=warning)
    else:
        reason, remedy = N_("Nothing has come to be recorded yet."), _SEE_TO_ROOMS
    badge = Badge("down", "state-down", words.gettext("Not being recorded"))
    return RecordingNow(badge, words.gettext(reason), warning, words.gettext(remedy))


def shelf_view(
    words: Language,
    now: datetime,
    meeting_id: str,
    found: Sequence[ShelvedRecording] | None,
    *,
    title: str,
    is_shown: bool,
    is_live: bool,
    may_open: bool,
    may_delete: bool,
) -> ShelfView:
    """Return the list; `found` is None where the disk does not answer."""
    empty = words.gettext("There is no recording of this meeting.")
    if is_live:
        empty = words.gettext("The recording appears here as soon as it has begun.")
    if found is None:
        empty = words.gettext(_TROUBLES[RecorderTrouble.DISK_BLOCKED])
    return ShelfView(
        meeting_id=meeting_id,
        is_shown=is_shown or bool(found),
        may_open=may_open,
        rows=tuple(_row(words, now, one, may_open, may_delete) for one in found or ()),
        empty=empty,
        kept=words.gettext("Recordings leave by themselves when their time is over."),
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(title, f"/meetings/{meeting_id}"),
            Crumb(words.gettext("Recording")),
        ),
    )


@dataclass(frozen=True, slots=True)
class Speech:
    """One speech of a recording, and where it is played from; `is_chosen`: it is the one."""

    at: str
    title: str
    url: str
    is_chosen: bool


def speeches(chapters: Sequence[SpokenChapter], *, from_s: int) -> tuple[Speech, ...]:
    """Return who spoke when.

    Args:
        from_s: from where on the recording is played.
    """
    found = [(one.at_ms // 1000, one.title) for one in chapters]
    return tuple(
        Speech(_length(timedelta(seconds=at_s)), title, f"?from={at_s}", at_s == from_s > 0)
        for at_s, title in found
    )


def _row(
    words: Language, now: datetime, one: ShelvedRecording, may_open: bool, may_delete: bool
) -> RecordingRow:
    facts = one.facts
    shape, word = _PHASES[facts.phase]
    address = f"/meetings/{facts.meeting_id}/recordings/{facts.run}"
    is_ready = facts.phase is RecordingPhase.READY and one.handout_bytes is not None
    is_over = facts.phase is not RecordingPhase.RECORDING
    percent = None
    if facts.phase is RecordingPhase.CONVERTING:
        percent = round(facts.progress_ratio * 100)
    size = one.handout_bytes if is_ready else one.streams_bytes
    badge = Badge(shape, _CSS.get(shape, "state-calm"), words.gettext(word))
    return RecordingRow(
        run=facts.run,
        when=words.moment(facts.begins_at, now),
        length=_length((facts.ends_at or now) - facts.begins_at),
        size="" if size is None else words.data(size),
        badge=badge,
        percent=percent,
        note=_note(words, one),
        play_url=f"{address}/play" if may_open and is_ready else "",
        handout_url=f"{address}/recording.mp4" if may_open and is_ready else "",
        streams_url=f"{address}/recording.mkv" if may_open and is_over else "",
        delete_url=f"{address}/delete" if may_delete and is_over and not one.is_asked_away else "",
        is_going=one.is_asked_away,
    )


def _note(words: Language, one: ShelvedRecording) -> str:
    if one.is_asked_away:
        return words.gettext("Is being deleted")
    if one.facts.phase is RecordingPhase.FAILED:
        return words.gettext("What was recorded is kept and can be fetched as it came.")
    if one.facts.dropped:
        seconds = (one.facts.dropped + 1) // 2
        return words.ngettext(
            "%(n)s second is missing: the disk did not take it.",
            "%(n)s seconds are missing: the disk did not take them.",
            seconds,
        )
    return ""


def _length(span: timedelta) -> str:
    total = max(0, int(span.total_seconds()))
    return f"{total // 3600}:{total // 60 % 60:02}:{total % 60:02}"
