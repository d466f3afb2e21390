"""What is wrong with a point's machine: its disks and file systems, its heat, its screen. Pure."""

from collections.abc import Iterator

from contracts.machine import DiskHealth
from contracts.reports import DiskSection, HealthBody
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds


def machine_problems(body: HealthBody, limits: Thresholds) -> Iterator[Problem]:
    """Give what is wrong."""
    yield from _file_system_problems(body.disk or DiskSection(), limits)
    for one in body.disks.disks if body.disks else ():
        yield from _disk_problems(one, limits)
    held = body.throttling.throttled_ratio if body.throttling else None
    if held is not None and held > limits.throttled_ratio:
        yield Problem(ProblemKey.THROTTLED, Severity.MINOR, {"percent": round(100 * held)})
    screens = body.screens.screens if body.screens else ()
    has_room = body.room is not None and body.room.media != "absent"
    if has_room and screens and not any(one.is_connected for one in screens):
        yield Problem(ProblemKey.NO_SCREEN, Severity.MINOR)


def _file_system_problems(disk: DiskSection, limits: Thresholds) -> Iterator[Problem]:
    """Those that are not the agent's own harm no meeting, and are told by their names."""
    for one in disk.file_systems:
        for key, ratio, own_ratio, limit in (
            (ProblemKey.DISK_FULL, one.disk_ratio, disk.disk_ratio, limits.disk_ratio),
            (ProblemKey.INODES_FULL, one.inode_ratio, disk.inode_ratio, limits.inode_ratio),
        ):
            is_full = ratio is not None and ratio > limit and not one.is_read_only
            if ratio is not None and is_full and ratio != own_ratio:
                told: dict[str, Argument] = {"name": one.path, "percent": round(100 * ratio)}
                yield Problem(key, Severity.MINOR, told)


def _disk_problems(one: DiskHealth, limits: Thresholds) -> Iterator[Problem]:
    """One that fails need not be told of its worn flash and bad sectors besides."""
    bad = max(one.bad_sectors or 0, one.media_errors or 0)
    if one.has_passed is False or one.warnings:
        yield Problem(ProblemKey.DISK_FAILING, Severity.SERIOUS, {"name": one.name})
        return
    if bad:
        yield Problem(ProblemKey.DISK_ERRORS, Severity.MINOR, {"name": one.name, "places": bad})
    if one.worn_percent is not None and one.worn_percent > 100 * limits.worn_ratio:
        worn: dict[str, Argument] = {"name": one.name, "percent": one.worn_percent}
        yield Problem(ProblemKey.DISK_WORN, Severity.MINOR, worn)
