"""Commands that run to their end."""

import asyncio

from scripts.demo.errors import DemoError, TooLong


async def run(*argv: str, netns: str | None = None, within_s: float = 60.0, stdin: str = "") -> str:
    """Run a command and return its output.

    Raises:
        TooLong: it did not end in time.
        DemoError: it failed.
    """
    words = ("ip", "netns", "exec", netns, *argv) if netns else argv
    child = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(within_s):
            out, err = await child.communicate(stdin.encode())
    except TimeoutError as exc:
        raise TooLong(argv[0], within_s) from exc
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        said = err.decode(errors="replace").strip() or out.decode(errors="replace").strip()
        shown = " ".join(argv[:4])
        raise DemoError(f"`{shown} …` ended with {child.returncode}: {said[-800:]}",
                        "read the sentence above; RESET=1 sets up anew")  # fmt: skip
    return out.decode(errors="replace")
