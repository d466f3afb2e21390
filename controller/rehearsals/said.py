"""What a point said of its rehearsal, from the wire to the rule and to its row and back."""

from collections.abc import Iterable

from contracts.rehearsal import RehearsalBody
from controller.rehearsals.tables import RehearsalResult
from controller.rehearsals.verdict import CameOut, PartFound, RoomSaid, TriedPart

MAX_FINDINGS_CHARS = 400
_TRIED = {one.value for one in TriedPart}
_FOUND = {one.value for one in CameOut}


def as_said(body: RehearsalBody) -> RoomSaid:
    """Return a report as the rule reads it."""
    return RoomSaid(
        body.outcome,
        tuple(PartFound(TriedPart(one.what), CameOut(one.found), one.cause) for one in body.checks),
    )


def said_in(row: RehearsalResult) -> RoomSaid | None:
    """Return what a row keeps of what its point said; None: it has said nothing."""
    return RoomSaid(row.outcome, tuple(_read(row.findings))) if row.outcome else None


def keep(row: RehearsalResult, body: RehearsalBody) -> None:
    """Write into a row what its point said."""
    said = as_said(body)
    row.outcome = said.outcome
    row.findings = _written(said.findings)
    if body.line is not None:
        row.loss_ratio = body.line.loss_ratio
        row.rtt_ms = body.line.rtt_ms
        row.jitter_ms = body.line.jitter_ms


def _written(findings: Iterable[PartFound]) -> str:
    words = [f"{one.tried.value}:{one.found.value}:{one.cause}" for one in findings]
    return " ".join(words)[:MAX_FINDINGS_CHARS]


def _read(text: str) -> Iterable[PartFound]:
    for word in text.split():
        tried, _, rest = word.partition(":")
        found, _, cause = rest.partition(":")
        if tried in _TRIED and found in _FOUND:
            yield PartFound(TriedPart(tried), CameOut(found), cause)
