"""The rooms of a form's meeting: those there are at its hour, and whose yes they need."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts.ids import PointId
from controller.meetings.holds import hold_queries, holding
from controller.meetings.holds.asker import asker
from controller.meetings.holds.rules import RoomHours
from controller.meetings.tables import Meeting
from controller.meetings.views import booking_form
from controller.meetings.views import booking_rooms as view
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.booking_rooms import RoomsChosen, RoomsNote
from controller.people import accounts
from controller.places import service as places
from controller.places.owner import Owner
from controller.places.service import PlacesNow
from controller.web.page_request import PageRequest


def offered_at(asked: PageRequest, entered: Entered) -> datetime:
    """Return for which instant points are offered: the meeting's hour, now where none is known."""
    times = booking_form.span(entered)
    return times[0] if times else asked.now


def names_then(asked: PageRequest, entered: Entered) -> dict[str, str]:
    """Return what the points are called that are offered, by id."""
    return places.as_of(asked.state, offered_at(asked, entered)).point_names


def _hours(entered: Entered, changed: Meeting | None) -> RoomHours | None:
    """Return the meeting's hours; where the form has none, those of the meeting it changes."""
    if times := booking_form.span(entered):
        return RoomHours(*times)
    return RoomHours(changed.begins_at, changed.ends_at) if changed else None


def rooms_note(
    asked: PageRequest,
    entered: Entered,
    known: PlacesNow,
    at: datetime,
    changed: Meeting | None = None,
) -> RoomsNote:
    """Return what the form says of its rooms as it is shown.

    Args:
        known: the places of `at`, which are those that are offered.
        changed: the meeting that the form changes; it says itself which of its points are no more.
    """
    words, names = asked.words, known.point_names
    every = [PointId(one) for one in names]
    wanted = _asked(asked, entered, every, changed)
    gone = () if changed else [one for one in entered.point_ids if one not in names]
    return RoomsNote(
        offered_at=at.isoformat(),
        needed=_needed(asked, entered, wanted, names),
        missing=view.missing(words, _called(asked, gone)),
        notes=view.notes(words, wanted),
    )


def rooms_chosen(
    asked: PageRequest, entered: Entered, shown_at: str, changed: Meeting | None
) -> RoomsNote:
    """Return what is said of the rooms that are chosen so far.

    Args:
        shown_at: for which instant points are offered, as the form says; empty: for now.
    """
    words, hours = asked.words, _hours(entered, changed)
    at = hours.begins_at if hours else asked.now
    then = {one.point_id: one.name for one in places.points(asked.state, at=at)}
    shown = _offered(asked, shown_at, then, at)
    wanted = _asked(asked, entered, [PointId(one) for one in entered.point_ids], changed)
    gone = [one for one in entered.point_ids if one not in then]
    return RoomsNote(
        offered_at=shown_at,
        needed=_needed(asked, entered, wanted, then),
        missing=view.missing(words, _called(asked, gone)),
        other_day="" if shown == set(then) else view.other_day(words, at),
    )


def _offered(asked: PageRequest, shown_at: str, then: Mapping[str, str], at: datetime) -> set[str]:
    """Return the points that the form offers; what it says of them is judged as typed."""
    try:
        shown = datetime.fromisoformat(shown_at)
    except ValueError:
        return set(then)
    if shown.tzinfo is None or shown == at:
        return set(then)
    return {one.point_id for one in places.points(asked.state, at=shown)}


def _asked(
    asked: PageRequest, entered: Entered, points: Sequence[PointId], changed: Meeting | None
) -> dict[PointId, Owner]:
    who = asker(asked.state, asked.web.settings, asked.person.user_name)
    return holding.would_ask(asked.state, who, points, _hours(entered, changed), changed)


def _needed(
    asked: PageRequest,
    entered: Entered,
    wanted: Mapping[PointId, Owner],
    names: Mapping[str, str],
) -> tuple[view.YesNeeded, ...]:
    if not wanted:
        return ()
    chosen = frozenset(entered.point_ids)
    facts = RoomsChosen(wanted, chosen, names, approvers(asked))
    return view.needed(asked.words, facts)


def approvers(asked: PageRequest) -> dict[Owner, list[str]]:
    """Return the names of who agrees, by owner."""
    roles = [one for one in hold_queries.roles(asked.state) if one.approves]
    called = accounts.display_names(asked.state, {one.user_name for one in roles})
    found: dict[Owner, list[str]] = {}
    for one in roles:
        found.setdefault(Owner(one.owner), []).append(called.get(one.user_name, one.user_name))
    return found


def _called(asked: PageRequest, point_ids: Sequence[str]) -> list[str]:
    if not point_ids:
        return []
    known = places.points_by_id(asked.state, [PointId(one) for one in point_ids])
    return [known[PointId(one)].name for one in point_ids if PointId(one) in known]
