"""What `diemcau-room doctor` found, in both languages."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fault_vi` empty: it is well."""

    what: str
    fault_vi: str = ""
    fault_en: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.fault_vi

    def __str__(self) -> str:
        """Return one line for people, Vietnamese first."""
        if self.is_well:
            return f"tốt / ok     {self.what}"
        return f"SAI / WRONG  {self.what}: {self.fault_vi} / {self.fault_en}"


def installed(root: Path, pattern: str, package: str) -> Finding:
    """Return whether a file of a Debian package is there.

    Args:
        pattern: below `root`; `*` stands for what differs from machine to machine.
    """
    if next(root.glob(pattern), None) is not None:
        return Finding(package)
    run = f"apt-get install --no-install-recommends {package}"
    return Finding(package, f"chưa cài, chạy {run}", f"not installed, run {run}")
