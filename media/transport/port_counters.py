"""What the shared port counts."""

from dataclasses import dataclass


@dataclass(slots=True)
class PortCounters:
    """What came in and was not media of a known peer; nothing of it is fatal."""

    stun_rejected_total: int = 0
    stun_answered_total: int = 0
    unknown_total: int = 0
    undecryptable_total: int = 0
    unprotected_total: int = 0
    malformed_total: int = 0
    handshakes_failed_total: int = 0
    streams_refused_total: int = 0
    rtcp_refused_total: int = 0
    rtp_refused_total: int = 0
    checks_refused_total: int = 0
