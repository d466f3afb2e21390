"""Rooms that owners agree to, for programs: what is asked, answers, and who acts for whom."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from controller.meetings.acts import OfficeActs
from controller.meetings.holds import hold_queries
from controller.meetings.holds.acts import AppointingActs, ApproverActs
from controller.meetings.holds.desk import MAX_REASON_CHARS, RoomsAnswer, asked_as
from controller.meetings.holds.owner_roles import acts_for
from controller.meetings.holds.rules import HoldState
from controller.meetings.refusals import found
from controller.meetings.schemas import MeetingOut
from controller.places.owner import Owner
from controller.web.deps import Admin, StateSession, Viewer
from controller.web.schemas import Id, Input, Output, Text

router = APIRouter(prefix="/api/v1", tags=["rooms of others"])
MOST_ASKED, MAX_SEEN_CHARS = 500, 32


class RoomHoldOut(Output):
    """A room that an owner agrees to."""

    point_id: str
    owner: Owner
    state: HoldState
    asked_at: datetime
    asked_by: str
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str
    reason: str


class AskedRoomsOut(Output):
    """A meeting that asks for rooms; `seen`: by what an answer for each owner is to this."""

    meeting: MeetingOut
    rooms: list[RoomHoldOut]
    seen: dict[Owner, str]


class RoomsAnswerIn(Input):
    """An owner's answer; `without`: points that are not to be had, for which there is a reason.

    `seen`: as `GET /room-requests` gave it; empty: to whatever stands.
    """

    is_yes: bool
    without: Annotated[tuple[Id, ...], Field(max_length=400)] = ()
    reason: Annotated[Text, Field(max_length=MAX_REASON_CHARS)] = ""
    seen: Annotated[Text, Field(max_length=MAX_SEEN_CHARS)] = ""


class RoomsWithdrawnIn(Input):
    """Why rooms are taken back."""

    reason: Annotated[Text, Field(max_length=MAX_REASON_CHARS)]


class OwnerRoleIn(Input):
    """Who acts for an owner; `email`: where they are told that somebody asks."""

    approves: bool
    email: Annotated[Text, Field(max_length=254)] = ""


class OwnerRoleOut(Output):
    """Who acts for which owner."""

    user_name: str
    owner: Owner
    approves: bool
    email: str


@router.get("/meetings/{meeting_id}/rooms")
def rooms_of(session: StateSession, _: Viewer, meeting_id: str) -> list[RoomHoldOut]:
    """Return the rooms of a meeting that owners agree to, with what they said."""
    found(session, meeting_id)
    return [RoomHoldOut.of(one) for one in hold_queries.of_meeting(session, meeting_id)]


@router.get("/room-requests")
def asked(session: StateSession, person: Viewer) -> list[AskedRoomsOut]:
    """Return the meetings that ask for rooms for which the asker agrees, the nearest first."""
    owners = acts_for(session, person.user_name).approves
    return [
        AskedRoomsOut(
            meeting=MeetingOut.of(meeting),
            rooms=[RoomHoldOut.of(one) for one in holds],
            seen={
                owner: asked_as(meeting, [one for one in holds if one.owner == owner.value])
                for owner in dict.fromkeys(Owner(one.owner) for one in holds)
            },
        )
        for meeting, holds in hold_queries.asked_of(session, owners, count=MOST_ASKED)
    ]


@router.post("/meetings/{meeting_id}/rooms/{owner}/answer")
def answer(acts: ApproverActs, meeting_id: str, owner: Owner, form: RoomsAnswerIn) -> MeetingOut:
    """Answer for an owner's rooms: yes, yes without some, or no.

    409 where somebody has, or it was changed since it was seen.
    """
    said = RoomsAnswer(form.is_yes, frozenset(form.without), form.reason, form.seen)
    return MeetingOut.of(acts.answer(meeting_id, owner, said))


@router.post("/meetings/{meeting_id}/rooms/{owner}/withdraw")
def withdraw(
    acts: ApproverActs, meeting_id: str, owner: Owner, form: RoomsWithdrawnIn
) -> MeetingOut:
    """Take an owner's rooms back that were agreed."""
    return MeetingOut.of(acts.withdraw(meeting_id, owner, form.reason))


@router.post("/meetings/{meeting_id}/rooms/{owner}/reinstate")
def reinstate(acts: ApproverActs, meeting_id: str, owner: Owner) -> MeetingOut:
    """Agree after all to an owner's rooms that were refused; 409 where another has one of them."""
    return MeetingOut.of(acts.reinstate(meeting_id, owner))


@router.post("/meetings/{meeting_id}/rooms/ask-again")
def ask_again(acts: OfficeActs, meeting_id: str) -> MeetingOut:
    """Ask anew for rooms that were refused, not answered for or displaced."""
    return MeetingOut.of(acts.ask_rooms_again(meeting_id))


@router.post("/meetings/{meeting_id}/rooms/leave-out")
def leave_out(acts: OfficeActs, meeting_id: str) -> MeetingOut:
    """Have the meeting without the points whose rooms are not to be had."""
    return MeetingOut.of(acts.leave_out_rooms(meeting_id))


@router.get("/owner-roles")
def list_roles(session: StateSession, _: Admin) -> list[OwnerRoleOut]:
    """Return who acts for which owner."""
    return [OwnerRoleOut.of(one) for one in hold_queries.roles(session)]


@router.put("/owner-roles/{owner}/{user_name}", status_code=204)
def put_role(acts: AppointingActs, owner: Owner, user_name: str, form: OwnerRoleIn) -> None:
    """Have somebody act for an owner."""
    acts.put(user_name, owner, approves=form.approves, email=form.email)


@router.delete("/owner-roles/{owner}/{user_name}", status_code=204)
def remove_role(acts: AppointingActs, owner: Owner, user_name: str) -> None:
    """Have somebody act for an owner no more; what they agreed to stays."""
    acts.remove(user_name, owner)
