"""How a process begins and ends: signals, exit codes, one main coroutine.

Exit codes: 0 ended as asked, 1 failed (the sentence is on stderr), 2 the
configuration or the command line cannot be used.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from runtime import notify
from runtime.errors import RuntimeFault, SettingsError

OK, FAILED, BAD_CONFIGURATION = 0, 1, 2
SHUTDOWN_LIMIT_S = 10.0

Main = Callable[[], Coroutine[Any, Any, None]]


def run(main: Main) -> int:
    """Run a process' main until it returns, fails or the process is asked to stop.

    SIGTERM and SIGINT cancel it; it then has ten seconds for its `finally` blocks.
    """
    try:
        return asyncio.run(_until_signalled(main))
    except KeyboardInterrupt:
        return OK


def explained(fault: BaseException) -> int | None:
    """Write a fault that people can act on to stderr; return its exit code, or None."""
    if isinstance(fault, SettingsError):
        sys.stderr.write(f"cấu hình / configuration: {fault}\n")
        return BAD_CONFIGURATION
    if isinstance(fault, RuntimeFault):
        sys.stderr.write(f"{fault}\n")
        return FAILED
    return None


async def _until_signalled(main: Main) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(main(), name="main")
    is_asked_to_stop = False

    def stop() -> None:
        nonlocal is_asked_to_stop
        is_asked_to_stop = True
        notify.stopping()
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    while not task.done():
        limit_s = SHUTDOWN_LIMIT_S if is_asked_to_stop else None
        _, pending = await asyncio.wait({task}, timeout=limit_s or 3600)
        if pending and is_asked_to_stop:
            sys.stderr.write("shutdown took longer than 10 s; leaving what is left\n")
            return FAILED
    if task.cancelled():
        return OK if is_asked_to_stop else FAILED
    return _code_of(task.exception())


def _code_of(fault: BaseException | None) -> int:
    if fault is None:
        return OK
    leaves = list(_leaves(fault))
    codes = [explained(leaf) for leaf in leaves]
    if any(code is None for code in codes):
        raise fault
    return max(code for code in codes if code is not None)


def _leaves(fault: BaseException) -> list[BaseException]:
    if isinstance(fault, BaseExceptionGroup):
        return [leaf for inner in fault.exceptions for leaf in _leaves(inner)]
    return [fault]
