"""Has a child process send something, and ends it where it takes too long.

A receiver that hangs, or a library that does, harms nobody else so.
"""

import asyncio
import sys
from dataclasses import dataclass

LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class ChildAnswer:
    """The last line that a child said, and how it ended; `line` None: it took too long."""

    line: bytes | None
    exit_code: int | None = None


async def ask(module: str, question: bytes, *, limit_s: float = LIMIT_S) -> ChildAnswer:
    """Run `python -m module` with a question on its stdin; never longer than the limit."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(limit_s):
            said, _ = await child.communicate(question)
    except TimeoutError:
        return ChildAnswer(None)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return ChildAnswer(said.strip().rpartition(b"\n")[2], child.returncode)
