"""Changes of the tree, for administrators' programs: listed, looked through, taken, taken back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from controller.audit.service import Action
from controller.places import changing, tree_acts, tree_entered
from controller.places.changing import TreeDesk
from controller.places.tree_change import ChangeKind
from controller.places.tree_entered import ChangeEntered
from controller.places.tree_schemas import TreeChangeIn, TreeChangeOut, TreeDrawnOut
from controller.places.views.place_forms import new_id
from controller.web.deps import Admin, StateSession, Viewer, WebParts

router = APIRouter(prefix="/api/v1/tree/changes", tags=["points"])
MOST_GIVEN = 30  # each with its document, of a file up to 20,000 rows


@router.get("")
def listed(
    session: StateSession,
    _: Viewer,
    skip: Annotated[int, Query(ge=0, le=changing.MOST_CHANGES)] = 0,
    most: Annotated[int, Query(ge=1, le=MOST_GIVEN)] = MOST_GIVEN,
) -> list[TreeChangeOut]:
    """Return what was decided of the tree and what it does, what is to come first."""
    return [TreeChangeOut.of(one) for one in changing.changes(session, most=most, skip=skip)]


@router.get("/{change_id}")
def shown(session: StateSession, _: Viewer, change_id: str) -> TreeChangeOut:
    """Return all that a change does."""
    return TreeChangeOut.of(changing.change_of(session, change_id))


@router.post("/drawn")
def drawn(web: WebParts, session: StateSession, _: Admin, form: TreeChangeIn) -> TreeDrawnOut:
    """Return what a change would do, and the meetings it concerns; nothing is written."""
    make = tree_entered.change_of(_entered(form), web.now(), new_id)
    return TreeDrawnOut.of(web.part(TreeDesk).drawn(session, make))


@router.post("", status_code=201)
def take(
    web: WebParts, session: StateSession, person: Admin, request: Request, form: TreeChangeIn
) -> TreeChangeOut:
    """Take a change; 409 where the tree is another than the one of `seen`."""
    make = tree_entered.change_of(_entered(form), web.now(), new_id)
    basis, actor = tree_entered.basis(form.basis), person.user_name
    change_id = web.part(TreeDesk).take(make, basis=basis, actor=actor, seen=form.seen)
    tree_acts.note(web, request, person, Action.CHANGE_TREE, change_id, form.kind)
    return TreeChangeOut.of(changing.change_of(session, change_id))


@router.post("/{change_id}/take-back")
def take_back(web: WebParts, person: Admin, request: Request, change_id: str) -> TreeChangeOut:
    """Have everything stand as if a change had not been; 409 says what is in the way."""
    row = web.part(TreeDesk).take_back(change_id, actor=person.user_name)
    tree_acts.note(web, request, person, Action.TAKE_BACK_TREE_CHANGE, change_id)
    return TreeChangeOut.of(row)


def _entered(form: TreeChangeIn) -> ChangeEntered:
    fields = form.model_dump(exclude={"kind", "seen", "units", "taken", "owner"})
    return ChangeEntered(
        ChangeKind(form.kind),
        units=tuple(form.units),
        taken=tuple(form.taken),
        owner=form.owner.value if form.owner else "",
        **fields,
    )
