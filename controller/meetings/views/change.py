"""The form that changes one meeting: whom it tells, and what somebody else changed meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from controller.meetings.invited.service import Foreseen
from controller.meetings.tables import Meeting
from controller.meetings.views import kinds
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.point_choices import UnitChoice
from controller.web.elements import Choice
from controller.web.i18n.language import N_, Language

NAMES_SHOWN = 6
_FIELDS = {
    "title": N_("Title"),
    "document_number": N_("Number of the invitation"),
    "held_as": N_("Held"),
    "kind": N_("Type"),
    "level": N_("Levels joined"),
    "secretary": N_("Secretary"),
    "chair_name": N_("Chaired by"),
    "host_unit_id": N_("Host unit"),
    "owner": N_("Whose meeting"),
    "mode": N_("How microphones open"),
    "date": N_("Date"),
    "begins": N_("Begins"),
    "minutes": N_("Lasts"),
    "chair_point_id": N_("Chair point"),
    "is_recorded": N_("Record the meeting"),
}
_POINTS, _AGENDA = N_("Points"), N_("Agenda")


@dataclass(frozen=True, slots=True)
class Differs:
    """A field that the meeting has otherwise than it was typed."""

    name: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """Whom a change tells, line by line; `is_nothing`: nothing is changed yet."""

    lines: tuple[str, ...]
    is_nothing: bool = False


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What the page has beside the form of a meeting; `seen`: as the form saw the meeting."""

    meeting_id: str
    heading: str
    seen: str
    told: ChangeTold
    who: str
    meanwhile: tuple[Differs, ...] | None
    gone: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class PointsChanged:
    """How many points a change leaves, brings, takes away; `is_told`: they join by a schedule."""

    kept: int
    new: int
    gone: int
    is_told: bool


def told(
    words: Language, foreseen: Foreseen | None, points: PointsChanged, *, is_changed: bool
) -> ChangeTold:
    """Return whom a change tells.

    Args:
        foreseen: who is told by e-mail; None: nobody was invited so.
    """
    if not is_changed:
        return ChangeTold(
            (words.gettext("Nothing is changed yet: nobody is told anything."),), True
        )
    return ChangeTold((*_letters(words, foreseen), *_schedules(words, points)))


def _letters(words: Language, foreseen: Foreseen | None) -> tuple[str, ...]:
    if foreseen is None:
        return (words.gettext("Nobody was invited by e-mail: no letter goes out."),)
    counted = (
        (
            foreseen.changed,
            words.ngettext(
                "%(n)s person who is invited gets a letter with the change",
                "%(n)s people who are invited get a letter with the change",
                len(foreseen.changed),
            ),
        ),
        (
            foreseen.fresh,
            words.ngettext(
                "%(n)s further person gets an invitation",
                "%(n)s further people get an invitation",
                len(foreseen.fresh),
            ),
        ),
        (
            foreseen.gone,
            words.ngettext(
                "%(n)s person gets a letter that the invitation is withdrawn",
                "%(n)s people get a letter that the invitation is withdrawn",
                len(foreseen.gone),
            ),
        ),
    )
    found = tuple(f"{said}: {shortened(words, names)}." for names, said in counted if names)
    return found or (words.gettext("No letter goes out: nothing of it stands in an invitation."),)


def _schedules(words: Language, points: PointsChanged) -> tuple[str, ...]:
    if not points.is_told:
        return ()
    counted = (
        (
            points.kept,
            words.ngettext(
                "%(n)s point gets the new schedule.",
                "%(n)s points get the new schedule.",
                points.kept,
            ),
        ),
        (
            points.new,
            words.ngettext(
                "%(n)s further point gets the meeting.",
                "%(n)s further points get the meeting.",
                points.new,
            ),
        ),
        (
            points.gone,
            words.ngettext(
                "%(n)s point forgets the meeting.",
                "%(n)s points forget the meeting.",
                points.gone,
            ),
        ),
    )
    return tuple(said for count, said in counted if count)


def shortened(words: Language, names: Sequence[str]) -> str:
    """Return names with commas, of many the first."""
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return words.gettext("%(names)s and %(n)s more", names=shown, n=more) if more > 0 else shown


def differing(
    words: Language,
    typed: Entered,
    kept: Entered,
    units: Mapping[str, str],
    names: Mapping[str, str],
) -> tuple[Differs, ...]:
    """Return which fields a meeting has otherwise than they were typed, and how.

    Args:
        units: what units are called, by their ids.
        names: what points are called, by their ids.
    """
    said = _said(words, kept, units, names)
    ours = {one.name for one in fields(Entered)}.intersection(_FIELDS)
    found = [
        Differs(words.gettext(title), said[name])
        for name, title in _FIELDS.items()
        if name in ours and getattr(typed, name) != getattr(kept, name)
    ]
    if set(typed.point_ids) != set(kept.point_ids):
        count = words.ngettext("%(n)s point", "%(n)s points", len(kept.point_ids))
        found.append(Differs(words.gettext(_POINTS), count))
    if typed.agenda != kept.agenda:
        items = "; ".join(f"{n}. {one.title}" for n, one in enumerate(kept.agenda, start=1))
        found.append(Differs(words.gettext(_AGENDA), items or "–"))
    return tuple(found)


def _said(
    words: Language, kept: Entered, units: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Return every field as a person reads it."""

    def chosen(choices: Sequence[Choice]) -> str:
        return next((one.name for one in choices if one.is_chosen), "–")

    year, month, day = (*kept.date.split("-"), "", "")[:3]
    return {
        "title": kept.title,
        "document_number": kept.document_number or "–",
        "secretary": kept.secretary or "–",
        "chair_name": kept.chair_name or "–",
        "held_as": chosen(kinds.held_as_choices(words, kept.held_as)),
        "kind": chosen(kinds.kind_choices(words, kept.kind)),
        "level": chosen(kinds.level_choices(words, kept.level)),
        "owner": chosen(kinds.owner_choices(words, kept.owner)),
        "mode": chosen(kinds.mode_choices(words, kept.mode)),
        "minutes": chosen(kinds.duration_choices(words, kept.minutes)),
        "host_unit_id": units.get(kept.host_unit_id, "–"),
        "chair_point_id": names.get(kept.chair_point_id, kept.chair_point_id),
        "date": f"{day}/{month}/{year}",
        "begins": kept.begins,
        "is_recorded": words.gettext("yes") if kept.is_recorded else words.gettext("no"),
    }


def gone_unit(words: Language, points: Mapping[str, str], chosen: Sequence[str]) -> UnitChoice:
    """Return points that are no more as a unit to choose from, so that what was held keeps them."""
    return UnitChoice(
        id="",
        name=words.gettext("Points that are no more"),
        depth=0,
        below="",
        points=tuple(Choice(one, name, is_chosen=one in chosen) for one, name in points.items()),
    )


def heading(words: Language, meeting: Meeting, *, is_over: bool) -> str:
    """Return what the page is called."""
    text = N_("Correct “%(title)s”") if is_over else N_("Change “%(title)s”")
    return words.gettext(text, title=meeting.title)
