"""How busy others keep this machine: what is slow then is not what is examined."""

from dataclasses import dataclass
from typing import Self

import psutil

BUSY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of all cores: in all, with work, and with work of ours."""

    all_s: float
    busy_s: float
    ours_s: float

    @classmethod
    def now(cls) -> Self:
        """Read what was done until now."""
        times = psutil.cpu_times()
        ours_s = 0.0
        me = psutil.Process()
        for process in (me, *me.children(recursive=True)):
            try:
                used = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            # What has ended, an act for example, is in its parent's.
            ours_s += used.user + used.system + used.children_user + used.children_system
        idle_s = times.idle + getattr(times, "iowait", 0.0)
        all_s = sum(times[:8])  # what guests use is in `user` already
        return cls(all_s, all_s - idle_s, ours_s)

    def others_share(self, later: "Work") -> float:
        """Return which share of the machine others used until then."""
        others_s = (later.busy_s - self.busy_s) - (later.ours_s - self.ours_s)
        return max(0.0, others_s / max(later.all_s - self.all_s, 0.01))
