"""The list of what needs a person: what, since when, whose, what to do; worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from controller.health import states
from controller.health.point_now import PointNow
from controller.health.states import PointState
from controller.health.views import outage_causes
from controller.health.views.causes import Cause, cause, not_known, replaced, shut_out
from controller.recordings.problems import RecordingProblem
from controller.web.elements import Badge
from controller.web.i18n.collation import vietnamese
from controller.web.i18n.language import Language

_NOT_WATCHED = (PointState.NOT_ENROLLED, PointState.EXCLUDED)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """One point that needs a person, or a recording; `href` leads to its page."""

    key: str
    href: str
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
    """Return the points that need a person, worst first, then by the nearest meeting.

    Those that are up and have something minor come last.
    """
    wrong = sorted((one for one in points if is_wrong(one) or is_worth_a_look(one)), key=_urgency)
    return tuple(_row(words, now, one, unit_names) for one in wrong)


def order(one: PointNow) -> tuple[int, int, datetime, object]:
    """Return where a point stands among all: wrong, worth a look, and the others."""
    kind = 0 if is_wrong(one) else 1 if is_worth_a_look(one) else 2
    return (kind, *_urgency(one))


def is_wrong(one: PointNow) -> bool:
    """Return whether a point does not do what it should."""
    return one.state not in (*_NOT_WATCHED, PointState.UP)


def is_worth_a_look(one: PointNow) -> bool:
    """Return whether a point is up and something about it is not as it should be."""
    is_shut_out = one.point.enrolled_at is None or one.is_stranger
    return one.state is PointState.UP and (is_shut_out or bool(one.standing.judgement.problems))


def _urgency(one: PointNow) -> tuple[int, datetime, object]:
    return (
        states.rank(one.state),
        one.next_meeting_at or _NEVER,
        vietnamese(one.point.name),
    )


def first_cause(words: Language, now: datetime, one: PointNow) -> Cause | None:
    """Return the worst thing that is wrong at a point, if anything is."""
    if one.is_stranger:
        return not_known(words)
    if one.point.enrolled_at is None and one.state is not PointState.NOT_ENROLLED:
        return shut_out(words)
    enrolled_at, since = one.point.enrolled_at, one.standing.judgement.since
    if one.state is PointState.DOWN and enrolled_at and since and enrolled_at > since:
        return replaced(words, now, enrolled_at)
    if one.state is PointState.DOWN and one.standing.outage is not None:
        return outage_causes.as_cause(words, now, one.standing.outage)
    problems = one.standing.judgement.problems
    return cause(problems[0], words, now) if problems else None


def began_at(one: PointNow) -> datetime | None:
    """Return since when a point is as it is; None: its reports of late do not tell."""
    if one.state is PointState.UP or not one.standing.judgement.problems:
        return one.standing.judgement.since
    return _worst_began_at(one)


def _worst_began_at(one: PointNow) -> datetime | None:
    problems = one.standing.judgement.problems
    began = problems[0].arguments.get("since") if problems else one.standing.judgement.since
    return began if isinstance(began, datetime) else None


def _row(
    words: Language, now: datetime, one: PointNow, unit_names: Mapping[str, str]
) -> AttentionRow:
    judgement = one.standing.judgement
    main = first_cause(words, now, one)
    further = [cause(problem, words, now).what for problem in judgement.problems[1:3]]
    began = _worst_began_at(one)
    badge = (
        states.worth_a_look(words) if is_worth_a_look(one) else states.of_point(one.state, words)
    )
    return AttentionRow(
        key=one.point.point_id,
        href=f"/points/{one.point.point_id}",
        name=one.point.name,
        unit_name=unit_names.get(one.point.unit_id, ""),
        badge=badge,
        what=main.what if main else badge.word,
        evidence="; ".join(filter(None, (main.evidence if main else "", *further))),
        since=words.moment(began, now) if began else words.gettext("last 10 min"),
        lasted=words.duration(now - began) if began else "",
        whose=main.whose if main else "–",
        remedy=main.remedy if main else "–",
        meeting=words.moment(one.next_meeting_at, now) if one.next_meeting_at else "",
    )


def recording_rows(
    words: Language, now: datetime, recordings: Sequence[RecordingProblem]
) -> tuple[AttentionRow, ...]:
    """Return the recordings that need a person, those that stand still first."""
    return tuple(
        _recording_row(words, now, one)
        for one in sorted(recordings, key=lambda one: not one.is_running)
    )


def _recording_row(words: Language, now: datetime, one: RecordingProblem) -> AttentionRow:
    if one.is_running:
        badge = Badge("down", "state-down", words.gettext("Not being recorded"))
    else:
        badge = Badge("degraded", "state-degraded", words.gettext("No file could be made of it"))
    return AttentionRow(
        key=f"recording-{one.meeting_id}",
        href=f"/meetings/{one.meeting_id}",
        name=one.title,
        unit_name=words.gettext("Recording"),
        badge=badge,
        what=one.what,
        evidence="",
        since=words.moment(one.since, now) if one.since else words.gettext("just now"),
        lasted=words.duration(now - one.since) if one.since else "",
        whose=words.gettext("the centre"),
        remedy=one.remedy,
        meeting=words.gettext("on now") if one.is_running else "",
    )
