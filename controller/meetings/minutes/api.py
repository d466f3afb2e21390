"""The minutes of a meeting, for programs."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from controller.meetings.minutes import drawing, minutes_queries
from controller.meetings.minutes.acts import MinutesActs
from controller.meetings.minutes.desk import file_of
from controller.meetings.minutes.minutes_queries import FileFacts
from controller.meetings.minutes.minutes_text import MinutesText
from controller.meetings.minutes.signed_file import MAX_SIGNED_BYTES, PrefixVerdict
from controller.meetings.refusals import found
from controller.papers import service as papers
from controller.web.deps import StateSession, Viewer, WebParts
from controller.web.download import download
from controller.web.forms import body_of
from controller.web.schemas import Input, RowNumber

router = APIRouter(prefix="/api/v1/meetings/{meeting_id}/minutes", tags=["meetings"])


class MinutesIn(Input):
    """What is written. `version`: of the minutes on which it was."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    number: Annotated[str, Field(max_length=500)] = ""
    content: Annotated[str, Field(max_length=400_000)] = ""
    conclusions: Annotated[str, Field(max_length=200_000)] = ""


class UnlockIn(Input):
    """Why locked minutes are opened again."""

    reason: Annotated[str, Field(max_length=1000)]


class MinutesFileOut(BaseModel):
    """A PDF that was handed out (`issued`) or came back (`signed`).

    `of_file_id` is the issued one that a signed one is compared with, `differs_at` its first byte
    that is another one, counted from 1. Without `has_content` only this is kept of it.
    """

    file_id: int
    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    of_file_id: int | None
    verdict: PrefixVerdict | None
    has_signature: bool
    differs_at: int | None
    taken_at: datetime
    taken_by: str
    has_content: bool

    @classmethod
    def of(cls, one: FileFacts) -> "MinutesFileOut":
        """Return one as the API shows it."""
        return cls(
            file_id=one.file_id,
            kind=one.kind,
            file_name=one.file_name,
            sha256=one.sha256,
            size_bytes=one.size_bytes,
            of_file_id=one.of_file_id,
            verdict=PrefixVerdict(one.verdict) if one.verdict else None,
            has_signature=one.has_signature,
            differs_at=one.differs_at,
            taken_at=one.taken_at,
            taken_by=one.taken_by,
            has_content=one.has_content,
        )


class MinutesOut(BaseModel):
    """The minutes as they are; locked since `locked_at`."""

    meeting_id: str
    version: int
    number: str
    content: str
    conclusions: str
    edited_at: datetime | None
    edited_by: str
    locked_at: datetime | None
    locked_by: str
    unlocked_at: datetime | None
    unlocked_by: str
    reason: str
    files: list[MinutesFileOut]


class VersionOut(BaseModel):
    """The version that is kept now."""

    version: int


class IssuedOut(BaseModel):
    """What was handed out for signature."""

    sha256: str


class SignedOut(BaseModel):
    """How a signed file stands to what was handed out last."""

    verdict: PrefixVerdict
    has_signature: bool
    differs_at: int | None


async def _brought(request: Request, _: MinutesActs) -> bytes:
    """Read a file, once it is known that whoever brings it may."""
    return await body_of(request, most_bytes=MAX_SIGNED_BYTES)


@router.get("")
def show(session: StateSession, _: Viewer, meeting_id: str) -> MinutesOut:
    """Return the minutes as they are, with their files."""
    found(session, meeting_id)
    row = minutes_queries.get(session, meeting_id)
    return MinutesOut(
        meeting_id=meeting_id,
        version=row.version,
        number=row.number,
        content=row.content,
        conclusions=row.conclusions,
        edited_at=row.edited_at,
        edited_by=row.edited_by,
        locked_at=row.locked_at,
        locked_by=row.locked_by,
        unlocked_at=row.unlocked_at,
        unlocked_by=row.unlocked_by,
        reason=row.reason,
        files=[MinutesFileOut.of(one) for one in minutes_queries.files(session, meeting_id)],
    )


@router.put("")
def write(acts: MinutesActs, meeting_id: str, form: MinutesIn) -> VersionOut:
    """Keep what was written; 409 where somebody else has saved since."""
    typed = MinutesText(form.number, form.content, form.conclusions)
    return VersionOut(version=acts.save(meeting_id, typed, form.version))


@router.post("/lock")
def lock(web: WebParts, session: StateSession, acts: MinutesActs, meeting_id: str) -> IssuedOut:
    """Let minutes and roll say what they say, and hand a PDF out for signature."""
    meeting = found(session, meeting_id)
    drawing.refuse_locked(session, meeting)
    pdf, drawn = drawing.to_be_signed(web, session, meeting)
    return IssuedOut(sha256=acts.lock(meeting_id, pdf, drawn, f"{drawing.stem(meeting)}.pdf"))


@router.post("/unlock", status_code=204)
def unlock(acts: MinutesActs, meeting_id: str, form: UnlockIn) -> None:
    """Open locked minutes again, for a reason."""
    acts.unlock(meeting_id, form.reason)


@router.put("/signed")
def take_signed(
    acts: MinutesActs,
    meeting_id: str,
    content: Annotated[bytes, Depends(_brought)],
    file_name: Annotated[str, Query(max_length=200)] = "bien-ban.pdf",
) -> SignedOut:
    """Take a signed PDF back: the request's body."""
    said = acts.take_signed(meeting_id, file_name, content)
    return SignedOut(
        verdict=said.verdict, has_signature=said.has_signature, differs_at=said.differs_at
    )


@router.get("/files/{file_id}")
def kept_file(session: StateSession, _: Viewer, meeting_id: str, file_id: RowNumber) -> Response:
    """Return a file that was handed out or came back, byte for byte."""
    row = file_of(session, meeting_id, file_id)
    return download(row.content, f"bien-ban-{row.file_id}.pdf", papers.PDF)


@router.get("/paper.docx")
def as_docx(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> Response:
    """Return the minutes as a Word file, as they are now."""
    return drawing.as_docx(web, session, meeting_id)


@router.get("/paper.pdf")
def as_pdf(web: WebParts, session: StateSession, _: Viewer, meeting_id: str) -> Response:
    """Return the minutes as PDF as they are now, which is not kept."""
    return drawing.as_pdf(web, session, meeting_id)
