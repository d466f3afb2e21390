"""What is said on a meeting's page of outer relays that are not there."""

from collections.abc import Iterable
from datetime import timedelta

from controller.meetings.relays_now import RelayNow
from controller.settings import SpreadingSettings
from controller.web.i18n.language import Language


def notes(
    words: Language, relays: Iterable[RelayNow], spreading: SpreadingSettings
) -> tuple[str, ...]:
    """Return a sentence for each outer relay that is away, or has not been back for long."""
    known = list(relays)
    home = next((one.relay_id for one in known if one.is_home), "")
    return tuple(
        _note(words, one, home, spreading)
        for one in known
        if not one.is_home and (one.is_given_up or not one.is_online)
    )


def _note(words: Language, relay: RelayNow, home: str, spreading: SpreadingSettings) -> str:
    points = words.ngettext("%(n)s point", "%(n)s points", relay.point_count)
    said = {"relay": relay.relay_id, "points": points, "home": home}
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
