"""Carriers for people: the list, one with its lines, the form of a contract."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from contracts.local_days import day_of
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.carriers import entered, removal, service, view
from controller.carriers.entered import CarrierEntered, TermsEntered
from controller.carriers.line_contract import LineContract
from controller.carriers.service import CarrierDesk
from controller.errors import BadEntry, Conflict, NotFound
from controller.health import report_spans
from controller.people import accounts
from controller.places import service as places
from controller.web.page_request import Asked, AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)


@router.get("/carriers")
def listed(asked: Asked) -> Response:
    """Show all carriers, and which points have no contract."""
    return _list(asked, CarrierEntered())


@router.post("/carriers")
def add(asked: AskedByOffice, form: Sent) -> Response:
    """Add a carrier; what is wrong is said in its form."""
    typed = _carrier_typed(form)
    try:
        name = asked.web.part(CarrierDesk).add(typed, now=asked.now)
    except BadEntry as exc:
        return _list(asked, replace(typed, problem=exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.ADD_CARRIER, name, typed.name)
    return RedirectResponse(f"/carriers/{name}", status_code=303)


@router.get("/carriers/contracts/new")
def new_contract(asked: AskedByOffice, carrier: str = "", point: str = "") -> Response:
    """Return the form of a new contract."""
    rate = None
    if point:
        found = places.point(asked.state, point, at=asked.now)
        if found is None:
            raise NotFound("điểm cầu", "point")
        rate = found.contract_rate_bps
    speed = entered.mbps(rate) if rate else ""
    first = day_of(asked.now).replace(day=1).isoformat()
    typed = TermsEntered(point=point, carrier=carrier, down=speed, up=speed, begins_on=first)
    return _contract(asked, typed)


@router.post("/carriers/contracts")
def add_contract(asked: AskedByOffice, form: Sent) -> Response:
    """Note a contract; what is wrong is said in its form."""
    return _agreed(asked, _terms_typed(form), Action.ADD_CONTRACT)


@router.get("/carriers/contracts/{contract_id}")
def contract(asked: Asked) -> Response:
    """Show a contract with its history, and to the office the form that changes it."""
    history = service.history(asked.state, asked.named("contract_id"))
    return _contract(asked, entered.typed_of(history[-1].terms), history)


@router.post("/carriers/contracts/{contract_id}")
def change_contract(asked: AskedByOffice, form: Sent) -> Response:
    """Change a contract; its point stays, what is wrong is said in its form."""
    known = service.changeable(asked.state, asked.named("contract_id"))
    typed = replace(_terms_typed(form), point=known.terms.point_id)
    return _agreed(asked, typed, Action.CHANGE_CONTRACT, known.contract_id)


@router.post("/carriers/contracts/{contract_id}/withdraw")
def withdraw_contract(asked: AskedByOffice) -> Response:
    """Withdraw a contract that was noted by mistake."""
    name = asked.named("contract_id")
    one = asked.web.part(CarrierDesk).withdraw(name, actor=asked.person.user_name, now=asked.now)
    _note(asked, Action.WITHDRAW_CONTRACT, name, one.terms.number)
    return RedirectResponse(f"/carriers/{one.terms.carrier_id}", status_code=303)


@router.get("/carriers/{carrier_id}")
def shown(asked: Asked) -> Response:
    """Show one carrier: its lines and the months of its evidence."""
    return _page(asked)


@router.post("/carriers/{carrier_id}")
def rename(asked: AskedByOffice, form: Sent) -> Response:
    """Change a carrier's name and number; what is wrong is said in its form."""
    typed, name = _carrier_typed(form), asked.named("carrier_id")
    try:
        asked.web.part(CarrierDesk).rename(name, typed)
    except BadEntry as exc:
        return _page(asked, replace(typed, problem=exc.said_in(asked.words.code)), status=422)
    _note(asked, Action.CHANGE_CARRIER, name, typed.name)
    return RedirectResponse(f"/carriers/{name}", status_code=303)


@router.post("/carriers/{carrier_id}/remove")
def remove(asked: AskedByOffice) -> Response:
    """Remove a carrier that was entered by mistake; where that cannot be its page says why."""
    name = asked.named("carrier_id")
    try:
        called = removal.remove(asked.web.state, name, now=asked.now)
    except Conflict as exc:
        return _page(asked, refused=exc.said_in(asked.words.code), status=exc.status)
    _note(asked, Action.REMOVE_CARRIER, name, called)
    return RedirectResponse(f"/carriers/{name}", status_code=303)


@router.post("/carriers/{carrier_id}/restore")
def restore(asked: AskedByOffice) -> Response:
    """Have a carrier back that was removed; where that cannot be its page says why."""
    name = asked.named("carrier_id")
    try:
        called = removal.restore(asked.web.state, name)
    except BadEntry as exc:
        return _page(asked, refused=exc.said_in(asked.words.code), status=exc.status)
    _note(asked, Action.RESTORE_CARRIER, name, called)
    return RedirectResponse(f"/carriers/{name}", status_code=303)


def _list(asked: PageRequest, form: CarrierEntered, *, status: int = 200) -> Response:
    held = service.contracts(asked.state)
    points = places.points(asked.state, at=asked.now)
    without = service.without_contract(points, held, asked.now)
    shown_view = view.carriers_view(
        asked.words,
        service.carriers(asked.state),
        service.removed(asked.state),
        held,
        [(one.point_id, one.name) for one in without],
        form,
        asked.now,
    )
    return asked.page("carriers/carriers.html", "points", status=status, view=shown_view)


def _page(
    asked: PageRequest,
    form: CarrierEntered | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> Response:
    one = service.carrier_of(asked.state, asked.named("carrier_id"))
    held = service.contracts(asked.state)
    known = places.points_by_id(asked.state, [of.terms.point_id for of in held])
    shown_view = view.carrier_view(
        asked.words,
        one,
        held,
        {str(key): point.name for key, point in known.items()},
        report_spans.months(asked.now),
        form or CarrierEntered(one.name, one.phone),
        asked.now,
        refused,
    )
    return asked.page("carriers/carrier.html", "points", status=status, view=shown_view)


def _agreed(
    asked: PageRequest, typed: TermsEntered, action: Action, contract_id: str = ""
) -> Response:
    try:
        terms = entered.terms(typed)
        one = asked.web.part(CarrierDesk).agree(
            terms, actor=asked.person.user_name, now=asked.now, contract_id=contract_id
        )
    except BadEntry as exc:
        history = service.history(asked.state, contract_id) if contract_id else ()
        again = replace(typed, problem=exc.said_in(asked.words.code))
        return _contract(asked, again, history, status=422)
    _note(asked, action, one.contract_id, terms.number)
    return RedirectResponse(f"/carriers/{terms.carrier_id}", status_code=303)


def _contract(
    asked: PageRequest,
    form: TermsEntered,
    history: Sequence[LineContract] = (),
    *,
    status: int = 200,
) -> Response:
    points = places.points(asked.state, at=asked.now)
    known = places.points_by_id(asked.state, [form.point])
    name = next((one.name for one in known.values()), form.point)
    shown_view = view.contract_view(
        asked.words,
        service.carriers(asked.state),
        [(one.point_id, one.name) for one in points],
        form,
        history,
        name,
        accounts.display_names(asked.state, {one.made_by for one in history}),
    )
    return asked.page("carriers/contract.html", "points", status=status, view=shown_view)


def _carrier_typed(form: Sent) -> CarrierEntered:
    return CarrierEntered(text_of(form, "name"), text_of(form, "phone"))


def _terms_typed(form: Sent) -> TermsEntered:
    names = ("point", "carrier", "number", "down", "up", "promised", "repair", "begins_on",
             "ends_on")  # fmt: skip
    return TermsEntered(**{name: text_of(form, name) for name in names})


def _note(asked: PageRequest, action: Action, subject: str, detail: str) -> None:
    noted(
        asked.web,
        asked.request,
        action,
        actor=asked.person.user_name,
        subject=subject,
        detail=detail,
    )
