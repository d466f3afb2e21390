"""The centre's machine and the file systems that hold what it keeps, by the points' collectors."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from controller.settings import ControllerSettings
from monitoring.collectors.disk import FileSystem, inode_ratio
from monitoring.collectors.host import HostCollector
from monitoring.collectors.load import LoadCollector
from monitoring.errors import CollectorError
from monitoring.judgement.centre_facts import LoadFacts, VolumeFacts

PATIENCE_S = 4.0
PROC, SYS = Path("/proc"), Path("/sys")


def kept_in(settings: ControllerSettings) -> dict[str, Path]:
    """Return the folders that hold what the centre keeps, by what that is."""
    folders = {
        "state": settings.state_dir,
        "series": settings.series_dir,
        "broker": settings.data_dir / "mosquitto",
    }
    if settings.recording.folder is not None:
        folders["recordings"] = settings.recording.folder
    if settings.backup_dir is not None:
        folders["backups"] = settings.backup_dir
    return folders


@dataclass(slots=True)
class CentreMachine:
    """Asks the kernel; a file system that hangs holds up nothing but itself."""

    folders: Mapping[str, Path]
    proc: Path = PROC
    sys: Path = SYS
    _systems: dict[str, FileSystem] = field(init=False)
    _host: HostCollector = field(init=False)
    _load: LoadCollector = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the questions."""
        self._systems = {name: FileSystem(path) for name, path in self.folders.items()}
        self._host = HostCollector(self.proc, self.sys)
        self._load = LoadCollector(self.proc)

    async def volumes(self, grown: Mapping[str, float]) -> list[VolumeFacts]:
        """Return each file system once, by all that lies on it.

        Args:
            grown: by how many bytes a day what is kept grows, by its name.
        """
        asked = await asyncio.gather(*(self._ask(name) for name in self._systems))
        found: dict[int | str, VolumeFacts] = {}
        for name, (system, facts) in zip(self._systems, asked, strict=True):
            known = found.get(system)
            names = [known.name, name] if known else [name]
            growth = grown.get(name, 0.0) + (known.grown_per_day if known else 0.0)
            found[system] = replace(facts, name=" ".join(names), grown_per_day=growth)
        return list(found.values())

    async def _ask(self, name: str) -> tuple[int | str, VolumeFacts]:
        try:
            stat = await self._systems[name].ask(timeout_s=PATIENCE_S)
        except CollectorError as exc:
            return name, VolumeFacts(name, error=str(exc)[:200])
        # As df(1) counts it: what only root may still fill is none of ours.
        used, free = stat.f_blocks - stat.f_bfree, stat.f_bavail
        return stat.f_fsid or name, VolumeFacts(
            name,
            bytes_total=(used + free) * stat.f_frsize,
            bytes_free=free * stat.f_frsize,
            inode_ratio=inode_ratio(stat),
            is_read_only=bool(stat.f_flag & os.ST_RDONLY),
        )

    async def load(self) -> LoadFacts:
        """Return how busy, full and warm the machine is."""
        try:
            host, load = await self._host.collect(), await self._load.collect()
        except CollectorError as exc:
            return LoadFacts(error=str(exc)[:200])
        waiting = load.figures.get("load_1min_count", 0.0) / (os.cpu_count() or 1)
        return LoadFacts(
            load=round(waiting, 1),
            memory_ratio=host.memory_ratio,
            temperature_c=host.temperature_c,
        )
