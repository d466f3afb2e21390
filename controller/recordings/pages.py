"""A meeting's recordings: the list on its page, playing, handing out, deleting."""

import re
import time
from functools import partial
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from contracts.recordings import HANDOUT, STREAMS, SpokenChapter
from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.db.engine import reading
from controller.errors import NotAllowed, RecordingsBusy, StorageError
from controller.meetings import service as meetings
from controller.meetings.service import Meeting
from controller.recordings.disk import ShelfDisk
from controller.recordings.given import GivenFile
from controller.recordings.service import Openings, Shelf
from controller.recordings.shown import may_delete, one_of_shelf, shelf_of
from controller.recordings.view import ShelfView, speeches
from controller.web.deps import Office, Web, WebParts
from controller.web.page_request import Asked, AskedByOffice, PageRequest
from controller.web.signed_in import SignedIn

router = APIRouter(include_in_schema=False)

_TYPES = {HANDOUT: "video/mp4", STREAMS: "video/x-matroska"}
_ADDRESS = "/meetings/{meeting_id}/recordings/{run}"


@router.get("/parts/meetings/{meeting_id}/recordings")
def part(asked: Asked) -> Response:
    """Show the list as it is now."""
    meeting = meetings.found(asked.state, asked.named("meeting_id"))
    return asked.page(
        "recordings/parts/recordings.html", "meetings", shelf=shelf_of(asked, meeting)
    )


@router.get(_ADDRESS + "/play")
def play(asked: AskedByOffice) -> Response:
    """Show one recording, and who spoke when; `from` says from which second it is played."""
    meeting, view = _one(asked)
    chapters = _spoken(asked, meeting)
    asked_from = asked.request.query_params.get("from", "")
    from_s = int(asked_from) if re.fullmatch(r"[0-9]{1,6}", asked_from) else 0
    return asked.page(
        "recordings/recording.html",
        "meetings",
        meeting=meeting,
        shelf=view,
        is_deletion=False,
        speeches=speeches(chapters, from_s=from_s),
        from_s=from_s,
    )


@router.get(_ADDRESS + "/delete")
def ask(asked: AskedByOffice) -> Response:
    """Ask before anything is deleted."""
    meeting, view = _one(asked)
    _refuse_unless_may_delete(asked.person, meeting)
    return asked.page(
        "recordings/recording.html", "meetings", meeting=meeting, shelf=view, is_deletion=True
    )


@router.post(_ADDRESS + "/delete")
def delete(
    web: WebParts,
    person: Office,
    request: Request,
    meeting_id: str,
    run: str,
) -> Response:
    """Have a recording deleted."""
    with reading(web.state) as session:
        meeting = meetings.found(session, meeting_id)
    _refuse_unless_may_delete(person, meeting)
    subject = f"{meeting_id} {run}"
    note = partial(_note, web, request, person, Action.DELETE_RECORDING, subject)

    def ask_away() -> None:
        # Noted by who does it: a disk that is late may do it after nobody waits any more.
        try:
            web.part(Shelf).ask_away(meeting_id, run, before=note)
        except StorageError:
            note(outcome=AuditOutcome.FAILED)
            raise

    web.part(ShelfDisk).ask(ask_away)
    return RedirectResponse(f"/meetings/{meeting_id}#recordings", status_code=303)


@router.get(_ADDRESS + "/{name}")
def fetch(
    web: WebParts,
    person: Office,
    request: Request,
    meeting_id: str,
    run: str,
    name: Literal["recording.mp4", "recording.mkv"],
    save: bool = False,
) -> Response:
    """Give a file, or the range of it that is asked for; `save`: to be kept, not shown."""
    with reading(web.state) as session:  # no longer: the answer may take an hour
        meeting = meetings.found(session, meeting_id)
    disk = web.part(ShelfDisk)
    path = disk.ask_patiently(web.part(Shelf).file, meeting_id, run, name)
    is_saved = save or name == STREAMS
    given = GivenFile(
        path,
        disk,
        media_type=_TYPES[name],
        filename=f"{meeting.title} {run}{path.suffix}" if is_saved else None,
        headers={"Cache-Control": "private, no-store"},
    )
    opened = (person.user_name, meeting_id, run, name)
    if web.part(Openings).is_new(*opened, now_s=time.monotonic()):
        _note(web, request, person, Action.OPEN_RECORDING, f"{meeting_id} {run}", name)
    return given


def _one(asked: PageRequest) -> tuple[Meeting, ShelfView]:
    meeting = meetings.found(asked.state, asked.named("meeting_id"))
    return meeting, one_of_shelf(asked, meeting, asked.named("run"))


def _spoken(asked: PageRequest, meeting: Meeting) -> list[SpokenChapter]:
    """Return who spoke when; without that, where the disk is late with it, there is the picture."""
    disk, shelf = asked.web.part(ShelfDisk), asked.web.part(Shelf)
    try:
        return disk.ask(shelf.chapters, meeting.meeting_id, asked.named("run"))
    except RecordingsBusy:
        return []


def _refuse_unless_may_delete(person: SignedIn, meeting: Meeting) -> None:
    if not may_delete(person, meeting):
        raise NotAllowed(
            "not_allowed",
            "Chỉ người đặt cuộc họp hoặc quản trị viên xóa được bản ghi.",
            "Only who set the meeting, or an administrator, may delete its recordings.",
        )


def _note(
    web: Web,
    request: Request,
    person: SignedIn,
    action: Action,
    subject: str,
    detail: str = "",
    outcome: AuditOutcome = AuditOutcome.DONE,
) -> None:
    noted(
        *(web, request, action),
        actor=person.user_name,
        subject=subject,
        outcome=outcome,
        detail=detail,
    )
