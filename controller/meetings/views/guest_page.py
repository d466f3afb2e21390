"""A guest's own page: the meeting, or why it is not there yet or not any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.meeting_times import opens_at
from controller.meetings.guests.standing import GuestStanding
from controller.meetings.guests.visiting import Visit
from controller.meetings.views.meeting import ConsoleView
from controller.meetings.views.meetings import hours
from controller.web.elements import Badge
from controller.web.i18n.language import Language

# A page that sleeps or whose clock is set finds out within this that it is time.
LONGEST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class GuestPage:
    """What a guest sees; `asks_in_s` is after how long the page asks by itself, 0: never."""

    standing: str
    title: str
    facts: str
    name: str
    may_speak: bool
    badge: Badge
    said: str
    step: str
    asks_in_s: int = 0
    console: ConsoleView | None = None


def view(
    words: Language, now: datetime, visit: Visit, console: ConsoleView | None = None
) -> GuestPage:
    """Return the page of who visits; the console where they may be in."""
    meeting, link = visit.meeting, visit.link
    said, step = _sentences(words, now, visit)
    return GuestPage(
        standing=visit.standing.value,
        title=meeting.title if meeting else words.gettext("Guest of a meeting"),
        facts=f"{words.day(meeting.begins_at)}, {hours(words, meeting.begins_at, meeting.ends_at)}"
        if meeting
        else "",
        name=link.name if link else "",
        may_speak=link is not None and link.may_speak,
        badge=_badge(words, visit.standing),
        said=said,
        step=step,
        asks_in_s=_asks_in_s(now, visit),
        console=console,
    )


def _asks_in_s(now: datetime, visit: Visit) -> int:
    if visit.standing is not GuestStanding.EARLY or visit.meeting is None:
        return 0
    left = opens_at(visit.meeting.begins_at) - now
    return max(2, 1 + int(min(left, LONGEST_WAIT).total_seconds()))


def _badge(words: Language, standing: GuestStanding) -> Badge:
    if standing is GuestStanding.OPEN:
        return Badge("in-meeting", "state-live", words.gettext("In meeting"))
    if standing is GuestStanding.EARLY:
        return Badge("scheduled", "state-calm", words.gettext("Not yet"))
    if standing is GuestStanding.OVER:
        return Badge("tick", "state-calm", words.gettext("Over"))
    return Badge("degraded", "state-degraded", words.gettext("Not in"))


def _sentences(words: Language, now: datetime, visit: Visit) -> tuple[str, str]:
    """Return what is the matter, and what to do."""
    ask = words.gettext("Ask whoever sent you the link.")
    match visit.standing:
        case GuestStanding.EARLY if visit.meeting is not None:
            at = words.moment(opens_at(visit.meeting.begins_at), now)
            return (
                words.gettext("It is not time yet: you may come in from %(time)s on.", time=at),
                words.gettext("Leave this page open. It begins by itself."),
            )
        case GuestStanding.OVER:
            return (
                words.gettext("The meeting is over, or was cancelled."),
                words.gettext("You may close this page. Another meeting has another link."),
            )
        case GuestStanding.IN_PERSON:
            return words.gettext("The meeting is held in person now, in a room."), ask
        case GuestStanding.WITHDRAWN:
            return words.gettext("Your link was withdrawn."), ask
        case GuestStanding.PUT_OUT:
            return words.gettext("The office put you out of the meeting."), ask
        case GuestStanding.RENEWED:
            return (
                words.gettext("The office made a new link for you; this one is not used any more."),
                words.gettext("Open the new link. If you have not got it: %(ask)s", ask=ask),
            )
        case GuestStanding.ELSEWHERE:
            return (
                words.gettext("Your link was opened in another browser, and is used there now."),
                words.gettext("To be in the meeting here, open the link here again."),
            )
        case GuestStanding.WRONG:
            return (
                words.gettext("This is not a guest's link, or not the whole of one."),
                words.gettext("Open the link you were sent again, or copy the whole of it."),
            )
        case _:
            return "", ""
