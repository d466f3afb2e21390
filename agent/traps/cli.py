"""diemcau-traps: hears what the point's devices say unasked, and tells the centre."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from agent.errors import EXIT_NOT_ENROLLED, IdentityUnreadable, NotEnrolled
from runtime import lean
from runtime.errors import RuntimeFault

EXIT_CODES = """\
exit codes:
  0  ended as asked
  1  failed; the sentence on stderr says why
  2  the command line or the configuration cannot be used
  3  this machine is not enrolled
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parsed = _parser().parse_args(arguments)
    lean.leave_out_optional()
    lean.tune_allocator()
    # Only now: what these import depends on what was left out.
    from agent.point.identity import PointFolder
    from agent.traps.service import TrapService
    from agent.traps.settings import TrapSettings
    from runtime import logging, service, settings
    from runtime.examples import refuse_examples

    try:
        loaded = settings.load(TrapSettings, parsed.config)
        refuse_examples(parsed.config)
        folder = PointFolder(loaded.data_dir)
        identity = folder.identity()
    except (NotEnrolled, IdentityUnreadable) as exc:
        service.explained(exc)
        return EXIT_NOT_ENROLLED
    except RuntimeFault as exc:
        return service.explained(exc) or service.FAILED
    logging.configure("diemcau-traps", level=loaded.log.level, form=loaded.log.form)
    return service.run(lambda: TrapService(loaded, identity.point_id, folder).run())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diemcau-traps",
        description=__doc__,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="hear devices until stopped")
    run.add_argument("--config", type=Path, required=True, metavar="FILE", help="traps.toml")
    return parser
