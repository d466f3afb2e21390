"""What cannot be handled is kept for people to look at, and never more than fits."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from runtime.set_aside import BURST_PER_SOURCE, SetAside

T0 = datetime(2026, 11, 26, 6, tzinfo=UTC)


def kept(folder):
    return [path.read_bytes().split(b"\n", 1) for path in sorted(folder.iterdir())]


def test_a_message_is_kept_as_it_came_with_the_reason(tmp_path):
    aside = SetAside(tmp_path / "aside")
    aside.keep("dc/point/p1/report", b'{"\xe4":1}\n', "no text", now=T0, now_s=0)
    [[head, payload]] = kept(tmp_path / "aside")
    assert payload == b'{"\xe4":1}\n'
    assert json.loads(head) == {
        "at": "2026-11-26T06:00:00+00:00",
        "source": "dc/point/p1/report",
        "reason": "no text",
    }
    assert (aside.kept_total, aside.not_kept_total) == (1, 0)


def test_the_oldest_leave_by_number_and_by_bytes_over_restarts_too(tmp_path):
    for number in range(6):
        aside = SetAside(tmp_path, max_files=3)
        aside.keep(f"p{number}", b"%d" % number, "", now=T0 + timedelta(seconds=number), now_s=0)
    assert [payload for _, payload in kept(tmp_path)] == [b"3", b"4", b"5"]

    small = SetAside(tmp_path, max_bytes=350)
    small.keep("p7", b"7" * 200, "", now=T0 + timedelta(seconds=7), now_s=0)
    assert [payload[:1] for _, payload in kept(tmp_path)] == [b"5", b"7"]
    small.keep("p8", b"8" * 1000, "", now=T0 + timedelta(seconds=8), now_s=0)
    assert [payload[:1] for _, payload in kept(tmp_path)] == [b"8"]


def test_one_source_cannot_drive_out_the_others(tmp_path):
    aside = SetAside(tmp_path)
    aside.keep("honest", b"1", "", now=T0, now_s=0)
    for number in range(1000):
        aside.keep("hostile", b"2", "", now=T0 + timedelta(milliseconds=number), now_s=1)
    assert aside.kept_total == 1 + BURST_PER_SOURCE
    assert aside.not_kept_total == 1000 - BURST_PER_SOURCE
    assert kept(tmp_path)[0][1] == b"1"


def test_a_disk_that_takes_nothing_is_no_trouble(tmp_path):
    (tmp_path / "aside").write_text("a file where the folder should be")
    aside = SetAside(tmp_path / "aside")
    aside.keep("p1", b"1", "", now=T0, now_s=0)
    assert (aside.kept_total, aside.not_kept_total) == (0, 1)


def test_of_what_a_full_disk_took_half_nothing_stays(tmp_path):
    script = (
        "import resource, signal\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from runtime.set_aside import SetAside\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"aside = SetAside(Path({str(tmp_path)!r}))\n"
        "for payload in (b'1' * 5000, b'2'):\n"
        "    aside.keep('p', payload, '', now=datetime.now(UTC), now_s=0)\n"
        "print(aside.kept_total, aside.not_kept_total)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["1 1"], done.stderr
    assert [payload for _, payload in kept(tmp_path)] == [b"2"]
