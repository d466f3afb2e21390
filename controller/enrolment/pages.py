"""The code that enrols a point's machine, shown once; and taking its certificate back."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.enrolment import code_view, revocation
from controller.enrolment import service as enrolment
from controller.enrolment.pki import AuthorityCertificate
from controller.errors import NotFound
from controller.knock import Knocker
from controller.places import service as places
from controller.places.tree import ancestors
from controller.web.page_request import AskedByAdmin, PageRequest

router = APIRouter(include_in_schema=False)


@router.post("/points/{point_id}/code")
def issue_code(asked: AskedByAdmin) -> Response:
    """Make an enrolment code and show it, this once."""
    web, words = asked.web, asked.words
    point = places.point(asked.state, asked.named("point_id"), at=asked.now)
    if point is None:
        raise NotFound("điểm cầu", "point")
    made = enrolment.make_code(
        web.state,
        web.part(AuthorityCertificate),
        point.point_id,
        valid_h=web.settings.enrolment.code_valid_h,
        actor=asked.person.user_name,
        now=asked.now,
    )
    _note(asked, Action.MAKE_CODE)
    shown = code_view.code(words, made.code, made.expires_at, _address(asked))
    path = ancestors(places.units(asked.state, at=asked.now), point.unit_id)
    about = code_view.about(words, point, path)
    return asked.page("enrolment/point_code.html", "points", view=about, code=shown)


@router.post("/points/{point_id}/revoke")
def revoke(asked: AskedByAdmin) -> Response:
    """Take the point's certificate back."""
    point_id = asked.named("point_id")
    revocation.revoke(asked.web.state, point_id, now=asked.now)
    _note(asked, Action.REVOKE)
    asked.web.part(Knocker).knock()
    return RedirectResponse(f"/points/{point_id}", status_code=303)


def _note(asked: PageRequest, action: Action) -> None:
    actor, subject = asked.person.user_name, asked.named("point_id")
    noted(asked.web, asked.request, action, actor=actor, subject=subject)


def _address(asked: PageRequest) -> str:
    """Return where the point's machine reaches the centre: as this browser does, over HTTPS."""
    url, settings = asked.request.url, asked.web.settings
    if url.scheme == "https":
        return f"https://{url.netloc}"
    return f"https://{settings.public_hosts[0]}:{settings.web.https_port}"
