"""What is said on a meeting's page of outer relays that are not there."""

from collections.abc import Sequence
from datetime import timedelta

from controller.meetings.relays_now import RelayNow
from controller.settings import SpreadingSettings
from controller.web.i18n.language import Language


def notes(
    words: Language,
    relays: Sequence[RelayNow],
    spreading: SpreadingSettings,
    *,
    is_live: bool,
) -> tuple[str, ...]:
    """Return a sentence for each outer relay that is away, or not joined to the others.

    Args:
        relays: the home first.
    """
    home, *outer = relays
    said = [_away(words, one, home.relay_id, spreading) for one in outer]
    if is_live and home.is_online:
        said += [_alone(words, one, home.relay_id) for one in outer]
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
