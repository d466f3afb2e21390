"""The wrong clock of the tests' processes is there in each run, not in most of them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.wrong_clock import needs_faketime, wrong_clock

# What a process of the same id leaves behind that was killed under libfaketime.
LEFT_BEHIND = "/dev/shm/faketime_shm_{} /dev/shm/sem.faketime_sem_{}"


@needs_faketime
def test_what_a_killed_process_of_the_same_id_left_behind_does_no_harm() -> None:
    script = f'touch {LEFT_BEHIND.format("$$", "$$")}; exec env "$@" date +%s'
    changes = [f"{name}={value}" for name, value in wrong_clock("-7h").items()]
    process = subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", *changes], stdout=subprocess.PIPE, text=True
    )
    said, _ = process.communicate(timeout=20)
    for path in LEFT_BEHIND.format(process.pid, process.pid).split():
        Path(path).unlink(missing_ok=True)
    shown = datetime.fromtimestamp(int(said), UTC)
    assert process.returncode == 0
    assert timedelta(hours=6.9) < datetime.now(UTC) - shown < timedelta(hours=7.1)
