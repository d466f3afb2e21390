"""diemcau-relay: the command line."""

from collections.abc import Sequence
from pathlib import Path

from media.relay import service
from media.relay.settings import RelaySettings
from runtime import command_line, logging, settings
from runtime.command_line import CommandParser, both
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
    parser = CommandParser(
        prog="diemcau-relay",
        description="Chuyển hình và tiếng của các cuộc họp; phục vụ WHIP và WHEP.\n"
        "Forwards pictures and sound of meetings; serves WHIP and WHEP.",
        epilog=command_line.exit_codes(*command_line.USUAL),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run", help=both("chạy relay cho tới khi bị dừng", "run the relay until it is stopped")
    )
    run.add_argument(
        "--config", type=Path, required=True, metavar="FILE",
        help=both("tệp cấu hình relay.toml", "relay.toml"),
    )  # fmt: skip
    return parser
