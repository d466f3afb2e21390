"""diemcau-relay: the command line."""

from collections.abc import Sequence

from media.relay import service
from media.relay.settings import RelaySettings
from runtime import logging, settings
from runtime.command_line import CommandParser, both, one_that_runs
from runtime.errors import RuntimeFault
from runtime.examples import refuse_examples
from runtime.service import explained
from runtime.service import run as run_until_signalled


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (0 ended, 1 failed, 2 bad configuration)."""
    given = _parser().parse_args(arguments)
    try:
        loaded = settings.load(RelaySettings, given.config)
        refuse_examples(given.config)
    except RuntimeFault as exc:
        return explained(exc) or 2
    logging.configure("relay", level=loaded.log.level, form=loaded.log.form)
    return run_until_signalled(lambda: service.run(loaded, given.config))


def _parser() -> CommandParser:
    return one_that_runs(
        "diemcau-relay",
        does="Chuyển hình và tiếng của các cuộc họp; phục vụ WHIP và WHEP.\n"
        "Forwards pictures and sound of meetings; serves WHIP and WHEP.",
        run=both("chạy relay cho tới khi bị dừng", "run the relay until it is stopped"),
        config="relay.toml",
    )
