"""What once reached a branch that nothing else had reached: a file of hexadecimal lines a target.

`python -m tests.fuzz.corpus TARGET FOLDER` takes over what fuzzing left in a folder.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
MOST = 300  # of a target; the shortest are kept


def _file(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '-')}.hex"


def kept(name: str) -> list[bytes]:
    """Return what is kept for a target."""
    return [bytes.fromhex(line) for line in _file(name).read_text().splitlines()]


def main(arguments: Sequence[str]) -> None:
    """Take over a folder's files beside what is kept already."""
    name, folder = arguments
    found = {path.read_bytes() for path in Path(folder).iterdir()}
    if _file(name).exists():
        found |= set(kept(name))
    shortest = sorted(found - {b""}, key=lambda data: (len(data), data))[:MOST]
    FOLDER.mkdir(exist_ok=True)
    _file(name).write_text("".join(f"{data.hex()}\n" for data in shortest))


if __name__ == "__main__":
    main(sys.argv[1:])
