"""The rows of a meeting's board: a point each, or several that miss it for one cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.incidents.missed_told import MissTold
from controller.meetings.service import Meeting
from controller.rehearsals import told_words, wording
from controller.rehearsals.board import NOT_YET, PointStanding, RunInShort
from controller.rehearsals.going import in_order
from controller.rehearsals.moments import RehearsalMoment
from controller.rehearsals.required import Required
from controller.rehearsals.together import MissingPoint, MissTogether, together
from controller.rehearsals.told_words import ToldCell
from controller.rehearsals.verdict import PointVerdict
from controller.rehearsals.wording import PARTS, WhyAndWhat
from controller.web.elements import Badge
from controller.web.i18n.language import Language

NEED, READY, ALL = "need", "ready", "all"


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What a board is drawn of. `refused`: why nothing can be rehearsed now; empty: it can.

    `people`: what those who asked are called. `sharers`: what units and carriers are called.
    `told` None: nobody was told of anything.
    """

    meeting: Meeting
    standings: Sequence[PointStanding]
    runs: Sequence[RunInShort]
    names: Mapping[str, str]
    people: Mapping[str, str]
    wanted: frozenset[RehearsalMoment]
    least_share: float
    refused: str
    can_act: bool
    can_require: bool
    sharers: Mapping[str, str]
    told: MissTold | None


@dataclass(frozen=True, slots=True)
class PointInRow:
    """One of several points in a row."""

    point_id: str
    name: str
    when: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One point, or `points` that miss the meeting for one cause.

    `parts`: a badge for each column of PARTS; `when`: how old the result is. `mark`: what it is
    in the meeting; `requires`: the button's word by which it is required, or is no more.
    """

    point_id: str
    name: str
    badge: Badge
    why: str
    what: str
    told: ToldCell
    mark: str = ""
    parts: tuple[tuple[str, Badge], ...] = ()
    figures: str = ""
    when: str = ""
    requires: str = ""
    is_required: bool = False
    points: tuple[PointInRow, ...] = ()


def rows(words: Language, now: datetime, facts: BoardFacts, shown: str) -> list[BoardRow]:
    """Return the rows of one kind; of those in need the chair's, those required, the worst."""
    of = {str(one.point_id): one for one in chosen(facts.standings, shown)}
    if shown != NEED:
        return [_row(words, now, facts, one) for one in of.values()]
    missing = [_missing(one) for one in of.values()]
    alone = [one.point_id for one in of.values() if one.is_chair or one.required is not Required.NO]
    drawn = []
    for found in together(missing, alone):
        own = [of[point_id] for point_id in found.points]
        one_row = len(own) == 1
        drawn.append(
            _row(words, now, facts, own[0]) if one_row else _group(words, now, facts, found, own)
        )
    return drawn


def chosen(standings: Sequence[PointStanding], shown: str) -> list[PointStanding]:
    """Return the points of one kind, in their order."""
    if shown == ALL:
        return list(standings)
    if shown == READY:
        return [one for one in standings if one.judged.verdict is PointVerdict.READY]
    known = {str(one.point_id): one for one in standings}
    chair = next((one.point_id for one in standings if one.is_chair), "")
    required = {str(one.point_id) for one in standings if one.required is not Required.NO}
    verdicts = [(str(one.point_id), one.judged.verdict) for one in standings]
    return [known[one] for one in in_order(verdicts, chair, required)]


def said_of(words: Language, facts: BoardFacts, one: PointStanding) -> WhyAndWhat:
    """Return the words of its cause; nobody is told to rehearse what cannot be rehearsed now."""
    said = wording.why_and_what(words, one.judged.cause)
    return WhyAndWhat(said.why) if facts.refused and one.judged.cause == NOT_YET else said


def _missing(one: PointStanding) -> MissingPoint:
    shared = frozenset(one.result.shared.split()) if one.result is not None else frozenset()
    return MissingPoint(one.point_id, one.judged.verdict, one.judged.cause, shared)


def _group(
    words: Language,
    now: datetime,
    facts: BoardFacts,
    found: MissTogether,
    own: Sequence[PointStanding],
) -> BoardRow:
    first = own[0]
    said = said_of(words, facts, first)
    return BoardRow(
        point_id=found.by,
        name=wording.together(words, len(own), found.by, facts.sharers),
        badge=wording.verdict_badge(words, first.judged.verdict),
        why=said.why,
        what=said.what,
        told=told_words.of_several(words, now, facts.told, [one.point_id for one in own]),
        points=tuple(
            PointInRow(
                one.point_id, facts.names.get(one.point_id, one.point_id), _when(words, now, one)
            )
            for one in own
        ),
    )


def _row(words: Language, now: datetime, facts: BoardFacts, one: PointStanding) -> BoardRow:
    found = {part.tried: part for part in one.judged.findings}
    was_tried = one.result is not None and bool(one.result.outcome)
    said = said_of(words, facts, one)
    row = one.result
    figures = ""
    if row is not None and row.outcome == "done" and row.loss_ratio is not None:
        figures = words.gettext(
            "loss %(loss)s, round trip %(rtt)s",
            loss=words.percent(row.loss_ratio),
            rtt=words.milliseconds(row.rtt_ms),
        )
    return BoardRow(
        point_id=one.point_id,
        name=facts.names.get(one.point_id, one.point_id),
        badge=wording.verdict_badge(words, one.judged.verdict),
        parts=tuple(
            (words.gettext(name), wording.part_badge(words, found.get(part), was_tried=was_tried))
            for part, name in PARTS
        ),
        why=said.why,
        what=said.what,
        figures=figures,
        when=_when(words, now, one),
        told=told_words.of_one(
            words,
            now,
            facts.told,
            one.point_id,
            is_ready=one.judged.verdict is PointVerdict.READY,
        ),
        mark=_mark(words, one),
        requires=_requires(words, facts, one),
        is_required=one.required is Required.MARKED,
    )


def _mark(words: Language, one: PointStanding) -> str:
    if one.is_chair:
        return words.gettext("chair point")
    if one.required is Required.SPEAKS:
        return words.gettext("required: speaks in the agenda")
    return words.gettext("required") if one.required is Required.MARKED else ""


def _requires(words: Language, facts: BoardFacts, one: PointStanding) -> str:
    if not facts.can_require or one.is_chair or one.required is Required.SPEAKS:
        return ""
    if one.required is Required.MARKED:
        return words.gettext("No longer required")
    return words.gettext("Make required")


def _when(words: Language, now: datetime, one: PointStanding) -> str:
    if one.turn_at is not None:
        return words.gettext("its turn is at %(time)s", time=words.time_exact(one.turn_at))
    if one.result is not None and one.result.judged_at is not None:
        return words.moment(one.result.judged_at, now)
    return ""
