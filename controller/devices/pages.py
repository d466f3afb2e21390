"""A point's devices: the form that adds or changes one, and the buttons beside them."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.devices import device_form, device_queries, view
from controller.devices.entered import DeviceEntered
from controller.devices.service import PointDevices
from controller.devices.tables import PointDevice
from controller.errors import NotFound, RequestError
from controller.places import service as places
from controller.places.service import Point
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, acted, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/points/{point_id}/devices/new")
def new(asked: AskedByAdmin) -> Response:
    """Return the form of a new device."""
    return _form(asked, None, DeviceEntered())


@router.post("/points/{point_id}/devices")
def add(asked: AskedByAdmin, form: Sent) -> Response:
    """Add a device; what is wrong is said in its form."""
    point, typed = _point(asked), device_form.entered_of(texts_of(form))
    try:
        devices = asked.web.part(PointDevices)
        name = devices.add(point.point_id, typed, actor=asked.person.user_name)
    except RequestError as exc:
        return _form(asked, None, typed.again(exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.ADD_DEVICE, name)
    return RedirectResponse(view.back(point.point_id), status_code=303)


@router.get("/points/{point_id}/devices/{device_id}")
def shown(asked: AskedByAdmin) -> Response:
    """Return the form that changes a device, without its secrets."""
    row = _device(asked)
    return _form(asked, row, device_form.kept_of(row))


@router.post("/points/{point_id}/devices/{device_id}")
def change(asked: AskedByAdmin, form: Sent) -> Response:
    """Change a device; a secret that was left open stays."""
    row, typed = _device(asked), device_form.entered_of(texts_of(form))
    try:
        name = asked.web.part(PointDevices).change(row.point_id, row.device_id, typed)
    except RequestError as exc:
        return _form(asked, row, typed.again(exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.CHANGE_DEVICE, name)
    return RedirectResponse(view.back(row.point_id), status_code=303)


@router.post("/points/{point_id}/devices/{device_id}/remove")
def remove(asked: AskedByAdmin) -> Response:
    """Remove a device."""
    row = _device(asked)
    name = asked.web.part(PointDevices).remove(row.point_id, row.device_id)
    _note(asked, Action.REMOVE_DEVICE, name)
    return RedirectResponse(view.back(row.point_id), status_code=303)


@router.post("/points/{point_id}/devices/{device_id}/ask")
def ask(asked: AskedByAdmin) -> Response:
    """Have a device asked at once; what it says comes to the page by itself."""
    row = _device(asked)
    asked.web.part(PointDevices).ask(row.point_id, row.device_id)
    return acted(asked.request, view.back(row.point_id))


def _point(asked: PageRequest) -> Point:
    found = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if found is None:
        raise NotFound("điểm cầu", "point")
    return found


def _device(asked: PageRequest) -> PointDevice:
    point = _point(asked)
    row = device_queries.device(asked.state, point.point_id, asked.named("device_id"))
    if row is None:
        raise NotFound("thiết bị", "device")
    return row


def _form(
    asked: PageRequest, row: PointDevice | None, typed: DeviceEntered, *, status: int = 200
) -> Response:
    shown_form = device_form.form_view(asked.words, _point(asked), row, typed)
    return asked.page("devices/device_form.html", "points", status=status, view=shown_form)


def _note(asked: PageRequest, action: Action, name: str) -> None:
    actor, subject = asked.person.user_name, asked.named("point_id")
    noted(asked.web, asked.request, action, actor=actor, subject=subject, detail=name)
