"""Which of a meeting's files stay, so that minutes can be locked and files brought again. Pure.

The first and the newest of a kind stay in any case. Between them the oldest leaves first whose
content nobody needs: of those handed out, one that no signed file which is there was compared with;
of those brought back, one that is not what was handed out with a signature added. Of a file whose
content has left its row stays, with its SHA-256, until there are too many rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_ISSUED, MAX_SIGNED = 10, 20
"""So many files of each kind stay with their content."""
MAX_ROWS = 100
"""So many rows of each kind stay."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file. `is_needed`: others leave before it."""

    file_id: int
    has_content: bool
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class LeavingFiles:
    """Of which files the content leaves, and which leave altogether."""

    contents: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


def leaving(files: Sequence[KeptFile], *, most: int, most_rows: int = MAX_ROWS) -> LeavingFiles:
    """Return what leaves once a file was added.

    Args:
        files: all of one kind in the order in which they were added, the new one last.
        most: so many stay with their content; at least two.
    """
    kept = [one for one in files if one.has_content]
    between = sorted(kept[1:-1], key=lambda one: (one.is_needed, one.file_id))
    contents = {one.file_id for one in between[: max(0, len(kept) - most)]}
    bare = [one.file_id for one in files if not one.has_content or one.file_id in contents]
    rows = bare[: max(0, len(files) - most_rows)]
    return LeavingFiles(tuple(sorted(contents.difference(rows))), tuple(rows))
