"""Invitations go out, and whoever was invited is told by itself what changes.

`follow` compares what everybody was told with how the meeting stands in this transaction, and
queues what is missing: whoever changes a meeting calls it at the end of the transaction, and it
does nothing where nobody was invited.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from contracts.ids import PointId
from controller.db.engine import writing
from controller.errors import BadRequest, Conflict
from controller.mail import service as mail
from controller.mail.service import MAX_WAITING, LetterWritten
from controller.meetings import agenda_queries, calendar_file, meeting_queries
from controller.meetings.agenda import AgendaItem
from controller.meetings.calendar_file import CalendarEvent, CalendarMethod, CalendarPerson
from controller.meetings.holds.agreed import refuse_unless_agreed
from controller.meetings.invited import invitation_queries, wording
from controller.meetings.invited.invitation_queries import sequences
from controller.meetings.invited.invitees import (
    MAX_POINTS_CHARS,
    Invitee,
    LetterKind,
    ToTell,
    at_most,
    is_a_change,
    key_of,
    said_of,
    to_tell,
)
from controller.meetings.invited.tables import MeetingInvitation, MeetingInvitee
from controller.meetings.invited.whom import Whom, whom
from controller.meetings.invited.wording import LetterFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.refusals import found, wrong_phase
from controller.meetings.tables import Meeting
from controller.web.i18n.catalogue import chosen
from controller.web.i18n.language import Language

__all__ = [
    "Foreseen",
    "Invitations",
    "Whom",
    "carry_over",
    "event_of",
    "follow",
    "follow_all",
    "foreseen",
    "is_invited",
    "sequences",
    "where_held",
    "whom",
]

LETTERS_IN = "vi"
MAX_INVITEES = 1_500
"""Addresses that are invited to one meeting."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The names of who would be invited, told of a change, told that they are invited no more."""

    fresh: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def is_invited(session: Session, meeting_id: str) -> bool:
    """Return whether anybody was ever invited to a meeting by e-mail."""
    return invitation_queries.invitation(session, meeting_id) is not None


def follow(session: Session, meeting: Meeting, now: datetime) -> int:
    """Queue what people have to be told of a meeting; return how many letters.

    Its row and participants stand in this transaction as they are to be.
    """
    row = invitation_queries.invitation(session, meeting.meeting_id, is_claimed=True)
    if row is None:
        return 0
    phase = MeetingPhase(meeting.state)
    if phase not in (MeetingPhase.SCHEDULED, MeetingPhase.CANCELLED):
        return 0
    is_off = phase is MeetingPhase.CANCELLED
    agenda = agenda_queries.of_meeting(session, meeting.meeting_id)
    return _Telling(session, meeting, row, now, agenda, is_off=is_off).tell()


def foreseen(
    session: Session,
    meeting: Meeting,
    invited: Sequence[PointId],
    agenda: Sequence[AgendaItem],
    now: datetime,
) -> Foreseen | None:
    """Return who would be told what, if a meeting were like this; None: nobody was invited to it.

    Args:
        meeting: as it would be; it stands in no session.
    """
    row = invitation_queries.invitation(session, meeting.meeting_id)
    if row is None:
        return None
    due = _Telling(session, meeting, row, now, agenda, is_off=False).due(invited)
    named: dict[LetterKind, list[str]] = {one: [] for one in LetterKind}
    for letter in due.letters:
        to = due.wanted[letter.key][0] if letter.key in due.wanted else due.known[letter.key]
        named[letter.what].append(to.name)
    return Foreseen(*(tuple(named[one]) for one in LetterKind))


def carry_over(session: Session, before: Meeting | None, meeting: Meeting, now: datetime) -> int:
    """Invite to a meeting those who were to one that it is instead of; return how many letters.

    A cancelled date that is had back is another meeting: whoever was told that it is off is told
    that it takes place.
    """
    row = invitation_queries.invitation(session, before.meeting_id) if before else None
    if row is None or MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED:
        return 0
    page = row.page.rpartition("/")[0]
    session.add(
        MeetingInvitation(
            meeting_id=meeting.meeting_id,
            organizer=row.organizer,
            page=f"{page}/{meeting.meeting_id}",
            invited_at=now,
            invited_by=row.invited_by,
        )
    )
    session.flush()
    return follow(session, meeting, now)


@dataclass(frozen=True, slots=True)
class Invitations:
    """What the office does with invitations. Used from worker threads; keeps nothing itself.

    `origin`: under which the pages are found, as letters say it.
    """

    state: Engine
    now: Callable[[], datetime]
    origin: str

    def send(self, meeting_id: str, *, actor: str) -> int:
        """Invite everybody who is not yet; return how many letters that are.

        Raises:
            NotFound: there is no such meeting.
            Conflict: it is a draft, on, over, nobody can be invited, or somebody has not agreed
                to one of its rooms.
            BadRequest: no mail server is set, or there would be too many letters.
        """
        now = self.now()
        with writing(self.state) as session:
            found(session, meeting_id)
            meeting = meeting_queries.claim(session, meeting_id)
            if MeetingPhase(meeting.state) is not MeetingPhase.SCHEDULED or meeting.ends_at <= now:
                raise wrong_phase(meeting, "gửi giấy mời", "invited to")
            if not mail.sender_of(session):
                raise BadRequest(
                    "no_mail_server",
                    "Chưa đặt máy chủ thư: quản trị hệ thống đặt ở trang Thư gửi đi.",
                    "No mail server is set: an administrator sets it on the page of outgoing mail.",
                )
            refuse_unless_agreed(session, meeting_id)
            self._check_count(session, meeting)
            _begin(session, meeting, f"{self.origin}/meetings/{meeting_id}", actor, now)
            return follow(session, meeting, now)

    def _check_count(self, session: Session, meeting: Meeting) -> None:
        count = len(whom(session, meeting).invitees)
        if not count:
            raise Conflict(
                "nobody_to_invite",
                "Chưa điểm cầu nào có địa chỉ thư. Thêm đầu mối ở trang của điểm cầu.",
                "No point has a mail address. Add contacts on the points' pages.",
            )
        if count > MAX_INVITEES:
            raise _too_many_letters()


def _too_many_letters() -> BadRequest:
    return BadRequest(
        "too_many_letters",
        f"Quá nhiều thư: tối đa {MAX_INVITEES} người mỗi cuộc họp và {MAX_WAITING} thư "
        "đang chờ. Chờ các thư trước gửi xong.",
        f"Too many letters: at most {MAX_INVITEES} people a meeting and {MAX_WAITING} "
        "letters that wait. Wait until those before are sent.",
    )


def _begin(session: Session, meeting: Meeting, page: str, actor: str, now: datetime) -> None:
    """Have an invitation of a meeting that is claimed."""
    if invitation_queries.invitation(session, meeting.meeting_id) is not None:
        return
    session.add(
        MeetingInvitation(
            meeting_id=meeting.meeting_id,
            organizer=mail.sender_of(session),
            page=page,
            invited_at=now,
            invited_by=actor,
        )
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class _Due:
    """What has to be told, by what was told and by what is to be known, each by key_of."""

    letters: Sequence[ToTell]
    known: Mapping[str, MeetingInvitee]
    wanted: Mapping[str, tuple[Invitee, LetterFacts]]
    whom: Whom


@dataclass(frozen=True, slots=True)
class _Telling:
    """One meeting whose people are told, within a transaction."""

    session: Session
    meeting: Meeting
    row: MeetingInvitation
    now: datetime
    agenda: Sequence[AgendaItem]
    is_off: bool

    @property
    def _words(self) -> Language:
        return chosen(LETTERS_IN)

    def due(self, invited: Sequence[PointId] | None = None) -> _Due:
        """Return what has to be told; `invited`: as `whom` has it."""
        now_whom = whom(self.session, self.meeting, invited)
        known = self._known()
        told = {key: one.said for key, one in known.items()}
        wanted: dict[str, tuple[Invitee, LetterFacts]] = {}
        people = () if self.is_off else now_whom.invitees
        for one in at_most(people, told, count=MAX_INVITEES):
            if key_of(one.address) in now_whom.waiting and not told.get(key_of(one.address)):
                continue
            where = self._where(one, now_whom.chair_point)
            wanted[key_of(one.address)] = (one, self._facts(where, now_whom))
        says = {key: said_of(facts.told()) for key, (_, facts) in wanted.items()}
        return _Due(to_tell(says, told), known, wanted, now_whom)

    def tell(self) -> int:
        """Queue what is missing; return how many people are told something."""
        due = self.due()
        self._check_room(due.letters)
        if is_a_change(due.letters, due.known):
            self.row.sequence += 1
            self.session.add(self.row)
        kept: list[tuple[LetterKind, MeetingInvitee, LetterFacts]] = []
        for letter in due.letters:
            invitee, facts = due.wanted.get(letter.key, (None, None))
            row = self._kept(letter, due.known.get(letter.key), invitee, facts)
            kept.append((letter.what, row, facts or self._facts(row.points, due.whom)))
        self._write_all(kept)
        return len(due.letters)

    def _known(self) -> dict[str, MeetingInvitee]:
        """Return who was told something; of an address in two spellings the one that counts."""
        found: dict[str, MeetingInvitee] = {}
        for one in invitation_queries.invitees(self.session, self.meeting.meeting_id):
            key = key_of(one.address)
            if one.said or key not in found:
                found[key] = one
        return found

    def _check_room(self, letters: Sequence[ToTell]) -> None:
        """Refuse to invite further people while too much waits; what changes is always told."""
        fresh = sum(one.what is LetterKind.REQUEST for one in letters)
        if fresh and fresh + mail.count_waiting(self.session) > MAX_WAITING:
            raise _too_many_letters()

    def _where(self, one: Invitee, chair_point: str) -> str:
        return where_held(self._words, self.meeting, one.points, chair_point)

    def _facts(self, where: str, now_whom: Whom) -> LetterFacts:
        facts = wording.facts_of(
            self.meeting, now_whom.chair_point, now_whom.host, where, self.row.page
        )
        lines = wording.agenda_lines(tuple(self.agenda), self.meeting.begins_at)
        return replace(facts, agenda=lines)

    def _kept(
        self,
        letter: ToTell,
        known: MeetingInvitee | None,
        invitee: Invitee | None,
        facts: LetterFacts | None,
    ) -> MeetingInvitee:
        address = invitee.address if invitee else letter.key
        row = known or MeetingInvitee(
            meeting_id=self.meeting.meeting_id, address=address, name="", points=""
        )
        if invitee is not None and facts is not None:
            row.name, row.points = invitee.name, facts.where[:MAX_POINTS_CHARS]
        row.said = letter.said
        self.session.add(row)
        return row

    def _write_all(self, kept: Sequence[tuple[LetterKind, MeetingInvitee, LetterFacts]]) -> None:
        meeting_id, addresses = self.meeting.meeting_id, [to.address for _, to, _ in kept]
        # First what waits is nobody's to send any more, then it is asked what was sent.
        mail.take_back(self.session, meeting_id, addresses, self.now)
        reached = mail.may_have_arrived(self.session, meeting_id, addresses)
        for what, to, facts in kept:
            if to.address in reached:
                self._write(what, to, facts)
            elif what is not LetterKind.CANCEL:
                self._write(LetterKind.REQUEST, to, facts)  # nothing came before what changes

    def _write(self, what: LetterKind, to: MeetingInvitee, facts: LetterFacts) -> None:
        meeting_id, words = self.meeting.meeting_id, self._words
        is_cancel = what is LetterKind.CANCEL
        method = CalendarMethod.CANCEL if is_cancel else CalendarMethod.REQUEST
        written = LetterWritten(
            about=meeting_id,
            href=f"/meetings/{meeting_id}",
            what=what.value,
            address=to.address,
            name=to.name,
            subject=wording.subject(words, what, facts, is_off=self.is_off),
            text=wording.text(words, what, to.name, facts, is_off=self.is_off),
            method=method.value,
            calendar=calendar_file.invitation(
                self._event(facts),
                method,
                organizer=CalendarPerson(self.row.organizer),
                attendee=CalendarPerson(to.address, to.name),
            ),
        )
        mail.put(self.session, written, self.now)

    def _event(self, facts: LetterFacts) -> CalendarEvent:
        sequence = self.row.sequence
        return event_of(self._words, self.meeting, facts, sequence=sequence, stamp=self.now)


def where_held(words: Language, meeting: Meeting, points: tuple[str, ...], chair_point: str) -> str:
    """Return where people of points are to be: a meeting in person is where its first room is."""
    return wording.where_of(words, points) if meeting.is_joined else chair_point


def event_of(
    words: Language,
    meeting: Meeting,
    facts: LetterFacts,
    *,
    sequence: int,
    stamp: datetime,
) -> CalendarEvent:
    """Return a meeting as calendars have it."""
    return CalendarEvent(
        uid=calendar_file.uid_of(meeting.meeting_id, meeting.created_at),
        sequence=sequence,
        title=facts.title,
        begins_at=facts.begins_at,
        ends_at=facts.ends_at,
        location=facts.where,
        description=wording.description(words, facts),
        page=facts.page,
        stamp=stamp,
        is_cancelled=MeetingPhase(meeting.state) is MeetingPhase.CANCELLED,
    )


def follow_all(session: Session, meetings: Sequence[Meeting], now: datetime) -> int:
    """Queue what people have to be told of meetings; return how many letters."""
    return sum(follow(session, one, now) for one in meetings)
