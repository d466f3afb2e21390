"""Whether a PDF that comes back signed holds the very bytes that were handed out. Pure.

Whoever signs a PDF adds to its end and changes nothing before it (ISO 32000-1, sections 7.5.6,
incremental updates, and 12.8.1, signatures over byte ranges). So a file that begins with what was
handed out holds it whole. One that was printed, signed by hand and scanned is another file.
Whether a signature is anybody's is not judged here: that is for who has the certificates.
"""

import re
from dataclasses import dataclass
from enum import Enum

MAX_SIGNED_BYTES = 20 * 1024 * 1024
# Readers look for the head within the first kilobyte (ISO 32000-1, annex H, note 13).
_HEAD_WITHIN, _TAIL_WITHIN = 1024, 2048
_SIGNATURE = re.compile(rb"/ByteRange\s{0,8}\[")
_STEP = 64 * 1024


class PrefixVerdict(Enum):
    """How a file stands to what was handed out; values as kept."""

    FOLLOWS = "follows"
    SAME = "same"
    SHORTER = "shorter"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. `differs_at`: the first byte that is another one, counted from 1.

    `has_signature`: what was added holds the range of a signature.
    """

    verdict: PrefixVerdict
    has_signature: bool
    differs_at: int | None = None


def is_pdf(content: bytes) -> bool:
    """Whether it begins and ends as a PDF does."""
    return b"%PDF-" in content[:_HEAD_WITHIN] and _is_ended(content)


def breaks_off(issued: bytes, brought: bytes) -> bool:
    """Whether what was added to the issued file has no end: the update was cut on its way."""
    added = brought[len(issued) :]
    return brought.startswith(issued) and added != b"" and not _is_ended(added)


def _is_ended(content: bytes) -> bool:
    return b"%%EOF" in content[-_TAIL_WITHIN:]


def compared(issued: bytes, brought: bytes) -> Comparison:
    """Return how a file that was brought stands to what was handed out."""
    if brought.startswith(issued):
        added = brought[len(issued) :]
        verdict = PrefixVerdict.FOLLOWS if added else PrefixVerdict.SAME
        return Comparison(verdict, _SIGNATURE.search(added) is not None)
    has_signature = _SIGNATURE.search(brought) is not None
    at = _first_difference(issued, brought)
    if at == len(brought):
        return Comparison(PrefixVerdict.SHORTER, has_signature, at + 1)
    return Comparison(PrefixVerdict.DIFFERS, has_signature, at + 1)


def _first_difference(one: bytes, other: bytes) -> int:
    """Return where two that are not the same differ first; the shorter's end counts."""
    most = min(len(one), len(other))
    for start in range(0, most, _STEP):
        left, right = one[start : start + _STEP], other[start : start + _STEP]
        if left[: len(right)] != right[: len(left)]:
            pairs = zip(left, right, strict=False)
            return start + next(place for place, (a, b) in enumerate(pairs) if a != b)
    return most
