"""`python -m tests.fuzz.guided TARGET SECONDS`: follows what the decoder's branches say (atheris).

What reaches a branch that nothing kept has reached is kept in tests/fuzz/corpus/TARGET, and every
run of the tests decodes it again. atheris is not among what the tests need:

    .venv/bin/pip install atheris
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"
MOST_BYTES = 4096


def main(arguments: Sequence[str]) -> None:
    """Fuzz one target; atheris ends the process, with an error where something escaped."""
    name, seconds = arguments
    with atheris.instrument_imports(include=["media"]):
        from tests.fuzz.wire_targets import WIRE
    target = next(target for target in WIRE if target.name == name)

    def decode(data: bytes) -> None:
        try:
            target.decode(data)
        except target.errors:
            return

    folder = CORPUS / name.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seed").write_bytes(target.payload)
    options = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(folder)], decode)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
