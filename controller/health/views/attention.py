"""The list of what needs a person: what, since when, whose, what to do; worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from controller.health import states
from controller.health.point_now import PointNow
from controller.health.states import PointState
from controller.health.views.causes import Cause, cause, shut_out
from controller.web.elements import Badge
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language

_CALM = (PointState.UP, PointState.NOT_ENROLLED, PointState.EXCLUDED)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """One point that needs a person."""

    point_id: str
    name: str
    unit_name: str
    badge: Badge
    what: str
    evidence: str
    since: str
    lasted: str
    whose: str
    remedy: str
    meeting: str


def attention_rows(
    words: Language, now: datetime, points: Sequence[PointNow], unit_names: Mapping[str, str]
) -> tuple[AttentionRow, ...]:
    """Return the points that need a person, worst first, then by the nearest meeting."""
    wrong = sorted((one for one in points if one.state not in _CALM), key=_urgency)
    return tuple(_row(words, now, one, unit_names) for one in wrong)


def _urgency(one: PointNow) -> tuple[int, datetime, object]:
    return (
        states.rank(one.state),
        one.next_meeting_at or _NEVER,
        vietnamese(one.point.name),
    )


def first_cause(words: Language, now: datetime, one: PointNow) -> Cause | None:
    """Return the worst thing that is wrong at a point, if anything is."""
    if one.point.enrolled_at is None and one.state is not PointState.NOT_ENROLLED:
        return shut_out(words)
    problems = one.standing.judgement.problems
    return cause(problems[0], words, now) if problems else None


def began_at(one: PointNow) -> datetime | None:
    """Return since when a point is as it is; None: its reports of late do not tell."""
    judgement = one.standing.judgement
    if one.state is PointState.UP or not judgement.problems:
        return judgement.since
    began = judgement.problems[0].arguments.get("since")
    return began if isinstance(began, datetime) else None


def _row(
    words: Language, now: datetime, one: PointNow, unit_names: Mapping[str, str]
) -> AttentionRow:
    judgement = one.standing.judgement
    main = first_cause(words, now, one)
    further = [cause(problem, words, now).what for problem in judgement.problems[1:3]]
    began = began_at(one)
    return AttentionRow(
        point_id=one.point.point_id,
        name=one.point.name,
        unit_name=unit_names.get(one.point.unit_id, ""),
        badge=states.of_point(one.state, words),
        what=main.what if main else states.of_point(one.state, words).word,
        evidence="; ".join(further),
        since=words.moment(began, now) if began else words.gettext("last 10 min"),
        lasted=words.duration(now - began) if began else "",
        whose=main.whose if main else "–",
        remedy=main.remedy if main else "–",
        meeting=words.moment(one.next_meeting_at, now) if one.next_meeting_at else "",
    )
