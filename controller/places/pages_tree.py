"""Changes of the tree for people: what was decided, a new one looked through, files, undoing."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from controller.audit.service import Action
from controller.errors import Conflict, NotFound, RequestError
from controller.places import changing, tree_acts, tree_entered, tree_file
from controller.places import service as places
from controller.places.changing import TreeDesk
from controller.places.importing import TreeImports
from controller.places.tree_change import ChangeKind
from controller.places.tree_entered import ChangeEntered
from controller.places.views import place_forms, tree_files
from controller.places.views import tree_changes as view
from controller.web.download import csv_download, download
from controller.web.forms import brings_file, file_of
from controller.web.page_request import Asked, AskedByAdmin, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
MOST_LISTED = 30  # each with its document, of a file up to 20,000 rows
MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_REQUEST_BYTES = MAX_FILE_BYTES + 64 * 1024
FILE_ADDRESS = "/tree/import"
_UNSEEN = Conflict(
    "not_looked_through",
    "Nội dung nhập chưa được xem trước như thế này. Chưa ghi gì; xem lại bên dưới rồi xác nhận.",
    "What was entered was not looked through like this. Nothing was written; look below.",
)


@router.get("/tree")
def listed(
    asked: Asked, skip: Annotated[int, Query(ge=0, le=changing.MOST_CHANGES)] = 0
) -> Response:
    """Show what was decided of the tree, what is to come first."""
    return _list(asked, skip=skip)


@router.get("/tree/new")
def new(asked: AskedByAdmin, kind: str = "merge", thing: str = "") -> Response:
    """Return the form of a change."""
    return _form(asked, ChangeEntered(_kind(kind), thing=thing))


@router.post("/tree/new")
def look_or_take(asked: AskedByAdmin, form: Sent) -> Response:
    """Show what a change would do, or take it as it was shown."""
    typed = _typed(form)
    desk = asked.web.part(TreeDesk)
    try:
        basis = tree_entered.basis(typed.basis)
        make = tree_entered.change_of(typed, asked.now, place_forms.new_id)
        tree_seen, _, typed_seen = text_of(form, "seen").partition(":")
        if text_of(form, "action") != "take":
            return _form(asked, typed, drawn=desk.drawn(asked.state, make))
        if typed_seen != typed.digest:
            unseen = typed.with_problem(_UNSEEN.said_in(asked.words.code))
            return _form(asked, unseen, drawn=desk.drawn(asked.state, make), status=409)
        change_id = desk.take(make, basis=basis, actor=asked.person.user_name, seen=tree_seen)
    except RequestError as exc:
        problem = exc.said_in(asked.words.code)
        return _form(asked, typed.with_problem(problem), status=exc.status)
    _note(asked, Action.CHANGE_TREE, change_id, typed.kind.value)
    return RedirectResponse("/tree", status_code=303)


@router.get("/tree/changes/{change_id}")
def shown(asked: Asked) -> Response:
    """Show all that a change alters."""
    row = changing.change_of(asked.state, asked.named("change_id"))
    return asked.page(
        "places/tree_shown.html", "points", view=view.shown(asked.words, row, asked.now)
    )


@router.post("/tree/changes/{change_id}/take-back")
def take_back(asked: AskedByAdmin) -> Response:
    """Take a change back; where that cannot be the page says why."""
    change_id = asked.named("change_id")
    try:
        asked.web.part(TreeDesk).take_back(change_id, actor=asked.person.user_name)
    except Conflict as exc:
        return _list(asked, exc.said_in(asked.words.code), status=exc.status)
    _note(asked, Action.TAKE_BACK_TREE_CHANGE, change_id)
    return RedirectResponse("/tree", status_code=303)


@router.get(FILE_ADDRESS)
def brought(asked: AskedByAdmin) -> Response:
    """Show the form that brings a file, or what the one that was brought would do."""
    return _file(asked)


@router.post(FILE_ADDRESS)
@brings_file
def bring(asked: AskedByAdmin, form: Sent) -> Response:
    """Take in a file to be looked through."""
    name, content = file_of(form, "file")
    try:
        at = tree_entered.in_force(text_of(form, "day"), asked.now)
        asked.web.part(TreeImports).bring(
            content,
            name,
            actor=asked.person.user_name,
            at=at,
            ends_missing=text_of(form, "ends_missing") == "1",
        )
    except RequestError as exc:
        return _file(asked, exc.said_in(asked.words.code), status=exc.status)
    return RedirectResponse(FILE_ADDRESS, status_code=303)


@router.post("/tree/import/take")
def take_file(asked: AskedByAdmin, form: Sent) -> Response:
    """Take the file that was looked through, as it was."""
    file_id, seen = text_of(form, "file_id"), text_of(form, "seen")
    try:
        done = asked.web.part(TreeImports).take(file_id, seen=seen, actor=asked.person.user_name)
    except RequestError as exc:
        return _file(asked, exc.said_in(asked.words.code), status=exc.status)
    detail = f"+{done.units_added} đơn vị (units), +{done.points_added} điểm cầu (points)"
    _note(asked, Action.IMPORT_PLACES, done.change_id, detail)
    return RedirectResponse("/tree", status_code=303)


@router.post("/tree/import/drop")
def drop_file(asked: AskedByAdmin) -> Response:
    """Forget the file; nothing of it was written."""
    asked.web.part(TreeImports).drop(actor=asked.person.user_name)
    return RedirectResponse(FILE_ADDRESS, status_code=303)


@router.get("/tree/units.csv")
def as_csv(asked: Asked) -> Response:
    """Return units and points as a file that is taken again without a change."""
    tree = places.as_of(asked.state, asked.now).tree
    return csv_download(tree_file.as_csv(tree), "don-vi-diem-cau.csv")


@router.get("/tree/units.json")
def as_json(asked: Asked) -> Response:
    """Return the same as JSON."""
    tree = places.as_of(asked.state, asked.now).tree
    text = json.dumps(tree_file.as_document(tree), ensure_ascii=False, indent=1)
    return download(text, "don-vi-diem-cau.json", "application/json")


@router.get("/tree/sample.csv")
def sample(_: Asked) -> Response:
    """Return a sample file."""
    return csv_download(tree_file.sample(), "mau-don-vi-diem-cau.csv")


def _typed(form: Sent) -> ChangeEntered:
    return ChangeEntered(
        _kind(text_of(form, "kind")),
        text_of(form, "day"),
        text_of(form, "basis"),
        text_of(form, "name"),
        text_of(form, "thing"),
        text_of(form, "under"),
        text_of(form, "into"),
        tuple(str(one) for one in form.getlist("units")),
        tuple(str(one) for one in form.getlist("taken")),
        owner=text_of(form, "owner"),
    )


def _kind(text: str) -> ChangeKind:
    try:
        kind = ChangeKind(text)
    except ValueError as exc:
        raise NotFound("loại thay đổi", "kind of change") from exc
    if kind is ChangeKind.IMPORT:
        raise NotFound("loại thay đổi", "kind of change")
    return kind


def _form(
    asked: PageRequest,
    typed: ChangeEntered,
    *,
    drawn: changing.DrawnChange | None = None,
    status: int = 200,
) -> Response:
    tree = places.as_of(asked.state, asked.now).tree
    shown_view = view.form(asked.words, typed, tree, drawn, asked.now)
    return asked.page("places/tree_change.html", "points", status=status, view=shown_view)


def _list(asked: PageRequest, problem: str = "", *, skip: int = 0, status: int = 200) -> Response:
    rows = changing.changes(asked.state, most=MOST_LISTED + 1, skip=skip)
    older = f"/tree?skip={skip + MOST_LISTED}" if len(rows) > MOST_LISTED else ""
    shown_view = view.listed(asked.words, rows[:MOST_LISTED], asked.now, problem, older)
    return asked.page("places/tree.html", "points", status=status, view=shown_view)


def _file(asked: PageRequest, problem: str = "", *, status: int = 200) -> Response:
    looked = asked.web.part(TreeImports).looked_through(asked.state, asked.person.user_name)
    shown_view = tree_files.file(asked.words, looked, asked.now, problem)
    return asked.page("places/tree_import.html", "points", status=status, view=shown_view)


def _note(asked: PageRequest, action: Action, subject: str, detail: str = "") -> None:
    tree_acts.note(asked.web, asked.request, asked.person, action, subject, detail)
