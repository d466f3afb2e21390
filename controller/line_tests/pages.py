"""Asking for a throughput test of a point's line, and stopping it."""

from fastapi import APIRouter, Response

from contracts.ids import PointId
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.line_tests.service import LineTestDesk
from controller.web.page_request import AskedByOffice, PageRequest, Sent, acted, text_of

router = APIRouter(include_in_schema=False)


@router.post("/points/{point_id}/line-tests")
def ask(asked: AskedByOffice, form: Sent) -> Response:
    """Have the line tested now; refused with why, and when it will be possible."""
    point_id = asked.named("point_id")
    test_id = asked.web.part(LineTestDesk).ask(
        point_id,
        actor=asked.person.user_name,
        is_confirmed=text_of(form, "is_confirmed") == "1",
    )
    return _back(asked, point_id, Action.ASK_LINE_TEST, test_id)


@router.post("/points/{point_id}/line-tests/stop")
def stop(asked: AskedByOffice) -> Response:
    """Have the test that is on stopped."""
    point_id = asked.named("point_id")
    asked.web.part(LineTestDesk).stop(point_id, actor=asked.person.user_name)
    return _back(asked, point_id, Action.STOP_LINE_TEST)


def _back(asked: PageRequest, point_id: str, action: Action, detail: str = "") -> Response:
    asked.web.hub.publish("throughput", {"point_id": PointId(point_id)})
    noted(
        asked.web,
        asked.request,
        action,
        actor=asked.person.user_name,
        subject=point_id,
        detail=detail,
    )
    return acted(asked.request, f"/points/{point_id}#line-tests")
