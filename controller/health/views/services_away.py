"""That broker or a relay is away, which no point tells, and what to do about it."""

from collections.abc import Iterable

from controller.web.i18n.language import Language


def texts(words: Language, relays_away: Iterable[str], *, is_broker_there: bool) -> tuple[str, ...]:
    """Return a sentence for each service that is away; without the broker no relay is heard."""
    if not is_broker_there:
        return (
            words.gettext(
                "The centre has no contact with its broker: nothing is heard of points and relays. "
                "Meetings go on. See to it on the centre's machine (systemctl status "
                "diemcau-broker)."
            ),
        )
    return tuple(
        words.gettext(
            "Relay %(relay)s is not there: its meetings have neither pictures nor sound until it "
            "is back. See to its machine (systemctl status diemcau-relay).",
            relay=relay,
        )
        for relay in relays_away
    )
