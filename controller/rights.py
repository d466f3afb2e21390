"""Which process of the centre may read what: each is a user of its own, made by install.sh.

The enrolment process owns the data folder and alone reads the authority's key. What another
process needs belongs to that process' group, of which enrolment is a member. Where those users
are not (a working copy, the demo), one user runs everything and nothing is changed.
"""

import grp
import os
import pwd
import stat
from pathlib import Path

from contracts.signed_time import SIGNER
from controller.settings import ControllerSettings

# Who, beside the owner, reads the file; certificates and public keys are for all.
_KEYS = {
    "broker": "broker",
    "centre-ingest": "ingest",
    "centre-web": "web",
    "server": "web",
    "token": "web",
    SIGNER: "web",
    "probe": "reflector",  # and web's, which is in that group
}
_OWNER = "diemcau-enrolment"
_PREFIX = "diemcau-"
_PUBLIC = ("*.crt", "*.pub", "*.crl", "*.revoked")


def hand_out(settings: ControllerSettings) -> None:
    """Give everything in the data folder its owner, its readers and its mode; to be repeated.

    Raises:
        OSError: this user may not.
    """
    if not _is_installed(settings.data_dir):
        return
    pki = settings.pki_dir
    _give(settings.data_dir, None, 0o711)
    _give(pki, "web", 0o751)
    for key in pki.glob("*.key"):
        give_key(key, key.stem)
    for path in (found for pattern in _PUBLIC for found in pki.glob(pattern)):
        _give(path, None, 0o644)
    # Ingest and web come into the databases' folder; what is in there they cannot rename.
    _give(settings.databases_dir, "ingest", 0o750)
    # A folder's group is handed on to what is made in it: SQLite's files beside the databases.
    for folder, group, mode in (
        (settings.state_dir, "web", 0o2775),
        (settings.series_dir, "ingest", 0o2770),
        (settings.data_dir / "set-aside", "ingest", 0o2770),
    ):
        folder.mkdir(exist_ok=True)
        _give(folder, group, mode)
        for path in folder.iterdir():
            if path.is_file():
                _give(path, group, mode & 0o664)
    for name in ("mosquitto.conf", "acl"):
        readable_by_broker(settings.data_dir / name)


def for_web(path: Path) -> None:
    """Let the web process use a socket, where it is a user of its own."""
    if _is_installed(path.parent):
        _give(path, "web", 0o660)


def give_key(path: Path, name: str) -> None:
    """Let the process read a key that is, or is going to be, `name`.key."""
    if _is_installed(path.parent.parent):
        kind = name.partition("-")[0]
        reader = kind if kind in ("relay", "recorder") else _KEYS.get(name)
        _give(path, reader, 0o640 if reader else 0o600)


def readable_by_broker(path: Path) -> None:
    """Let the broker read a file of the data folder, where it is a user of its own."""
    if _is_installed(path.parent):
        _give(path, "broker", 0o640)


def become_owner(folder: Path) -> None:
    """Go on as the user who owns a folder: what root makes in it, its processes cannot use."""
    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat().st_uid
    if owner == 0:
        return
    account = pwd.getpwuid(owner)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(owner)


def _is_installed(data_dir: Path) -> bool:
    try:
        return data_dir.stat().st_uid == pwd.getpwnam(_OWNER).pw_uid
    except KeyError:
        return False


def _give(path: Path, reader: str | None, mode: int) -> None:
    is_root = os.geteuid() == 0
    if not path.exists() or (path.stat().st_uid != os.geteuid() and not is_root):
        return
    owner = pwd.getpwnam(_OWNER).pw_uid if is_root else -1
    os.chown(path, owner, grp.getgrnam(f"{_PREFIX}{reader}" if reader else _OWNER).gr_gid)
    # The processes themselves may not set such bits (RestrictSUIDSGID); root has done it.
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)
