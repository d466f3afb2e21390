"""A file of units and points is looked through and then taken as it was seen, or at once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from controller.db.engine import writing
from controller.errors import BadEntry, BadRequest, Conflict, PlaceImportError
from controller.places import changing, place_file, place_import, tree_store
from controller.places.change_document import written
from controller.places.changing import DrawnChange, TreeDesk
from controller.places.import_plan import ImportPlan, PointFacts, RowOutcome, planned
from controller.places.place_file import BadPlaces, Mistake, PlaceFile
from controller.places.place_import import Places, PointRow
from controller.places.tables import Point, TreeFile
from controller.places.timeline import Life, Timeline, TreeAt, faults
from controller.places.tree_change import said

LOOKED_THROUGH_FOR = timedelta(hours=1)
MAX_FILE_NAME_CHARS = 120


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were added, how many were known; `change_id` empty: nothing was altered."""

    read_as: str
    units_added: int
    units_changed: int
    points_added: int
    points_changed: int
    change_id: str = ""


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A file as it was read. Either `mistakes`, or `plan`; and then `drawn`, or what is wrong."""

    file: TreeFile
    read_as: str = ""
    mistakes: tuple[Mistake, ...] = ()
    plan: ImportPlan | None = None
    drawn: DrawnChange | None = None
    refused: BadEntry | None = None


@dataclass(frozen=True, slots=True)
class TreeImports:
    """Files that people bring. Used from worker threads; keeps nothing itself."""

    desk: TreeDesk

    def bring(
        self, content: bytes, name: str, *, actor: str, at: datetime, ends_missing: bool
    ) -> None:
        """Keep a file, in place of one before, until it is taken or an hour has gone.

        Raises:
            BadEntry: there is none, or it is too large.
        """
        if not content:
            raise BadEntry("Chọn một tệp có nội dung.", "Choose a file that holds something.")
        if len(content) > place_file.MAX_BYTES:
            most = place_file.MAX_BYTES >> 20
            raise BadEntry(f"Tệp lớn hơn {most} MiB.", f"The file has more than {most} MiB.")
        row = TreeFile(
            made_by=actor,
            file_id=secrets.token_hex(8),
            made_at=self.desk.now(),
            name="".join(filter(str.isprintable, name))[:MAX_FILE_NAME_CHARS],
            content=content,
            in_force_at=at,
            ends_missing=ends_missing,
        )
        with writing(self.desk.state) as session:
            session.merge(row)

    def looked_through(self, session: Session, actor: str) -> LookedThrough | None:
        """Return somebody's file and what it would do; None: they brought none of late."""
        row = session.get(TreeFile, actor)
        if row is None or self.desk.now() - row.made_at > LOOKED_THROUGH_FOR:
            return None
        timeline = tree_store.timeline(session)
        try:
            file, plan = _planned(session, row, timeline)
        except BadPlaces as exc:
            return LookedThrough(row, mistakes=exc.problems)
        try:
            drawn = self.desk.drawn(session, lambda _: plan.change)
        except BadEntry as exc:
            return LookedThrough(row, file.read_as, plan=plan, refused=exc)
        return LookedThrough(row, file.read_as, plan=plan, drawn=drawn)

    def take(self, file_id: str, *, seen: str, actor: str) -> Imported:
        """Take the file that was looked through.

        Raises:
            Conflict: it is another file, or the tree is another than the one looked at.
            BadEntry: it cannot be taken.
        """
        with writing(self.desk.state) as session:
            row = session.get(TreeFile, actor)
            is_late = row is not None and self.desk.now() - row.made_at > LOOKED_THROUGH_FOR
            if row is None or row.file_id != file_id or is_late:
                raise Conflict(
                    "other_file",
                    "Tệp đã xem trước không còn: có tệp khác, đã ghi rồi, hoặc đã quá một giờ. "
                    "Chọn lại tệp.",
                    "The file that was looked through is gone: there is another, it was taken, or "
                    "an hour has gone. Choose the file again.",
                )
            timeline = tree_store.timeline(session)
            try:
                file, plan = _planned(session, row, timeline)
            except BadPlaces as exc:
                raise BadEntry(*_told(exc)) from exc
        change_id = self.desk.take(
            lambda _: plan.change,
            basis=row.name,
            actor=actor,
            seen=seen,
            numbers=plan.numbers,
            also=lambda session: _finish(session, plan, actor),
        )
        return _imported(file, plan, change_id)

    def drop(self, *, actor: str) -> None:
        """Forget somebody's file."""
        with writing(self.desk.state) as session:
            row = session.get(TreeFile, actor)
            if row is not None:
                session.delete(row)


def forget_files(session: Session, limit: datetime) -> int:
    """Remove files that were brought before an instant; return how many. One of each person."""
    old = select(TreeFile.made_by).where(TreeFile.made_at < limit)
    gone = session.exec(old).all()
    session.execute(delete(TreeFile).where(col(TreeFile.made_by).in_(gone)))
    return len(gone)


def import_file(engine: Engine, content: bytes, *, now: datetime, actor: str = "") -> Imported:
    """Take over a file of units and points at once: add new ones, change known ones.

    Raises:
        PlaceImportError: something is wrong with it; nothing was changed.
    """
    try:
        file = place_file.opened(content)
        with writing(engine) as session:
            tree_store.claim(session)
            before = tree_store.timeline(session)
            tree = before.not_ended(now)
            read = _judged(file, tree)
            plan = planned(read, before, tree, _facts(session), now, ends_missing=False)
            after = _at_once(before, plan, now)
            document = written(plan.change, before, after)
            drawn = DrawnChange(plan.change, document, "")
            change_id = ""
            is_first = not before.units
            if not plan.change.is_empty and not is_first:
                change_id = changing.keep(
                    session, drawn, basis="", actor=actor or "import", now=now
                )
            tree_store.save(session, before, after, {}, now=now, numbers=plan.numbers)
            _put_facts(session, plan.facts)
    except BadPlaces as exc:
        raise PlaceImportError(str(exc)) from exc
    except BadRequest as exc:
        raise PlaceImportError(f"{exc.message_vi} / {exc.message_en}") from exc
    return _imported(file, plan, change_id)


def _at_once(before: Timeline, plan: ImportPlan, now: datetime) -> Timeline:
    """Return the tree with a file in it, which is a tree from the last that is known of on.

    What it alters and what begins later by a clock that went wrong begins now instead.
    """
    units, points = dict(before.units), dict(before.points)
    wrong: list[Mistake] = []
    for unit_id, unit in plan.change.units.items():
        known = units.get(unit_id)
        if known is not None and known.changes_after(now) and known.begins_at <= now:
            wrong.append(_dated_later(unit_id))
        units[unit_id] = Life(((now, unit),)) if known is None else known.since(now, unit)
    for point_id, point in plan.change.points.items():
        of = points.get(point_id)
        if of is not None and of.changes_after(now) and of.begins_at <= now:
            wrong.append(_dated_later(point_id))
        points[point_id] = Life(((now, point),)) if of is None else of.since(now, point)
    after = Timeline(units, points)
    last = after.moments(now)[-1]
    for one in faults(after.at(last)) - faults(before.at(last)):
        told = said(one, after)
        wrong.append(Mistake("the file", told.vi, told.en))
    if wrong:
        raise BadPlaces(*wrong[: place_import.MAX_PROBLEMS])
    return after


def _dated_later(id_: str) -> Mistake:
    return Mistake(
        "the file",
        f"{id_} có thay đổi đã ghi cho ngày sau; thu hồi thay đổi ấy trước",
        f"something of {id_} is dated later; take that change back first",
    )


def _planned(session: Session, row: TreeFile, timeline: Timeline) -> tuple[PlaceFile, ImportPlan]:
    file = place_file.opened(row.content)
    tree = timeline.at(row.in_force_at)
    read = _judged(file, tree)
    facts = _facts(session)
    plan = planned(read, timeline, tree, facts, row.in_force_at, ends_missing=row.ends_missing)
    return file, plan


def _judged(file: PlaceFile, tree: TreeAt) -> Places:
    known = {id_: how.parent_id for id_, how in tree.units.items()}
    return place_import.judged(file.rows, known_units=known)


def _facts(session: Session) -> dict[str, PointFacts]:
    return {
        one.point_id: PointFacts(one.number, (one.latitude, one.longitude))
        for one in session.exec(select(Point))
    }


def _finish(session: Session, plan: ImportPlan, actor: str) -> None:
    _put_facts(session, plan.facts)
    row = session.get(TreeFile, actor)
    if row is not None:
        session.delete(row)


def _put_facts(session: Session, facts: Mapping[str, PointRow]) -> None:
    for point_id, said_of in facts.items():
        row = session.get_one(Point, point_id)
        if said_of.number is not None:
            row.number = said_of.number
        if said_of.coordinates is not None:  # a file without them takes none away
            row.latitude, row.longitude = said_of.coordinates
    session.flush()


def _imported(file: PlaceFile, plan: ImportPlan, change_id: str) -> Imported:
    new_units = plan.count(RowOutcome.NEW, is_unit=True)
    new_points = plan.count(RowOutcome.NEW, is_unit=False)
    named = [one for one in plan.rows if one.outcome is not RowOutcome.ENDED]
    units = sum(one.is_unit for one in named)
    return Imported(
        file.read_as,
        new_units,
        units - new_units,
        new_points,
        len(named) - units - new_points,
        change_id,
    )


def _told(exc: BadPlaces) -> tuple[str, str]:
    return " ".join(one.vi for one in exc.problems), " ".join(one.en for one in exc.problems)
