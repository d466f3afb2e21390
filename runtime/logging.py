"""Structured logs on stderr: a fixed event and keys, JSON for machines, text for people."""

import logging
import sys
from typing import Literal, TextIO, cast

import structlog

from runtime.settings import Settings

Level = Literal["debug", "info", "warning", "error"]
Form = Literal["json", "console"]

_NOISY = ("aioice", "aiortc", "asyncio", "httpx", "httpcore", "mqtt", "uvicorn.access")


class _Stderr:
    """Where standard error leads now, not where it led when logging was set up.

    It may be a file on a full disk: then lines are lost, and no process ends for it.
    """

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except OSError:
            return


class LogSettings(Settings, frozen=True, kw_only=True):
    """How much is logged, and in which form."""

    level: Level = "info"
    form: Form = "json"


def configure(process: str, *, level: Level = "info", form: Form = "json") -> None:
    """Set up logging for the whole process; every line carries its name."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
