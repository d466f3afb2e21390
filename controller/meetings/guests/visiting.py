"""Who visits by a guest's link: a cookie of its own, which is no session of the house.

Whatever is not in this folder asks for the cookie of a session (`web/deps.py`) and never
looks at this one: a guest is nobody there.
"""

from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request

from controller.db.engine import reading
from controller.errors import NotAllowed
from controller.link_pass import Pass, parse
from controller.meetings.guests import guest_queries
from controller.meetings.guests.standing import GuestStanding
from controller.meetings.guests.tables import GuestLink
from controller.meetings.refusals import found
from controller.meetings.tables import Meeting
from controller.web import csrf
from controller.web.deps import Web, web_of
from controller.web.host_cookie import HostCookie

COOKIE = HostCookie("diemcau_guest")


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser, and how its link stands; of a wrong one there is nothing else."""

    standing: GuestStanding
    shown: Pass | None = None
    link: GuestLink | None = None
    meeting: Meeting | None = None

    @property
    def csrf_token(self) -> str:
        """What the browser's changing requests carry."""
        return csrf.token_for(self.shown.text) if self.shown else ""


@dataclass(frozen=True, slots=True)
class AdmittedGuest:
    """A guest who may be in the meeting now."""

    shown: Pass
    link: GuestLink
    meeting: Meeting


def pass_of(request: Request) -> Pass | None:
    """Return what a browser shows."""
    return parse(COOKIE.shown_by(request) or "")


def visit_by(web: Web, shown: Pass | None) -> Visit:
    """Return how the link stands of a browser that shows something.

    What a browser shows that another has taken its place from proves nothing any more: of the
    link it is told that alone.
    """
    if shown is None:
        return Visit(GuestStanding.WRONG)
    with reading(web.state) as session:
        link = guest_queries.get(session, shown.holder_id)
        if link is None:
            return Visit(GuestStanding.WRONG)
        meeting = found(session, link.meeting_id)
        how = guest_queries.standing_of(session, link, meeting, shown, now=web.now())
        is_own = shown.proves(link.browser_sha256)
        session.expunge_all()
    if is_own:
        return Visit(how, shown, link, meeting)
    return Visit(GuestStanding.ELSEWHERE if link.browser_sha256 else GuestStanding.RENEWED, shown)


def visiting(request: Request) -> Visit:
    """Return who visits, however the link stands."""
    return visit_by(web_of(request), pass_of(request))


async def admitted(request: Request) -> AdmittedGuest:
    """Return the guest who asks.

    Raises:
        NotAllowed: the link does not let in now, or the request lacks its CSRF token.
    """
    visit = await anyio.to_thread.run_sync(visiting, request)
    if visit.standing is not GuestStanding.OPEN or not (
        visit.shown and visit.link and visit.meeting
    ):
        raise NotAllowed(f"guest_{visit.standing.value}", *REFUSALS[visit.standing])
    await csrf.check(request, visit.shown.text)
    return AdmittedGuest(visit.shown, visit.link, visit.meeting)


REFUSALS = {
    GuestStanding.WRONG: (
        "Liên kết khách không đúng. Mở lại liên kết đã nhận.",
        "This is no guest's link. Open the one that was sent again.",
    ),
    GuestStanding.WITHDRAWN: (
        "Liên kết khách này đã bị thu hồi. Hỏi lại người mời.",
        "This guest's link was withdrawn. Ask whoever sent it.",
    ),
    GuestStanding.PUT_OUT: (
        "Văn phòng đã mời khách này ra khỏi cuộc họp. Hỏi lại người mời.",
        "The office put this guest out of the meeting. Ask whoever sent the link.",
    ),
    GuestStanding.OVER: (
        "Cuộc họp đã kết thúc hoặc đã hủy.",
        "The meeting is over or was cancelled.",
    ),
    GuestStanding.IN_PERSON: (
        "Cuộc họp này đã chuyển sang họp trực tiếp tại phòng. Hỏi lại người mời.",
        "The meeting is now held in person, in a room. Ask whoever sent the link.",
    ),
    GuestStanding.RENEWED: (
        "Văn phòng đã tạo liên kết mới thay liên kết này. Mở liên kết mới.",
        "The office made a new link in the place of this one. Open the new one.",
    ),
    GuestStanding.ELSEWHERE: (
        "Liên kết này đã được mở ở trình duyệt khác. Muốn họp ở đây, mở lại liên kết.",
        "This link was opened in another browser. To be in here, open the link again.",
    ),
    GuestStanding.EARLY: (
        "Chưa đến giờ họp. Trang khách tự bắt đầu khi đến giờ.",
        "The meeting is not open yet. The guest's page begins by itself.",
    ),
    GuestStanding.OPEN: ("Tải lại trang rồi thử lại.", "Reload the page and try again."),
}

Visiting = Annotated[Visit, Depends(visiting)]
Admitted = Annotated[AdmittedGuest, Depends(admitted)]
