"""An incident by a clock that was set: what is waited for is waited for as long as before. Pure."""

from dataclasses import replace
from datetime import timedelta

from monitoring.judgement.incidents import Hit, Incident


def moved(one: Incident, by: timedelta) -> Incident:
    """Return an incident with its waits moved; when it began was by the clock of then."""
    return replace(
        one,
        opened_at=one.opened_at + by,
        joined_at=one.joined_at + by,
        hits=tuple(_moved_hit(hit, by) for hit in one.hits),
    )


def _moved_hit(hit: Hit, by: timedelta) -> Hit:
    return hit if hit.calm_since is None else replace(hit, calm_since=hit.calm_since + by)
