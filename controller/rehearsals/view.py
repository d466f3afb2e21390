"""A meeting's board: whether it can begin, who needs something first, and the rehearsals so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.rehearsals.board import PointStanding, RunInShort
from controller.rehearsals.facts import to_rehearse
from controller.rehearsals.going import CountedPoints, Going, counted, going, is_missing
from controller.rehearsals.moments import RehearsalMoment, ahead
from controller.rehearsals.required import Required
from controller.rehearsals.rows import ALL, NEED, READY, BoardFacts, BoardRow, chosen, rows, said_of
from controller.rehearsals.verdict import PointVerdict
from controller.rehearsals.wording import PARTS
from controller.web.elements import Badge, Choice, Crumb
from controller.web.i18n.language import N_, Language

REQUIRED_NAMED = 3
READY_SHOWN = 24
MOMENTS = {
    RehearsalMoment.DAY: N_("24 h before"),
    RehearsalMoment.HOUR: N_("60 min before"),
    RehearsalMoment.QUARTER: N_("15 min before"),
    RehearsalMoment.ASKED: N_("On request"),
}
_GOING = {
    Going.UNKNOWN: ("unknown", "state-unknown", N_("Not known yet: nothing was rehearsed")),
    Going.GO: ("up", "state-up", N_("Stands ready")),
    Going.NEARLY: ("at-risk", "state-degraded", N_("Nearly ready")),
    Going.NOT_YET: ("down", "state-down", N_("Not ready yet")),
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One rehearsal in the list: which, when, and how it came out."""

    key: str
    name: str
    when: str
    said: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class BoardView:
    """The page. `refused`: why nothing can be rehearsed now; `progress`: what goes on."""

    meeting_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    left: str
    badge: Badge
    sentences: tuple[str, ...]
    can_act: bool
    refused: str
    progress: str
    ask_all: str
    ask_again: str
    filters: tuple[Choice, ...]
    columns: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    empty: str
    runs: tuple[RunLine, ...]
    ready: tuple[str, ...]
    ready_count: str
    ready_more: str
    part: str


def view(words: Language, now: datetime, facts: BoardFacts, *, shown: str) -> BoardView:
    """Return the board, those who need something or those asked for."""
    meeting, standings = facts.meeting, facts.standings
    count = count_of(standings)
    was_tried = any(one.result is not None for one in standings)
    state = going(count, least_share=facts.least_share, was_tried=was_tried)
    icon, css, word = _GOING[state]
    address = f"/meetings/{meeting.meeting_id}/rehearsals"
    in_need, ready = count.in_need, count.ready
    names = [facts.names.get(one.point_id, one.point_id) for one in chosen(standings, READY)]
    return BoardView(
        meeting_id=meeting.meeting_id,
        title=words.gettext(
            "Ready for the meeting at %(time)s", time=words.time(meeting.begins_at)
        ),
        crumbs=(
            Crumb(words.gettext("Meetings"), "/meetings"),
            Crumb(meeting.title, f"/meetings/{meeting.meeting_id}"),
            Crumb(words.gettext("Rehearsals")),
        ),
        facts=" · ".join(_facts(words, facts)),
        left=words.duration(meeting.begins_at - now) if now < meeting.begins_at else "",
        badge=Badge(icon, css, words.gettext(word)),
        sentences=tuple(_sentences(words, facts, count)),
        can_act=facts.can_act,
        refused=facts.refused,
        progress=_progress(words, facts.runs),
        ask_all=words.gettext("Rehearse now"),
        ask_again=words.ngettext(
            "Rehearse %(n)s point again", "Rehearse %(n)s points again", in_need
        )
        if in_need and ready
        else "",
        filters=tuple(
            Choice(id_, words.gettext(name, n=words.number(many)), is_chosen=id_ == shown)
            for id_, name, many in (
                (NEED, N_("In need %(n)s"), in_need),
                (READY, N_("Stand ready %(n)s"), ready),
                (ALL, N_("All points %(n)s"), count.total),
            )
        ),
        columns=tuple(words.gettext(name) for _, name in PARTS),
        rows=tuple(rows(words, now, facts, shown)),
        empty=_empty(words, shown),
        runs=tuple(_runs(words, now, facts)),
        ready=tuple(names[:READY_SHOWN]),
        ready_count=words.ngettext("%(n)s point", "%(n)s points", ready),
        ready_more=words.gettext("and %(n)s points more", n=words.number(ready - READY_SHOWN))
        if ready > READY_SHOWN
        else "",
        part=f"/parts{address}?show={shown}",
    )


def count_of(standings: Sequence[PointStanding]) -> CountedPoints:
    """Return how many points stand how."""
    chair = next((one.judged.verdict for one in standings if one.is_chair), PointVerdict.NO_RESULT)
    required = [one.judged.verdict for one in standings if one.required is not Required.NO]
    return counted([one.judged.verdict for one in standings], chair, required)


def _facts(words: Language, facts: BoardFacts) -> list[str]:
    meeting = facts.meeting
    total = words.ngettext("%(n)s point", "%(n)s points", len(facts.standings))
    said = [words.day_short(meeting.begins_at), total]
    last = next((one for one in facts.runs if one.run.over_at is not None), None)
    if last is not None and last.run.over_at is not None:
        over = words.gettext(
            "last rehearsal (%(which)s) over at %(time)s",
            which=words.gettext(MOMENTS[RehearsalMoment(last.run.moment)]),
            time=words.time(last.run.over_at),
        )
        said.append(over)
    return said


def _sentences(words: Language, facts: BoardFacts, count: CountedPoints) -> list[str]:
    said = []
    if all(one.result is None for one in facts.standings):
        if facts.meeting.is_joined and not facts.refused:
            said = [words.gettext("Rehearse it now, or wait: the points do it by themselves.")]
        if count.not_ready:
            unheard = words.ngettext(
                "%(n)s point is not heard by the centre now.",
                "%(n)s points are not heard by the centre now.",
                count.not_ready,
            )
            said.append(unheard)
        return said
    for one in facts.standings:
        if one.is_chair and one.judged.verdict is not PointVerdict.READY:
            found = said_of(words, facts, one)
            name = facts.names.get(one.point_id, one.point_id)
            chair = words.gettext("Chair point")
            said.append(f"{chair} {name}: {found.why} {found.what}".strip())
    said += _required(words, facts)
    said.append(
        words.gettext(
            "%(ready)s of %(total)s points are ready, %(share)s; %(risk)s at risk, "
            "%(bad)s not ready, %(none)s without a result.",
            ready=words.number(count.ready),
            total=words.number(count.total),
            share=words.percent(count.share, 0),
            risk=words.number(count.at_risk),
            bad=words.number(count.not_ready),
            none=words.number(count.no_result),
        )
    )
    said.append(
        words.gettext(
            "The office begins when %(least)s of the points can take part.",
            least=words.percent(facts.least_share, 0),
        )
    )
    return said


def _required(words: Language, facts: BoardFacts) -> list[str]:
    """Return which of the required points the meeting has to wait for."""
    missing = [
        facts.names.get(one.point_id, one.point_id)
        for one in facts.standings
        if one.required is not Required.NO and is_missing(one.judged.verdict)
    ]
    if not missing:
        return []
    shown, more = ", ".join(missing[:REQUIRED_NAMED]), len(missing) - REQUIRED_NAMED
    if more > 0:
        rest = words.gettext("and %(n)s points more", n=words.number(more))
        shown = f"{shown} {rest}"
    return [words.gettext("Required and not ready: %(names)s.", names=shown)]


def _progress(words: Language, runs: Sequence[RunInShort]) -> str:
    on = next((one for one in runs if one.run.over_at is None), None)
    if on is None:
        return ""
    total = len(on.results)
    return words.gettext(
        "Being rehearsed: %(done)s of %(total)s points, over by %(time)s at the latest.",
        done=words.number(total - on.waiting),
        total=words.number(total),
        time=words.time(
            max((one.ends_at for one in on.results if one.ends_at), default=on.run.ends_at)
        ),
    )


def _empty(words: Language, shown: str) -> str:
    if shown == READY:
        return words.gettext("No point is ready yet.")
    return words.gettext("No point needs anything.")


def _runs(words: Language, now: datetime, facts: BoardFacts) -> list[RunLine]:
    lines = []
    for one in facts.runs:
        which = words.gettext(MOMENTS[RehearsalMoment(one.run.moment)])
        if one.run.asked_by:
            who = facts.people.get(one.run.asked_by, one.run.asked_by)
            which = words.gettext("asked by %(who)s", who=who)
        when = words.moment(one.run.made_at, now)
        if one.run.over_at is not None:
            when = f"{when}–{words.time(one.run.over_at)}"
        ready = one.count(PointVerdict.READY)
        rest = len(one.results) - ready - one.waiting
        said = words.gettext(
            "%(ready)s ready, %(rest)s in need", ready=words.number(ready), rest=words.number(rest)
        )
        if one.waiting:
            waiting = words.gettext("%(n)s wait", n=words.number(one.waiting))
            said = f"{said}, {waiting}"
        lines.append(RunLine(one.run.run_id, which, when, said, one.run.over_at is None))
    all_points = words.gettext("all points, by themselves")
    coming = [
        RunLine(moment.value, words.gettext(MOMENTS[moment]), words.moment(at, now), all_points)
        for moment, at in ahead(to_rehearse(facts.meeting), facts.wanted)
        if at > now
    ]
    return [*lines[::-1], *coming]
