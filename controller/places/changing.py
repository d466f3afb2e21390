"""Changes of the tree are taken, with a date in force, and taken back."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from contracts import codec
from contracts.local_days import day_of
from controller.db.engine import reading, writing
from controller.errors import BadEntry, Conflict, NotFound
from controller.places import change_document, tree_store
from controller.places.change_document import ChangeDocument
from controller.places.tables import TreeChangeRow
from controller.places.timeline import Timeline, new_faults
from controller.places.tree_change import ChangeRefused, Objection, TreeChange, applied, said

MOST_CHANGES = 5_000
FURTHEST = timedelta(days=2 * 366)
"""How far back and ahead a change may be dated."""
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class MeetingTouched:
    """A meeting of points that end; `point_ids`: which of them. None of a draft or a cancelled."""

    meeting_id: str
    title: str
    begins_at: datetime
    is_live: bool
    is_over: bool
    point_ids: tuple[str, ...]


MeetingsFrom = Callable[[Session, Collection[str], datetime, datetime], Sequence[MeetingTouched]]
"""Meetings of points that end after an instant, as it looks at a second one; earliest first."""


@dataclass(frozen=True, slots=True)
class DrawnChange:
    """A change as it would come out. `seen` is what the tree is known by that it was drawn on."""

    change: TreeChange
    document: ChangeDocument
    seen: str
    meetings: tuple[MeetingTouched, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeDesk:
    """What is done to the tree. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]
    meetings_from: MeetingsFrom

    def drawn(self, session: Session, make: Callable[[Timeline], TreeChange]) -> DrawnChange:
        """Return what a change would do, by how things stand now.

        Raises:
            BadEntry: it cannot be, and why.
        """
        before = tree_store.timeline(session)
        return self._drawn(session, before, _made(before, make))[0]

    def take(
        self,
        make: Callable[[Timeline], TreeChange],
        *,
        basis: str,
        actor: str,
        seen: str = "",
        numbers: Mapping[str, int] | None = None,
        also: Callable[[Session], None] | None = None,
    ) -> str:
        """Take a change; return its id; empty: it alters nothing, and is not kept.

        Args:
            seen: what the tree was known by when it was looked through; empty: it was not.
            numbers: of new points that bring one.
            also: what else is written with it.

        Raises:
            BadEntry: it cannot be, and why.
            Conflict: the tree is another than the one that was looked through.
        """
        with writing(self.state) as session:
            tree_store.claim(session)
            before = tree_store.timeline(session)
            if seen and seen != known_by(before):
                raise Conflict(
                    "tree_changed",
                    "Cây đơn vị đã thay đổi sau khi xem trước. Chưa ghi gì; hãy xem lại.",
                    "The tree has changed since it was looked through. Nothing was written; "
                    "look again.",
                )
            drawn, after = self._drawn(session, before, _made(before, make))
            change_id = ""
            if not drawn.change.is_empty:
                change_id = keep(session, drawn, basis=basis, actor=actor, now=self.now())
                tree_store.save(
                    session, before, after, drawn.change.into, now=self.now(), numbers=numbers
                )
            if also is not None:
                also(session)
        return change_id

    def take_back(self, change_id: str, *, actor: str) -> TreeChangeRow:
        """Have everything stand as if a change had not been; it stays in the list, as taken back.

        Raises:
            NotFound: there is none.
            Conflict: it was taken back already, or something has been built on it.
        """
        try:
            with writing(self.state) as session:
                tree_store.claim(session)
                return self._take_back(session, change_id, actor)
        except IntegrityError as exc:
            raise tree_store.in_use() from exc

    def _take_back(self, session: Session, change_id: str, actor: str) -> TreeChangeRow:
        row = session.get(TreeChangeRow, change_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound("thay đổi", "change")
        if row.taken_back_at is not None:
            raise Conflict(
                "taken_back", "Thay đổi này đã được thu hồi.", "This change was taken back already."
            )
        document = document_of(row)
        before = tree_store.timeline(session)
        renamed = _renamed_at_once(session, row)
        altered = change_document.altered_since(document, before, renamed)
        if altered:
            names = ", ".join(f"“{one}”" for one in altered[:5])
            raise Conflict(
                "changed_since",
                f"Sau thay đổi này đã có thay đổi khác của {names}: thu hồi thay đổi sau trước, "
                "hoặc lập một thay đổi ngược lại.",
                f"{names} changed again since: take the later change back first, or enter the "
                "opposite one.",
            )
        after = change_document.before_of(document, before)
        wrong = new_faults(before, after, min(row.in_force_at, self.now()))
        if wrong:
            told = [said(one, before) for one in list(wrong)[:MOST_TOLD]]
            raise _conflict(told)
        tree_store.save(session, before, after, {}, now=self.now())
        tree_store.remove(session, document)
        row.taken_back_by, row.taken_back_at = actor, self.now()
        session.add(row)
        return row

    def _drawn(
        self, session: Session, before: Timeline, change: TreeChange
    ) -> tuple[DrawnChange, Timeline]:
        now = self.now()
        if not now - FURTHEST <= change.at <= now + FURTHEST:
            raise BadEntry(
                "Ngày hiệu lực không được cách hôm nay quá hai năm.",
                "A change is dated at most two years back or ahead.",
            )
        try:
            after = applied(before, change)
        except ChangeRefused as exc:
            raise _entry(exc.objections) from exc
        touched = tuple(self.meetings_from(session, change.ended_points, change.at, now))
        _refuse_held(touched, before)
        document = change_document.written(change, before, after)
        return DrawnChange(change, document, known_by(before), touched), after

    def bring_up(self) -> list[bool]:
        """Have what comes into force now stand so for all who ask by id; said once if so."""
        with reading(self.state) as session:
            if not tree_store.is_behind(session, self.now()):
                return []
        with writing(self.state) as session:
            tree_store.claim(session)
            return [True] if tree_store.bring_up(session, self.now()) else []


def _renamed_at_once(session: Session, row: TreeChangeRow) -> set[str]:
    """Return the points that later changes, in force at the same instant, call otherwise."""
    same = select(TreeChangeRow).where(
        TreeChangeRow.in_force_at == row.in_force_at,
        TreeChangeRow.made_at >= row.made_at,
        TreeChangeRow.change_id != row.change_id,
        col(TreeChangeRow.taken_back_at).is_(None),
    )
    return {
        of.point_id
        for one in session.exec(same)
        for of in document_of(one).points
        if of.before is None or of.before.periods[-1].name != of.after.periods[-1].name
    }


def take_within(session: Session, change: TreeChange, *, actor: str, now: datetime) -> None:
    """Take a small change in a transaction that has claimed the tree; nothing of it ends.

    Raises:
        BadEntry: it cannot be, and why.
    """
    before = tree_store.timeline(session)
    try:
        after = applied(before, change)
    except ChangeRefused as exc:
        raise _entry(exc.objections) from exc
    drawn = DrawnChange(change, change_document.written(change, before, after), "")
    keep(session, drawn, basis="", actor=actor, now=now)
    tree_store.save(session, before, after, {}, now=now)


def known_by(timeline: Timeline) -> str:
    """Return what a tree through time is known by as long as it is the same."""
    digest = hashlib.sha256()
    for kind, lives in (("u", timeline.units), ("p", timeline.points)):
        for id_ in sorted(lives):
            digest.update(repr((kind, id_, lives[id_])).encode())
    return digest.hexdigest()


def document_of(row: TreeChangeRow) -> ChangeDocument:
    """Return all that a change alters."""
    return codec.decode(ChangeDocument, row.document.encode())


def changes(session: Session, *, most: int, skip: int = 0) -> list[TreeChangeRow]:
    """Return the changes, those in force last first."""
    newest = (
        col(TreeChangeRow.in_force_at).desc(),
        col(TreeChangeRow.made_at).desc(),
        TreeChangeRow.change_id,
    )
    found = select(TreeChangeRow).order_by(*newest).offset(skip).limit(most)
    return list(session.exec(found))


def change_of(session: Session, change_id: str) -> TreeChangeRow:
    """Return a change.

    Raises:
        NotFound: there is none.
    """
    row = session.get(TreeChangeRow, change_id)
    if row is None:
        raise NotFound("thay đổi", "change")
    return row


def _made(before: Timeline, make: Callable[[Timeline], TreeChange]) -> TreeChange:
    try:
        return make(before)
    except ChangeRefused as exc:
        raise _entry(exc.objections) from exc


def keep(session: Session, drawn: DrawnChange, *, basis: str, actor: str, now: datetime) -> str:
    """Note that a change was decided; return its id.

    Raises:
        BadEntry: there are as many as there may be, or it is too long to be kept.
    """
    if session.exec(select(func.count()).select_from(TreeChangeRow)).one() >= MOST_CHANGES:
        raise BadEntry(
            f"Đã có {MOST_CHANGES} thay đổi, là tối đa.",
            f"There are {MOST_CHANGES} changes, the most.",
        )
    document = codec.encode(drawn.document)
    if len(document) > change_document.MAX_BYTES:
        raise BadEntry(
            "Thay đổi này quá lớn để giữ lại; chia tệp thành nhiều phần rồi nhập từng phần.",
            "This change is too large to be kept; divide the file and import its parts.",
        )
    change_id = secrets.token_hex(6)
    session.add(
        TreeChangeRow(
            change_id=change_id,
            kind=drawn.change.kind.value,
            in_force_at=drawn.change.at,
            basis=basis,
            document=document.decode(),
            made_by=actor,
            made_at=now,
        )
    )
    return change_id


def _refuse_held(touched: Sequence[MeetingTouched], before: Timeline) -> None:
    wrong = []
    for one in touched:
        names = ", ".join(f"“{before.points[id_].newest.name}”" for id_ in one.point_ids[:5])
        when = day_of(one.begins_at)
        day = f"{when.day:02}/{when.month:02}/{when.year}"
        if one.is_live:
            wrong.append(
                Objection(
                    f"{names} đang ở trong cuộc họp “{one.title}”: chờ cuộc họp kết thúc, hoặc "
                    "chọn ngày sau.",
                    f"{names} is in the meeting “{one.title}” now: wait until it has ended, or "
                    "choose a later day.",
                )
            )
        elif one.is_over:
            wrong.append(
                Objection(
                    f"{names} đã được mời họp “{one.title}” ngày {day}: chọn ngày sau đó.",
                    f"{names} was invited to “{one.title}” on {day}: choose a later day.",
                )
            )
    if wrong:
        raise _entry(wrong[:MOST_TOLD])


def _entry(objections: Sequence[Objection]) -> BadEntry:
    return BadEntry(" ".join(one.vi for one in objections), " ".join(one.en for one in objections))


def _conflict(objections: Sequence[Objection]) -> Conflict:
    return Conflict(
        "built_upon",
        "Không thu hồi được: " + " ".join(one.vi for one in objections),
        "It cannot be taken back: " + " ".join(one.en for one in objections),
    )
