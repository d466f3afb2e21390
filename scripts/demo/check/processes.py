"""What each process costs, read from the kernel, and what it may.

The bounds are several times what a slow machine shows, so that they hold on every machine:
a process that turns round and round is far above them wherever it runs.
"""

from dataclasses import dataclass

import psutil

MAY_COST = {"relay": 0.45, "media": 0.5, "recorder": 0.25, "camera": 0.2, "web": 0.3}
MAY_COST |= {"ingest": 0.25, "broker": 0.1}
OTHERS_MAY_COST = 0.05
UNBOUND = ("kiosk", "crowd")  # the browser, and what is only there to be looked at


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds so far, and memory."""

    cpu_s: float
    rss_bytes: int


def cost(pid: int | None) -> Cost | None:
    """Return what a process and its children have cost; None: it is not there."""
    if pid is None:
        return None
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        times = [process.cpu_times() for process in family]
        rss = sum(process.memory_info().rss for process in family)
    except psutil.NoSuchProcess:
        return None
    return Cost(sum(t.user + t.system for t in times), rss)


def costs(pids: dict[str, int | None]) -> dict[str, Cost]:
    """Return the cost of each process that is there."""
    found = {name: cost(pid) for name, pid in pids.items()}
    return {name: one for name, one in found.items() if one is not None}


def shares(before: dict[str, Cost], after: dict[str, Cost], seconds: float) -> dict[str, float]:
    """Return the share of one core each process took between two readings."""
    return {
        name: (after[name].cpu_s - before[name].cpu_s) / seconds for name in before if name in after
    }


def above(costs: dict[str, float]) -> list[str]:
    """Return those that take more of a core than their kind may; names are `kind:point`."""
    kinds = {name: name.partition(":")[0] for name in costs}
    return [
        f"{name} {share:.0%}"
        for name, share in costs.items()
        if kinds[name] not in UNBOUND and share > MAY_COST.get(kinds[name], OTHERS_MAY_COST)
    ]
