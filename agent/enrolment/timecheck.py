"""`python -m agent.enrolment.timecheck URL CA_FILE`: one signed time exchange, as JSON on stdout.

A process of its own: what verifies a signature stays out of the agent's memory.
"""

import json
import sys
from pathlib import Path

from agent.enrolment.time_exchange import ask_time, timeless_context
from agent.errors import EnrolmentError
from runtime import x509_door
from runtime.errors import UnreadableX509


def main(arguments: list[str]) -> int:
    """Print the centre's time; 1 and a sentence on stderr where there is none."""
    url, ca_file = arguments
    try:
        authority = x509_door.certificate_from_pem(Path(ca_file).read_bytes())
        found = ask_time(url, authority, timeless_context(Path(ca_file)))
    except (EnrolmentError, UnreadableX509, OSError, ValueError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    sys.stdout.write(
        json.dumps({"epoch_at_boot_s": found.epoch_at_boot_s, "error_s": found.error_s}) + "\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
