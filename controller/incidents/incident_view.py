"""Incidents as a person reads them: a list, and the story of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controller.incidents import telling, wording
from controller.incidents.channel_queries import DROPPED, GIVEN_UP, HELD, SENT, SUMMED
from controller.incidents.fates import said_of
from controller.incidents.logbook import TAKEN
from controller.incidents.tables import AlertMessage, IncidentEntry, IncidentPoint, IncidentRow
from controller.incidents.telling import InWords
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.incidents import Turn
from monitoring.judgement.maintenance import Maintenance
from monitoring.judgement.priority import Priority


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One line of the list."""

    number: int
    href: str
    badge: Badge
    what: str
    since: str
    lasted: str
    whose: str
    remedy: str
    who: str
    urgent: str


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """The page with all of them. `older`: an address, empty where there are none."""

    open: tuple[IncidentLine, ...]
    past: tuple[IncidentLine, ...]
    has_channels: bool
    is_newest: bool
    older: str
    address: str


@dataclass(frozen=True, slots=True)
class HitRow:
    """One point of an incident."""

    name: str
    href: str
    since: str
    until: str
    falls: str


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One line of the story."""

    key: str
    time: str
    exactly: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, and whether it was delivered."""

    channel: str
    badge: Badge
    what: str
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The page of one."""

    number: int
    crumbs: tuple[Crumb, ...]
    line: IncidentLine
    is_over: bool
    is_acknowledged: bool
    points: tuple[HitRow, ...]
    more: str
    story: tuple[StoryRow, ...]
    messages: tuple[MessageRow, ...]
    maintenance: tuple[str, ...]


POINTS_SHOWN = 200
People = Mapping[str, str]
"""What people are called, by what they sign in with."""


def line(
    words: Language, now: datetime, row: IncidentRow, told: InWords, people: People
) -> IncidentLine:
    """Return one incident in a line."""
    is_over = row.over_at is not None
    until = row.over_at or now
    return IncidentLine(
        number=row.number or 0,
        href=f"/incidents/{row.number}",
        badge=_badge(words, row),
        what=wording.headline(words, told.happened, told.advice.what),
        since=words.moment(row.began_at, now),
        lasted=words.duration(until - row.began_at),
        whose=told.advice.whose,
        remedy="" if is_over else told.advice.remedy,
        who=_called(people, row.acknowledged_by),
        urgent="" if is_over else _urgent(words, row),
    )


def _urgent(words: Language, row: IncidentRow) -> str:
    return words.gettext("Urgent") if row.priority == Priority.HIGH.value else ""


def _badge(words: Language, row: IncidentRow) -> Badge:
    if row.over_at is None:
        if row.acknowledged_at is not None:
            return Badge("degraded", "state-degraded", words.gettext("Being handled"))
        return Badge("down", "state-down", words.gettext("Open"))
    word = {
        Turn.MERGED.value: words.gettext("Part of another"),
        Turn.EXCLUDED.value: words.gettext("Taken out"),
    }.get(row.ending, words.gettext("Over"))
    return Badge("up", "state-up", word)


def view(
    words: Language,
    now: datetime,
    row: IncidentRow,
    told: InWords,
    points: Sequence[IncidentPoint],
    names: Mapping[str, str],
    story: Iterable[IncidentEntry],
    messages: Iterable[AlertMessage],
    people: People,
    maintenance: Iterable[Maintenance] = (),
) -> IncidentView:
    """Return the page of one."""
    more = len(points) - POINTS_SHOWN
    return IncidentView(
        number=row.number or 0,
        crumbs=(
            Crumb(words.gettext("Incidents"), "/incidents"),
            Crumb(words.gettext("Incident %(number)s", number=row.number)),
        ),
        line=line(words, now, row, told, people),
        is_over=row.over_at is not None,
        is_acknowledged=row.acknowledged_at is not None,
        points=tuple(_hit(words, now, one, names) for one in points[:POINTS_SHOWN]),
        more=words.ngettext("%(n)s more point", "%(n)s more points", more) if more > 0 else "",
        story=tuple(_entry(words, now, one, people) for one in story),
        messages=tuple(_message(words, now, one) for one in messages),
        maintenance=tuple(_maintenance(words, now, one) for one in maintenance),
    )


def _maintenance(words: Language, now: datetime, one: Maintenance) -> str:
    return words.gettext(
        "Maintenance was declared from %(begins)s to %(ends)s: %(reason)s",
        begins=words.moment(one.period.begins_at, now),
        ends=words.moment(one.period.ends_at, now),
        reason=one.reason,
    )


def _hit(words: Language, now: datetime, one: IncidentPoint, names: Mapping[str, str]) -> HitRow:
    until = words.gettext("still so")
    if one.calm_since is not None:
        until = words.moment(one.calm_since, now)
    falls = words.ngettext("%(n)s time", "%(n)s times", one.falls) if one.falls > 1 else ""
    return HitRow(
        name=names.get(one.point_id, one.point_id),
        href=f"/points/{one.point_id}",
        since=words.moment(one.began_at, now),
        until=until,
        falls=falls,
    )


def _called(people: People, who: str) -> str:
    return people.get(who, who)


def _entry(words: Language, now: datetime, one: IncidentEntry, people: People) -> StoryRow:
    return StoryRow(
        key=str(one.entry_id),
        time=words.moment(one.at, now),
        exactly=words.time_exact(one.at),
        text=_story(words, one, _called(people, one.who)),
    )


def _story(words: Language, one: IncidentEntry, who: str) -> str:
    count = int(one.text) if one.text.isdecimal() and len(one.text) < 9 else 0
    match one.kind:
        case Turn.TOLD.value if not count:
            return words.gettext("Seen by the centre itself.")
        case Turn.TOLD.value:
            return words.ngettext("Seen at %(n)s point.", "Seen at %(n)s points.", count)
        case Turn.WIDER.value:
            return words.gettext("It goes further: most of the province.")
        case "joined":
            return words.ngettext("%(n)s more point fell.", "%(n)s more points fell.", count)
        case "queued":
            return words.gettext("Message written for: %(names)s.", names=one.text)
        case "step":
            return words.gettext("Nobody had taken it: told to %(names)s.", names=one.text)
        case "raised" if one.text:
            return words.gettext("More urgent, for a meeting: told to %(names)s.", names=one.text)
        case "raised":
            return words.gettext("More urgent, for a meeting.")
        case "later":
            return words.gettext("Nobody is told yet: the ladder of who is told waits.")
        case "nobody":
            return words.gettext("Nobody was told: there is no channel.")
        case Turn.RECOVERED.value if count:
            return words.ngettext(
                "Over, but for %(n)s point, which is looked at by itself.",
                "Over, but for %(n)s points, which are looked at by themselves.",
                count,
            )
        case Turn.RECOVERED.value:
            return words.gettext("Over: all of it has been well for a while.")
        case Turn.MERGED.value:
            return words.gettext("It is part of incident %(number)s.", number=one.text)
        case Turn.EXCLUDED.value:
            return words.gettext("Its points were taken out: nobody is told of them any more.")
        case "maintenance":
            return words.gettext(
                "Maintenance was declared by %(who)s: %(reason)s", who=who, reason=one.text
            )
        case "acknowledged" if one.text == "reply":
            return words.gettext("%(who)s takes care of it, by an answer to the message.", who=who)
        case "acknowledged" if one.text:
            return words.gettext("%(who)s takes care of it, by the message's link.", who=who)
        case "acknowledged":
            return words.gettext("%(who)s takes care of it.", who=who)
        case "noted":
            return f"{who}: {one.text}"
        case _:
            return one.text


def _message(words: Language, now: datetime, one: AlertMessage) -> MessageRow:
    said = said_of(words, one.problem) if one.problem else ""
    if one.state == SENT:
        badge = Badge("up", "state-up", words.gettext("Delivered"))
        when = words.moment(one.ended_at or now, now)
        said = f"{when} · {said}" if said else when
    elif one.state == HELD:
        badge = Badge("unknown", "state-unknown", words.gettext("Waits for the end of quiet hours"))
        said = words.moment(one.held_until or now, now)
    elif one.state == SUMMED:
        badge = Badge("up", "state-up", words.gettext("In a summary"))
        said = words.moment(one.ended_at or now, now)
    elif one.state == DROPPED:
        badge = Badge("up", "state-up", words.gettext("Not sent: over by the end of quiet hours"))
        said = words.moment(one.ended_at or now, now)
    elif one.state == GIVEN_UP:
        badge = Badge("down", "state-down", words.gettext("Given up"))
    else:
        badge = Badge("unknown", "state-unknown", words.gettext("Waiting"))
        if one.tries:
            tried = words.ngettext("tried %(n)s time", "tried %(n)s times", one.tries)
            said = f"{tried} · {said}"
    what = {
        Turn.RECOVERED.value: words.gettext("Recovery"),
        Turn.WIDER.value: words.gettext("Goes further"),
        "joined": words.gettext("More points"),
        telling.RISEN.what: words.gettext("More urgent"),
        telling.UNANSWERED.what: words.gettext("Next step"),
        telling.SUMMARY: words.gettext("Summary"),
        TAKEN: words.gettext("Being handled"),
        Turn.MERGED.value: words.gettext("Part of another"),
        Turn.EXCLUDED.value: words.gettext("Taken out"),
        telling.ANSWER: words.gettext("Answer to an answer"),
    }.get(one.what, words.gettext("Alert"))
    return MessageRow(one.channel_name, badge, what, one.text, said)
