"""By which thresholds each point is judged, and setting them: one after the other, to be undone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from controller import entered
from controller.db.engine import writing
from controller.entered import Label
from controller.errors import BadEntry, Conflict, NotFound
from controller.settings import ThresholdSettings
from controller.thresholds import scheme as schemes
from controller.thresholds import threshold_queries
from controller.thresholds.scheme import ALL, NEW, Edit, PointThresholds, Scheme
from controller.thresholds.threshold_queries import KeptScheme as KeptScheme
from monitoring.judgement.problem import Thresholds

MAX_NAME_CHARS, MAX_REASON_CHARS, MOST_TEMPLATES, MOST_A_DAY = 40, 200, 20, 100
_NAME, _REASON = Label("Tên mẫu", "The template's name"), Label("Lý do", "The reason")


class ChangedMeanwhile(Conflict):
    """Somebody else has set the same part since it was shown; `now`: as it is set now."""

    def __init__(self, now: KeptScheme) -> None:
        self.now = now
        super().__init__(
            "changed_meanwhile",
            "Người khác vừa đổi phần này: xem lại bên dưới rồi lưu lại.",
            "Somebody else has just changed this: look at it below, then save again.",
        )


@dataclass(frozen=True, slots=True)
class ThresholdDesk:
    """Where thresholds are set. Used from worker threads."""

    engine: Engine
    from_file: ThresholdSettings

    def save(self, edit: Edit, *, base: int, reason: str, actor: str, now: datetime) -> KeptScheme:
        """Set one part otherwise; what others did meanwhile to other parts stays.

        Args:
            base: the revision that was looked at.

        Raises:
            BadEntry: there is no reason, nothing changes, or there was too much of it today.
            NotFound: there is no such template any more.
            ChangedMeanwhile: somebody has set the same part meanwhile.
        """
        why = _reason(reason)
        with writing(self.engine) as session:
            last = threshold_queries.newest(session)
            looked_at = threshold_queries.kept(session, base)
            if looked_at is None or not schemes.is_same(edit.part, looked_at.scheme, last.scheme):
                raise ChangedMeanwhile(last)
            checked(edit, last.scheme)
            made = schemes.edited(last.scheme, edit, template_id=secrets.token_hex(4))
            return _added(session, last, KeptScheme(0, made, now, actor, why), now)

    def restore(
        self, revision: int, *, base: int, reason: str, actor: str, now: datetime
    ) -> KeptScheme:
        """Set everything as it was in a revision.

        Raises:
            BadEntry: there is no reason, nothing changes, or there was too much of it today.
            NotFound: that revision is kept no more.
            ChangedMeanwhile: somebody has set anything meanwhile.
        """
        why = _reason(reason)
        with writing(self.engine) as session:
            last = threshold_queries.newest(session)
            if last.revision != base:
                raise ChangedMeanwhile(last)
            was = revision_of(session, revision)
            again = KeptScheme(0, was.scheme, now, actor, why, revision)
            return _added(session, last, again, now)


def checked(edit: Edit, scheme: Scheme) -> None:
    """Refuse what cannot be set.

    Raises:
        BadEntry: the name is none or taken, or there are too many templates.
        NotFound: there is no such template.
    """
    if edit.part == ALL:
        return
    if edit.part != NEW and scheme.template(edit.part) is None:
        raise NotFound("mẫu ngưỡng", "template of thresholds")
    if edit.is_removed:
        return
    entered.line(_NAME, edit.name, most=MAX_NAME_CHARS)
    others = [one for one in scheme.templates if one.template_id != edit.part]
    if edit.name.casefold() in {one.name.casefold() for one in others}:
        raise BadEntry(
            f"Đã có mẫu ngưỡng tên “{edit.name}”.",
            f"There is a template called “{edit.name}” already.",
        )
    if edit.part == NEW and len(others) >= MOST_TEMPLATES:
        raise BadEntry(
            f"Chỉ có tối đa {MOST_TEMPLATES} mẫu ngưỡng.",
            f"There can be {MOST_TEMPLATES} templates at most.",
        )


def revision_of(session: Session, revision: int) -> KeptScheme:
    """Return one revision.

    Raises:
        NotFound: it is kept no more, or never was.
    """
    found = threshold_queries.kept(session, revision)
    if found is None:
        raise NotFound("lần đổi ngưỡng", "revision of the thresholds")
    return found


def kept(session: Session, revision: int) -> KeptScheme | None:
    """Return one revision; None: it is kept no more, or never was."""
    return threshold_queries.kept(session, revision)


def newest(session: Session) -> KeptScheme:
    """Return what is set now."""
    return threshold_queries.newest(session)


def last_revision(session: Session) -> int:
    """Return the number of the last revision; 0: there is none."""
    return threshold_queries.last_revision(session)


def history(session: Session, *, limit: int) -> list[KeptScheme]:
    """Return the newest revisions, the last one first."""
    return threshold_queries.history(session, limit=limit)


def standing(session: Session, from_file: ThresholdSettings) -> PointThresholds:
    """Return by which thresholds each point is judged."""
    return standing_of(threshold_queries.newest(session), from_file)


def standing_of(one: KeptScheme, from_file: ThresholdSettings) -> PointThresholds:
    """Return by which thresholds each point was judged as of a revision."""
    return schemes.standing(one.scheme, from_file.limits, one.revision)


def limits_of(session: Session, from_file: ThresholdSettings, point_id: str) -> Thresholds:
    """Return by which thresholds one point is judged."""
    return standing(session, from_file).of(point_id)


def _reason(typed: str) -> str:
    return entered.line(_REASON, " ".join(typed.split()), most=MAX_REASON_CHARS)


def _added(session: Session, last: KeptScheme, one: KeptScheme, now: datetime) -> KeptScheme:
    if one.scheme == last.scheme:
        raise BadEntry("Chưa có gì thay đổi để lưu.", "Nothing was changed that could be saved.")
    if threshold_queries.made_since(session, now - timedelta(days=1)) >= MOST_A_DAY:
        raise BadEntry(
            f"Ngưỡng đã được đổi {MOST_A_DAY} lần trong 24 giờ. Thử lại sau.",
            f"Thresholds were set {MOST_A_DAY} times in 24 hours. Try again later.",
        )
    return threshold_queries.add(session, one, now)
