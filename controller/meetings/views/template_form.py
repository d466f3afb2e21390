"""The form of a template: as typed, read, taken from a meeting; and what it fills of another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts import numbers
from contracts.errors import MalformedNumber
from contracts.floor import FloorMode
from contracts.ids import PointId
from controller.errors import BadEntry
from controller.meetings import agenda_entered
from controller.meetings.agenda import AgendaItem
from controller.meetings.agenda_entered import AgendaTyped
from controller.meetings.prepared.meeting_templates import MAX_NAME_CHARS
from controller.meetings.prepared.points import ReadyPoints
from controller.meetings.prepared.template import SavedTemplate
from controller.meetings.tables import Meeting
from controller.meetings.views import booking_form
from controller.meetings.views.booking_form import DURATIONS_MIN, Entered


@dataclass(frozen=True, slots=True)
class TemplateEntered:
    """A template as typed: what a meeting's form has as well, and what is its own."""

    meeting: Entered
    name: str = ""
    group_ids: tuple[str, ...] = ()
    revision: str = ""


def entered(
    fields: Mapping[str, str],
    participants: Sequence[str],
    group_ids: Iterable[str],
    agenda: tuple[AgendaTyped, ...] = (),
) -> TemplateEntered:
    """Return what was sent."""
    return TemplateEntered(
        meeting=booking_form.entered(fields, participants, agenda),
        name=fields.get("name", "").strip(),
        group_ids=tuple(dict.fromkeys(group_ids)),
        revision=fields.get("revision", ""),
    )


def of_template(template: SavedTemplate) -> TemplateEntered:
    """Return a template as its form is first shown."""
    return TemplateEntered(
        meeting=Entered(
            title=template.title,
            document_number=template.document_number,
            kind=template.kind.value,
            level=str(template.level or ""),
            secretary=template.secretary,
            held_as=template.held_as.value,
            host_unit_id=template.host_unit_id,
            chair_name=template.chair_name,
            agenda=_typed(template.agenda),
            owner=template.owner.value,
            mode=template.mode.value,
            minutes=_offered(template.minutes),
            chair_point_id=template.chair_point_id,
            participants=template.point_ids,
        ),
        name=template.name,
        group_ids=template.group_ids,
        revision=str(template.revision),
    )


def of_meeting(
    meeting: Meeting, point_ids: Sequence[str], mode: FloorMode, agenda: Sequence[AgendaItem]
) -> TemplateEntered:
    """Return the form of a new template, filled as a meeting is."""
    like = booking_form.like(
        meeting, point_ids, now=meeting.begins_at, is_recorded=False, agenda=agenda
    )
    filled = replace(like, document_number=meeting.document_number, mode=mode.value)
    return TemplateEntered(filled, name=meeting.title[:MAX_NAME_CHARS].strip())


def read(typed: TemplateEntered, template_id: str) -> SavedTemplate:
    """Return the template that was entered.

    Raises:
        BadEntry: a choice is none.
    """
    form = typed.meeting
    kind, owner = booking_form.kind_of(form.kind), booking_form.owner_of(form.owner)
    level, mode = booking_form.level_of(form.level), booking_form.mode_of(form.mode)
    held_as = booking_form.held_as_of(form.held_as)
    try:
        minutes = numbers.whole(form.minutes, least=1, most=DURATIONS_MIN[-1])
    except MalformedNumber as exc:
        raise _no_choice() from exc
    if kind is None or owner is None or mode is None or held_as is None:
        raise _no_choice()
    if level is None and form.level:
        raise _no_choice()
    return SavedTemplate(
        template_id=template_id,
        name=typed.name,
        title=form.title,
        kind=kind,
        level=level,
        minutes=minutes,
        chair_point_id=form.chair_point_id,
        secretary=form.secretary,
        document_number=form.document_number,
        owner=owner,
        mode=mode,
        held_as=held_as,
        host_unit_id=form.host_unit_id,
        chair_name=form.chair_name,
        agenda=agenda_entered.read(form.agenda),
        point_ids=tuple(map(PointId, form.participants)),
        group_ids=typed.group_ids,
    )


def filled(
    form: Entered,
    template: SavedTemplate,
    points: ReadyPoints,
    every: Iterable[SavedTemplate],
    *,
    recorded_owners: Iterable[str],
) -> Entered:
    """Return a meeting's form filled by a template: its points in place of those chosen.

    A text or an agenda that somebody typed stays; what another template brought does not.

    Args:
        every: all templates, to know what one of them brought.
        recorded_owners: whose meetings are recorded as a rule.
    """
    listed = list(every)

    def text(typed: str, name: str) -> str:
        is_typed = typed and all(getattr(one, name) != typed for one in listed)
        return typed if is_typed else str(getattr(template, name))

    agenda = form.agenda
    if not agenda or any(_typed(one.agenda) == agenda for one in listed):
        agenda = _typed(template.agenda)
    return replace(
        form,
        title=text(form.title, "title"),
        document_number=text(form.document_number, "document_number"),
        secretary=text(form.secretary, "secretary"),
        chair_name=text(form.chair_name, "chair_name"),
        host_unit_id=text(form.host_unit_id, "host_unit_id"),
        held_as=template.held_as.value,
        agenda=agenda,
        kind=template.kind.value,
        level=str(template.level or ""),
        owner=template.owner.value,
        mode=template.mode.value,
        minutes=_offered(template.minutes),
        chair_point_id=template.chair_point_id
        if template.chair_point_id in points.point_ids
        else points.chair_point_id,
        participants=points.point_ids,
        is_recorded=template.owner.value in frozenset(recorded_owners),
    )


def _typed(items: Iterable[AgendaItem]) -> tuple[AgendaTyped, ...]:
    return tuple(AgendaTyped(one.title, str(one.minutes), one.speaker) for one in items)


def _offered(minutes: int) -> str:
    return str(min(DURATIONS_MIN, key=lambda one: abs(one - minutes)))


def _no_choice() -> BadEntry:
    return BadEntry(
        "Chọn loại, cấp, cơ quan, hình thức, cách phát biểu và thời lượng trong danh sách.",
        "Choose type, level, owner, form, floor mode and length from the lists.",
    )
