"""Files of meetings, for programs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from controller.meetings.handouts import handout_queries
from controller.meetings.handouts.acts import HandoutActs
from controller.meetings.handouts.desk import MAX_HANDOUT_BYTES, file_of
from controller.meetings.refusals import found
from controller.papers.service import PDF
from controller.web.deps import StateSession, Viewer
from controller.web.download import download
from controller.web.forms import body_of
from controller.web.schemas import Output, RowNumber

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/handouts", tags=["meetings"])


class HandoutOut(Output):
    """A file that is shown at all points of a meeting."""

    handout_id: int
    file_name: str
    sha256: str
    size_bytes: int
    brought_at: datetime
    brought_by: str


class HandoutIdOut(Output):
    """The number of a file."""

    handout_id: int


async def _brought(request: Request, _: HandoutActs) -> bytes:
    """Read a file, once it is known that whoever brings it may."""
    return await body_of(request, most_bytes=MAX_HANDOUT_BYTES)


@router.get("")
def listed(session: StateSession, _: Viewer, meeting_id: str) -> list[HandoutOut]:
    """Return what is said of a meeting's files."""
    found(session, meeting_id)
    return [HandoutOut.of(one) for one in handout_queries.of_meeting(session, meeting_id)]


@router.put("", status_code=201)
def bring(
    acts: HandoutActs,
    meeting_id: str,
    content: Annotated[bytes, Depends(_brought)],
    file_name: Annotated[str, Query(max_length=200)] = "tai-lieu.pdf",
) -> HandoutIdOut:
    """Keep a PDF of a meeting: the request's body."""
    return HandoutIdOut(handout_id=acts.bring(meeting_id, file_name, content))


@router.get("/{handout_id}")
def one(session: StateSession, _: Viewer, meeting_id: str, handout_id: RowNumber) -> Response:
    """Return a file, byte for byte."""
    row = file_of(session, meeting_id, handout_id)
    return download(row.content, f"tai-lieu-{row.handout_id}.pdf", PDF)


@router.delete("/{handout_id}", status_code=204)
def remove(acts: HandoutActs, meeting_id: str, handout_id: RowNumber) -> None:
    """Delete a file; it may be had back for a day."""
    acts.remove(meeting_id, handout_id)


@router.post("/{handout_id}/restore", status_code=204)
def restore(acts: HandoutActs, meeting_id: str, handout_id: RowNumber) -> None:
    """Have a file back that was deleted."""
    acts.restore(meeting_id, handout_id)
