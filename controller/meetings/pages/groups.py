"""Saved groups of points: listed, made, changed, deleted by the office."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadEntry, RequestError
from controller.health import service as health
from controller.meetings.prepared import group_queries
from controller.meetings.prepared.acts import PreparingActs
from controller.meetings.prepared.groups import MAX_GROUPS, GroupForm, found_group
from controller.meetings.prepared.points import SavedGroup, by_numbers
from controller.meetings.views import groups as view
from controller.meetings.views.groups import GroupEntered
from controller.places import service as places
from controller.web.page_request import AskedByOffice, PageRequest, Sent, text_of
from controller.web.schemas import MOST_ROW_NUMBER

router = APIRouter(include_in_schema=False)

_MOST_NUMBER = 9999
_NUMBER_OF = "at:"  # then the point's id: the number typed beside it


@router.get("/meetings/groups")
def listed(asked: AskedByOffice) -> Response:
    """Show all groups."""
    names = places.as_of(asked.state, asked.now).point_names
    shown = view.listed(asked.words, group_queries.every(asked.state), names, most=MAX_GROUPS)
    return asked.page("meetings/groups.html", "meetings", view=shown)


@router.get("/meetings/groups/new")
def empty(asked: AskedByOffice) -> Response:
    """Show the form of a new group."""
    return _form(asked, None, GroupEntered())


@router.post("/meetings/groups/new")
def make(asked: AskedByOffice, acts: PreparingActs, form: Sent) -> Response:
    """Save a group; what is wrong is said in its form."""
    typed = _entered(form)
    try:
        made = acts.make_group(_read(typed))
    except RequestError as exc:
        return _form(asked, None, typed, exc)
    return _to(made.group_id)


@router.get("/meetings/groups/{group_id}")
def shown(asked: AskedByOffice) -> Response:
    """Show a group with the form that changes it."""
    group = found_group(asked.state, asked.named("group_id"))
    return _form(asked, group, view.entered_of(group))


@router.post("/meetings/groups/{group_id}")
def change(asked: AskedByOffice, acts: PreparingActs, form: Sent) -> Response:
    """Change a group; what is wrong is said in its form."""
    group, typed = found_group(asked.state, asked.named("group_id")), _entered(form)
    try:
        expected = numbers.whole(typed.revision, most=MOST_ROW_NUMBER) if typed.revision else None
        acts.change_group(group.group_id, _read(typed), expected=expected)
    except RequestError as exc:
        return _form(asked, group, typed, exc)
    except MalformedNumber as exc:
        raise BadEntry("Trang gửi nội dung không đọc được. Tải lại trang.", str(exc)) from exc
    return _to(group.group_id)


@router.post("/meetings/groups/{group_id}/remove")
def remove(acts: PreparingActs, group_id: str) -> Response:
    """Delete a group."""
    acts.remove_group(group_id)
    return RedirectResponse("/meetings/groups", status_code=303)


def _entered(form: FormData) -> GroupEntered:
    typed = {
        name.removeprefix(_NUMBER_OF): text_of(form, name).strip()
        for name in form
        if name.startswith(_NUMBER_OF)
    }
    added = [value for value in form.getlist("participants") if isinstance(value, str)]
    return GroupEntered(
        name=text_of(form, "name").strip(),
        chair_point_id=text_of(form, "chair_point_id"),
        numbers=typed,
        added=tuple(dict.fromkeys(added)),
        revision=text_of(form, "revision"),
    )


def _read(typed: GroupEntered) -> GroupForm:
    """Return the group that was entered: points by their numbers, then those that were added.

    Raises:
        BadEntry: a number is none.
    """
    places_of: dict[str, int] = {}
    for point_id, number in (typed.numbers or {}).items():
        try:
            if number:
                places_of[point_id] = numbers.whole(number, least=1, most=_MOST_NUMBER)
        except MalformedNumber as exc:
            raise BadEntry(
                f"Thứ tự “{number[:20]}” không phải là số từ 1 đến {_MOST_NUMBER}.",
                f"The place “{number[:20]}” is not a number from 1 to {_MOST_NUMBER}.",
            ) from exc
    return GroupForm(typed.name, (*by_numbers(places_of), *typed.added), typed.chair_point_id)


def _form(
    asked: PageRequest,
    group: SavedGroup | None,
    typed: GroupEntered,
    problem: RequestError | None = None,
) -> Response:
    known = places.as_of(asked.state, asked.now)
    states = health.point_states(asked.series, known.points, asked.now)
    listed = places.points_by_id(asked.state, typed.numbers or {})
    called = {str(point_id): one.name for point_id, one in listed.items()}
    said = problem.said_in(asked.words.code) if problem else ""
    shown = view.view(asked.words, group, typed, known, states, called, problem=said)
    status = problem.status if problem else 200
    return asked.page("meetings/group.html", "meetings", status=status, view=shown)


def _to(group_id: str) -> Response:
    return RedirectResponse(f"/meetings/groups/{group_id}", status_code=303)
