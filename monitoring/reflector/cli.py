"""diemcau-reflector: answers the line probes of the points."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from monitoring.reflector.service import Reflector, read_key
from monitoring.reflector.settings import ReflectorSettings
from runtime import logging, service, settings
from runtime.errors import SettingsError
from runtime.examples import refuse_examples
from runtime.service import explained

EXIT_CODES = """\
exit codes:
  0  ended as asked
  1  failed; the sentence on stderr says why
  2  the command line or the configuration cannot be used
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        loaded = settings.load(ReflectorSettings, parsed.config)
        refuse_examples(parsed.config)
        key = read_key(loaded)
    except SettingsError as exc:
        return explained(exc) or service.BAD_CONFIGURATION
    logging.configure("diemcau-reflector", level=loaded.log.level, form=loaded.log.form)
    return service.run(lambda: Reflector(loaded, key).run())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diemcau-reflector",
        description=__doc__,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="answer probes until stopped")
    run.add_argument("--config", type=Path, required=True, help="the TOML file with the settings")
    return parser
