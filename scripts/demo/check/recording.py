"""The meeting's recording: its recorder is killed, the page says so, and what it wrote plays.

The recorder stays away afterwards, so that no file is made of it beside the rest of the check.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av

from scripts.demo.check.system import System
from scripts.demo.errors import DemoError
from scripts.demo.waiting import until

RECORDED = "recorder killed: the page says so, what it wrote plays"
ALARM_LIMIT_S, LOST_LIMIT_S = 10.0, 2.0
ADVICE = "read log/recorder.log in the data folder"
SILENT = "Máy ghi hình không trả lời"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Packets of each kind in all runs of a meeting, and when the last of them was."""

    pictures: int
    sounds: int
    ends_at: datetime


async def kill_recorder(system: System) -> None:
    """Kill it within the meeting; judge the alarm and the file."""

    async def is_live() -> bool:
        return bool((await system.api.get(f"/meetings/{system.meeting_id}"))["state"] == "live")

    # The pages say that it is on once the centre believes its clock, which forwarding awaits not.
    await until(is_live, "the meeting is live", within_s=60, every_s=0.5)
    killed_s = time.time()
    await system.demo.process("recorder").kill(is_held=True)

    async def is_said() -> bool:
        return SILENT in await system.api.page(f"/meetings/{system.meeting_id}")

    await until(is_said, "the meeting's page says it", within_s=ALARM_LIMIT_S, every_s=0.5)
    alarm_s = time.time() - killed_s
    folder = system.demo.plan.recordings / system.meeting_id
    found = await asyncio.to_thread(recorded, folder)
    lost_s = killed_s - found.ends_at.timestamp()
    is_held = bool(found.pictures and found.sounds) and lost_s <= LOST_LIMIT_S
    figure = (
        f"said after {alarm_s:.1f} s; {found.pictures} packets of picture and {found.sounds} of "
        f"sound, to {lost_s:.1f} s before"
    )
    bound = f"≤ {ALARM_LIMIT_S:g} s, both, ≤ {LOST_LIMIT_S:g} s"
    system.facts.hold(RECORDED, is_held, figure, bound)


def recorded(folder: Path) -> Recorded:
    """Read what was recorded of a meeting as a player does; the first frames are decoded.

    Raises:
        DemoError: there is none, or it does not play.
    """
    counts, ends = {"video": 0, "audio": 0}, []
    try:
        for path in sorted(folder.glob("*/recording.json")):
            begins_at = datetime.fromisoformat(json.loads(path.read_text())["begins_at"])
            with av.open(str(path.with_suffix(".mkv")), "r") as file:
                last_s = 0.0
                for packet in file.demux():
                    if packet.pts is None or packet.time_base is None:
                        continue
                    kind = packet.stream.type
                    if not counts[kind]:
                        packet.decode()
                    counts[kind] += 1
                    last_s = max(last_s, float(packet.pts * packet.time_base))
            ends.append(begins_at.timestamp() + last_s)
    except (OSError, av.FFmpegError, ValueError, KeyError) as exc:
        raise DemoError(f"the recording does not play: {exc}", ADVICE) from exc
    if not ends:
        raise DemoError(f"there is no recording in {folder}", ADVICE)
    ends_at = datetime.fromtimestamp(max(ends)).astimezone()
    return Recorded(counts["video"], counts["audio"], ends_at)
