"""`python -m tests.fuzz.guided TARGET SECONDS FOLDER`: follows the decoder's branches (atheris).

It begins with what is kept for the target, and leaves what reached a new branch in the folder;
`python -m tests.fuzz.corpus TARGET FOLDER` keeps it, and every run of the tests decodes it
again. atheris is not among what the tests need:

    .venv/bin/pip install atheris
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import atheris

from tests.fuzz.corpus import kept

MOST_BYTES = 4096


def main(arguments: Sequence[str]) -> None:
    """Fuzz one target; atheris ends the process, with an error where something escaped."""
    name, seconds, folder = arguments
    with atheris.instrument_imports(include=["media"]):
        from tests.fuzz.wire_targets import WIRE
    target = next(target for target in WIRE if target.name == name)

    def decode(data: bytes) -> None:
        try:
            target.decode(data)
        except target.errors:
            return

    Path(folder).mkdir(parents=True, exist_ok=True)
    for index, data in enumerate([target.payload, *kept(name)]):
        (Path(folder) / f"kept-{index}").write_bytes(data)
    options = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, folder], decode)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
