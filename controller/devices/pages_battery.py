"""The page on which the office says that a battery was replaced, and the way back."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.devices import USB_SUPPLIES
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.devices import batteries, battery_view, device_queries, view
from controller.devices.batteries import Batteries, BatteryEntered
from controller.errors import NotFound, RequestError
from controller.places import service as places
from controller.places.service import Point
from controller.web.page_request import AskedByOffice, PageRequest, Sent, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/points/{point_id}/devices/{device_id}/battery")
def shown(asked: AskedByOffice) -> Response:
    """Return the form, with what was said so far."""
    return _form(asked, BatteryEntered())


@router.post("/points/{point_id}/devices/{device_id}/battery")
def say(asked: AskedByOffice, form: Sent) -> Response:
    """Note that a battery was replaced; what is wrong is said in the form."""
    point, device_id, name = _supply(asked)
    fields = texts_of(form)
    day, by = fields.get("replaced_on", "").strip(), fields.get("replaced_by", "").strip()
    try:
        desk, actor = asked.web.part(Batteries), asked.person.user_name
        said = desk.say(point.point_id, device_id, BatteryEntered(day, by), actor=actor)
    except RequestError as exc:
        typed = BatteryEntered(day, by, exc.said_in(asked.words.code))
        return _form(asked, typed, status=422)
    _note(asked, Action.NOTE_BATTERY, f"{name}: {said}")
    return RedirectResponse(view.back(point.point_id), status_code=303)


@router.post("/points/{point_id}/devices/{device_id}/battery/{change_id}/undo")
def take_back(asked: AskedByOffice, change_id: int) -> Response:
    """Take back what was said; a second time changes nothing."""
    point, device_id, name = _supply(asked)
    day = asked.web.part(Batteries).take_back(point.point_id, device_id, change_id)
    if day is not None:
        _note(asked, Action.TAKE_BACK_BATTERY, f"{name}: {day}")
    return RedirectResponse(view.back(point.point_id), status_code=303)


def _supply(asked: PageRequest) -> tuple[Point, str, str]:
    """Return point, id and name of a device that was entered, or is on USB."""
    point = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if point is None:
        raise NotFound("điểm cầu", "point")
    device_id = asked.named("device_id")
    row = device_queries.device(asked.state, point.point_id, device_id)
    if row is None and device_id not in USB_SUPPLIES:
        raise NotFound("thiết bị", "device")
    return point, device_id, row.name if row else view.usb_place(device_id)


def _form(asked: PageRequest, typed: BatteryEntered, *, status: int = 200) -> Response:
    point, device_id, name = _supply(asked)
    said = batteries.of_device(asked.state, point.point_id, device_id)
    form = battery_view.form_view(asked.words, asked.now, point, device_id, name, said, typed)
    return asked.page("devices/battery_form.html", "points", status=status, view=form)


def _note(asked: PageRequest, action: Action, detail: str) -> None:
    actor, subject = asked.person.user_name, asked.named("point_id")
    noted(asked.web, asked.request, action, actor=actor, subject=subject, detail=detail)
