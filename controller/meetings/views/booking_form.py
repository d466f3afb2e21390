"""What was entered in the form of a new meeting, read and judged field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.floor import FloorMode
from contracts.local_days import ZONE
from contracts.message import EARLIEST, LATEST
from controller.errors import BadEntry
from controller.meetings import agenda_entered
from controller.meetings.agenda import AgendaItem
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.calendar import (
    USUAL_OWNER,
    MeetingForm,
    chair_name_of,
    document_number_of,
    secretary_of,
    title_of,
)
from controller.meetings.kinds import LEVELS, HeldAs, MeetingKind
from controller.meetings.prepared.points import ReadyPoints, in_order
from controller.meetings.tables import Meeting
from controller.places.owner import Owner
from controller.web.i18n.language import Language

DURATIONS_MIN = (15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480)
USUAL_MIN = 90
LONGEST_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Entered:
    """The form's fields as typed; kept on the page when something is wrong."""

    classification: str = ""
    title: str = ""
    document_number: str = ""
    kind: str = ""
    level: str = ""
    secretary: str = ""
    held_as: str = ""
    host_unit_id: str = ""
    chair_name: str = ""
    owner: str = USUAL_OWNER.value
    mode: str = FloorMode.ONE_MIC.value
    date: str = ""
    begins: str = ""
    minutes: str = str(USUAL_MIN)
    chair_point_id: str = ""
    participants: tuple[str, ...] = ()
    is_clash_accepted: bool = False
    is_recorded: bool = False
    agenda: tuple[AgendaTyped, ...] = ()

    @property
    def point_ids(self) -> tuple[str, ...]:
        """All chosen points, the chair's first."""
        chair = (self.chair_point_id,) if self.chair_point_id else ()
        return tuple(dict.fromkeys((*chair, *self.participants)))


@dataclass(frozen=True, slots=True)
class Read:
    """A form that was read: the meeting, or what is wrong with which field."""

    meeting: MeetingForm | None
    errors: Mapping[str, str] = field(default_factory=dict)


def empty(now: datetime, *, is_recorded: bool = False) -> Entered:
    """Return the form as it is first shown: the next half hour but one, an hour and a half."""
    local = (now + timedelta(minutes=60)).astimezone(ZONE)
    start = local.replace(minute=0 if local.minute < 30 else 30, second=0, microsecond=0)
    return Entered(date=f"{start:%Y-%m-%d}", begins=f"{start:%H:%M}", is_recorded=is_recorded)


def like(
    meeting: Meeting,
    point_ids: Sequence[str],
    *,
    now: datetime,
    is_recorded: bool,
    agenda: Sequence[AgendaItem] = (),
) -> Entered:
    """Return a meeting as the form of another one: in its hour, on the next of its weekdays.

    The classification stays open: it is judged anew for each meeting.
    """
    begins_at, week = meeting.begins_at.astimezone(ZONE), timedelta(weeks=1)
    if begins_at < now:
        begins_at += week * -((begins_at - now) // week)
    length_min = (meeting.ends_at - meeting.begins_at) / timedelta(minutes=1)
    return Entered(
        title=meeting.title,
        kind=meeting.kind,
        level=str(meeting.level or ""),
        secretary=meeting.secretary,
        held_as=meeting.held_as,
        host_unit_id=meeting.host_unit_id or "",
        chair_name=meeting.chair_name,
        owner=meeting.owner,
        date=f"{begins_at:%Y-%m-%d}",
        begins=f"{begins_at:%H:%M}",
        minutes=str(min(DURATIONS_MIN, key=lambda one: abs(one - length_min))),
        chair_point_id=meeting.chair_point_id,
        participants=tuple(point_ids),
        is_recorded=is_recorded,
        agenda=tuple(AgendaTyped(one.title, str(one.minutes), one.speaker) for one in agenda),
    )


def as_it_is(
    meeting: Meeting, point_ids: Sequence[str], mode: FloorMode, agenda: Sequence[AgendaItem]
) -> Entered:
    """Return a meeting as the form that changes it: as it is, whatever its length is.

    It was judged to be classified as it is, which is the only one there is.
    """
    begins_at = meeting.begins_at.astimezone(ZONE)
    is_recorded = meeting.is_recorded
    own = like(*(meeting, point_ids), now=meeting.begins_at, is_recorded=is_recorded, agenda=agenda)
    return replace(
        own,
        classification=meeting.classification,
        document_number=meeting.document_number,
        mode=mode.value,
        date=f"{begins_at:%Y-%m-%d}",
        minutes=str(-(-(meeting.ends_at - meeting.begins_at) // timedelta(minutes=1))),
    )


def entered(
    fields: Mapping[str, str],
    participants: Sequence[str],
    agenda: tuple[AgendaTyped, ...] = (),
) -> Entered:
    """Return what was sent; call it only after the classification was accepted."""
    date, begins = fields.get("date", ""), fields.get("begins", "")
    use_time = fields.get("use_time", "")
    if "T" in use_time:
        date, _, begins = use_time.partition("T")
    return Entered(
        classification=fields.get("classification", ""),
        title=fields.get("title", "").strip(),
        document_number=fields.get("document_number", "").strip(),
        kind=fields.get("kind", ""),
        level=fields.get("level", ""),
        secretary=fields.get("secretary", "").strip(),
        held_as=fields.get("held_as", ""),
        host_unit_id=fields.get("host_unit_id", ""),
        chair_name=fields.get("chair_name", "").strip(),
        owner=fields.get("owner", "") or USUAL_OWNER.value,
        mode=fields.get("mode", "") or FloorMode.ONE_MIC.value,
        date=date,
        begins=begins,
        minutes=fields.get("minutes", ""),
        chair_point_id=fields.get("chair_point_id", ""),
        participants=in_order(participants, fields.get("point_order", "").split()),
        is_clash_accepted=fields.get("accept_clash") == "1",
        is_recorded=fields.get("is_recorded") == "1",
        agenda=agenda,
    )


def joined(form: Entered, points: ReadyPoints) -> Entered:
    """Return the form with the points of a saved group; its chair where none was chosen."""
    return replace(
        form,
        participants=tuple(dict.fromkeys((*form.participants, *points.point_ids))),
        chair_point_id=form.chair_point_id or points.chair_point_id,
    )


def span(form: Entered) -> tuple[datetime, datetime] | None:
    """Return when the meeting would be; None: not entered, or not a time."""
    try:
        local = datetime.strptime(f"{form.date} {form.begins}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone is put on below
        minutes = numbers.whole(form.minutes, least=1, most=LONGEST_MIN)
    except (ValueError, MalformedNumber):
        return None
    if not EARLIEST.year < local.year < LATEST.year:
        return None
    begins_at = local.replace(tzinfo=ZONE)
    return begins_at, begins_at + timedelta(minutes=minutes)


def kind_of(typed: str) -> MeetingKind | None:
    """Return the type that was chosen, another one where none was; None: there is no such type."""
    try:
        return MeetingKind(typed) if typed else MeetingKind.OTHER
    except ValueError:
        return None


def owner_of(typed: str) -> Owner | None:
    """Return whose the meeting is to be; None: there is no such owner."""
    return next((one for one in Owner if one.value == typed), None)


def mode_of(typed: str) -> FloorMode | None:
    """Return how microphones are to open; None: there is no such mode."""
    return next((one for one in FloorMode if one.value == typed), None)


def level_of(typed: str) -> int | None:
    """Return the level that was chosen; None: none, or there is no such level."""
    return next((level for level in LEVELS if str(level) == typed), None)


def held_as_of(typed: str) -> HeldAs | None:
    """Return the way of being held that was chosen, online where none was; None: there is none."""
    try:
        return HeldAs(typed) if typed else HeldAs.ONLINE
    except ValueError:
        return None


def read(form: Entered, words: Language, *, now: datetime) -> Read:
    """Return the meeting that was entered, or a sentence for each field that is wrong."""
    errors: dict[str, str] = {}
    for name, judge, typed in (
        ("title", title_of, form.title),
        ("document_number", document_number_of, form.document_number),
        ("secretary", secretary_of, form.secretary),
        ("chair_name", chair_name_of, form.chair_name),
    ):
        try:
            judge(typed)
        except BadEntry as exc:
            errors[name] = exc.said_in(words.code)
    agenda = _agenda(form, words, errors)
    kind, level = kind_of(form.kind), level_of(form.level)
    owner, mode = owner_of(form.owner), mode_of(form.mode)
    if kind is None:
        errors["kind"] = words.gettext("Choose the meeting's type from the list.")
    if level is None and form.level:
        errors["level"] = words.gettext("Choose the meeting's level from the list.")
    held_as = held_as_of(form.held_as)
    if held_as is None:
        errors["held_as"] = words.gettext("Choose how the meeting is held.")
    is_joined = held_as is None or held_as.is_joined
    if owner is None:
        errors["owner"] = words.gettext("Choose whose meeting it is from the list.")
    if mode is None:
        errors["mode"] = words.gettext("Choose how microphones open from the list.")
    times = span(form)
    if times is None:
        errors["date"] = words.gettext("Enter the date and the hour the meeting begins.")
    elif is_joined and times[0] < now - timedelta(minutes=1):
        errors["begins"] = words.gettext("This hour has passed. Choose a later one.")
    if not form.chair_point_id:
        errors["chair_point_id"] = words.gettext("Choose the point of the chair.")
    if is_joined and len(form.point_ids) < 2:
        errors["participants"] = words.gettext("Choose at least one point beside the chair's.")
    if errors or not (times and kind and held_as and owner and mode):
        return Read(None, errors)
    return Read(
        MeetingForm(
            title=form.title,
            chair_point_id=form.chair_point_id,
            point_ids=form.point_ids,
            begins_at=times[0],
            ends_at=times[1],
            document_number=form.document_number,
            kind=kind,
            level=level,
            secretary=form.secretary,
            held_as=held_as,
            host_unit_id=form.host_unit_id or None,
            chair_name=form.chair_name,
            is_recorded=form.is_recorded and is_joined,
            owner=owner,
            mode=mode,
            agenda=agenda,
        )
    )


def _agenda(form: Entered, words: Language, errors: dict[str, str]) -> tuple[AgendaItem, ...]:
    try:
        return agenda_entered.read(form.agenda)
    except BadEntry as exc:
        errors["agenda"] = exc.said_in(words.code)
        return ()
