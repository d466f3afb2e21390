"""diemcau-reflector: answers the line probes of the points."""

from collections.abc import Sequence

from monitoring.reflector.service import Reflector, read_key
from monitoring.reflector.settings import ReflectorSettings
from runtime import logging, service, settings
from runtime.command_line import CommandParser, both, one_that_runs
from runtime.errors import SettingsError
from runtime.examples import refuse_examples
from runtime.service import explained


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


def _parser() -> CommandParser:
    return one_that_runs(
        "diemcau-reflector",
        does="Trả lời các gói đo đường truyền của điểm cầu.\n"
        "Answers the line probes of the points.",
        run=both("trả lời cho tới khi bị dừng", "answer probes until stopped"),
        config="reflector.toml",
    )
