"""What the router of packets counts; nothing of it is fatal."""

from dataclasses import dataclass


@dataclass(slots=True)
class SfuCounters:
    """What became of packets and requests, of all sessions together."""

    oversized_total: int = 0
    unprotected_total: int = 0
    retransmitted_total: int = 0
    retransmissions_refused_total: int = 0
    padding_total: int = 0
    nack_numbers_refused_total: int = 0
    feedback_refused_total: int = 0
    excess_total: int = 0
    pictures_refused_total: int = 0
    beginnings_refused_total: int = 0
    unrouted_total: int = 0
    changes_overdue_total: int = 0
    ladder_falls_total: int = 0
    ladder_climbs_total: int = 0
    keyframes_asked_total: int = 0
    keyframes_total: int = 0
    keyframes_wanted_total: int = 0
    slots_empty_ms_total: int = 0
