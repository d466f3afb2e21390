"""diemcau-traps: hears what the point's devices say unasked, and tells the centre."""

from collections.abc import Sequence

from agent.errors import EXIT_NOT_ENROLLED, IdentityUnreadable, NotEnrolled
from runtime import command_line, lean
from runtime.command_line import CommandParser, both, one_that_runs
from runtime.errors import RuntimeFault


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


def _parser() -> CommandParser:
    return one_that_runs(
        "diemcau-traps",
        does="Nghe những gì thiết bị của điểm cầu tự báo, và báo về trung tâm.\n"
        "Hears what the point's devices say unasked, and tells the centre.",
        run=both("nghe cho tới khi bị dừng", "hear devices until stopped"),
        config="traps.toml",
        epilog=command_line.exit_codes(*command_line.USUAL, command_line.NOT_ENROLLED),
    )
