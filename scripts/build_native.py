"""Compiles media/native's C, where there is a compiler: `python -m scripts.build_native`.

The hook of the wheel runs it, for a working copy too. Without a compiler there is no library,
and Python does the same work.
"""

import os
import shutil
import subprocess
import sys

from media.native.sources import LIBRARY, SOURCES, digest

FLAGS = ("-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-include", "stdint.h")


def build() -> bool:
    """Write the library; return whether there is one."""
    compiler = shutil.which("cc")
    if compiler is None:
        LIBRARY.unlink(missing_ok=True)
        return False
    made = LIBRARY.with_suffix(".new")  # who has the old one mapped keeps it as it is
    command = (compiler, *FLAGS, f"-DSOURCE_DIGEST={digest()}", *map(str, SOURCES),
               "-o", str(made))  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        reason = getattr(exc, "stderr", None) or exc
        sys.stderr.write(f"not compiled, Python does its work: {reason}\n")
        LIBRARY.unlink(missing_ok=True)
        return False
    os.replace(made, LIBRARY)
    return True


if __name__ == "__main__":
    build()
