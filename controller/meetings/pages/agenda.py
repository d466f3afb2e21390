"""Agendas on pages: as a form sends one, and the console's buttons that go through it."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.errors import BadRequest
from controller.meetings import agenda_entered
from controller.meetings.acts import OfficeActs
from controller.meetings.agenda import MAX_ITEMS
from controller.meetings.agenda_entered import AgendaTyped
from controller.web.page_request import Sent, acted, text_of

router = APIRouter(include_in_schema=False)


def typed_agenda(form: FormData) -> tuple[AgendaTyped, ...]:
    """Return the rows of an agenda that a form sent."""

    def several(name: str) -> list[str]:
        return [value for value in form.getlist(name) if isinstance(value, str)]

    names = ("agenda_title", "agenda_minutes", "agenda_speaker")
    return agenda_entered.typed(*(several(name) for name in names))


@router.post("/meetings/{meeting_id}/agenda")
def come_to(acts: OfficeActs, meeting_id: str, form: Sent) -> Response:
    """Come to an item of the agenda; everyone's page follows by the stream."""
    index, seen = _index(form, "item"), _index(form, "seen")
    acts.come_to_item(meeting_id, index, seen=seen, is_undone=text_of(form, "undo") == "yes")
    return acted(acts.request, f"/meetings/{meeting_id}")


def _index(form: FormData, name: str) -> int:
    try:
        return numbers.whole(text_of(form, name), most=MAX_ITEMS)
    except MalformedNumber as exc:
        raise BadRequest(
            "invalid_request",
            "Chương trình không có mục này. Tải lại trang.",
            "The agenda has no such item. Reload the page.",
        ) from exc
