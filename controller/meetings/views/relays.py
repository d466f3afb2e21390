"""What is said on a meeting's page of outer relays: who is away, and what line is too thin."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from contracts.relay import RungName, TrunkState
from controller.meetings.line_verdicts import Degree, trunk_degree
from controller.meetings.relays_now import RelayNow
from controller.settings import SpreadingSettings
from controller.web.i18n.language import N_, Language

# What goes over the line between two relays, where it is not everything.
_CARRIED: dict[RungName, str] = {
    "high": N_("everything"),
    "speaker": N_("who speaks large, the others small"),
    "low": N_("small pictures"),
    "content": N_("shared content and sound"),
    "sound": N_("sound without pictures"),
}


def notes(
    words: Language,
    relays: Sequence[RelayNow],
    spreading: SpreadingSettings,
    *,
    is_live: bool,
) -> tuple[str, ...]:
    """Return a sentence for each outer relay that is away, not joined to the others, or far.

    Args:
        relays: the home first.
    """
    home, *outer = relays
    said = [_away(words, one, home.relay_id, spreading) for one in outer]
    if is_live and home.is_online:
        said += [_alone(words, one, home.relay_id) for one in outer]
        said += [line for one in outer for line in _thin(words, one, home.relay_id)]
    return tuple(filter(None, said))


def _alone(words: Language, relay: RelayNow, home: str) -> str:
    if relay.is_joined or relay.is_given_up or not relay.is_online:
        return ""
    return words.gettext(
        "Relay %(relay)s has no connection to %(home)s: its %(points)s see and hear only "
        "each other.",
        relay=relay.relay_id,
        home=home,
        points=words.ngettext("%(n)s point", "%(n)s points", relay.point_count),
    )


def _thin(words: Language, relay: RelayNow, home: str) -> Iterator[str]:
    """Yield what the line between the two carries where it is not well, each way by itself."""
    points = words.ngettext("%(n)s point", "%(n)s points", relay.point_count)
    ends = {"relay": relay.relay_id, "home": home, "points": points}
    if relay.down is not None and trunk_degree(relay.down) < Degree.GOOD:
        yield words.gettext(
            "The line from %(home)s to %(relay)s is bad: its %(points)s are sent %(what)s.",
            **ends,
            what=_carried(words, relay.down),
        )
    if relay.up is not None and trunk_degree(relay.up) < Degree.GOOD:
        yield words.gettext(
            "The line from %(relay)s to %(home)s is bad: of its %(points)s the others are sent "
            "%(what)s.",
            **ends,
            what=_carried(words, relay.up),
        )


def _carried(words: Language, line: TrunkState) -> str:
    """Return how much goes, and the figures that are known."""
    figures = []
    if line.loss_ratio is not None:
        figures.append(words.gettext("%(share)s lost", share=words.percent(line.loss_ratio)))
    if line.rtt_ms is not None:
        figures.append(words.milliseconds(line.rtt_ms))
    told = words.gettext(_CARRIED[line.rung])
    return f"{told} ({', '.join(figures)})" if figures else told


def _away(words: Language, relay: RelayNow, home: str, spreading: SpreadingSettings) -> str:
    if relay.is_online and not relay.is_given_up:
        return ""
    points = words.ngettext("%(n)s point", "%(n)s points", relay.point_count)
    said = {"relay": relay.relay_id, "points": points, "home": home}
    if relay.is_joined and not relay.is_given_up:
        return words.gettext(
            "Relay %(relay)s does not report to the centre, but is joined to %(home)s: the meeting "
            "goes on for its %(points)s.",
            **said,
        )
    if relay.is_given_up and relay.is_online:
        span = words.duration(timedelta(seconds=spreading.back_after_s))
        return words.gettext(
            "Relay %(relay)s is back. Its %(points)s go back to it once it has held for %(span)s.",
            **said,
            span=span,
        )
    if relay.is_given_up:
        return words.gettext(
            "Relay %(relay)s is not connected. Its %(points)s use %(home)s meanwhile.", **said
        )
    span = words.duration(timedelta(seconds=spreading.gone_after_s))
    return words.gettext(
        "Relay %(relay)s is not connected. Its %(points)s come back to it by themselves, and use "
        "%(home)s if it stays away for %(span)s.",
        **said,
        span=span,
    )
