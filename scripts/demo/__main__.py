"""`python -m scripts.demo`: a province in miniature, for a person or for the check."""

import asyncio
import contextlib
import shutil
import signal
import sys

from scripts.demo import options, province
from scripts.demo.check import conduct
from scripts.demo.demo import USER, Demo, running
from scripts.demo.errors import DemoError
from scripts.demo.folder import owned
from scripts.demo.options import Options
from scripts.demo.progress import Progress
from scripts.demo.showtime import go_on


async def _show(asked: Options, progress: Progress) -> int:
    """Run the province until the person ends it."""
    async with running(asked, province.load(), progress, ()) as demo:
        progress.step("running")
        _tell(demo)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        show = asyncio.create_task(go_on(demo), name="showtime")
        ended = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({show, ended}, return_when=asyncio.FIRST_COMPLETED)
            if show.done():
                await show
        finally:
            show.cancel()
            progress.step("ending all processes")
    progress.step("everything has ended")
    return 0


def _tell(demo: Demo) -> None:
    plan, line = demo.plan, demo.progress.line
    line()
    line(f"  Trang quản trị / pages   {plan.url}   (also http://127.0.0.1:{plan.ports['http']})")
    line(f"  Đăng nhập / sign in      {USER}   {plan.password}")
    for point in demo.province.points:
        where = f"http://localhost:{plan.ports[f'kiosk:{point.point_id}']}"
        if point == demo.real_room:
            where += "/?watch"  # a second page of its own would take the camera over
        namespace = demo.place.namespace_of(point.point_id)
        inside = f"   (inside: ip netns exec {namespace} …)" if namespace else ""
        line(f"  Phòng / room {point.number}           {where}   {point.name}{inside}")
    point = demo.province.equipped
    line(f"  Thiết bị / devices       {plan.url}/points/{point.point_id}#snmp   {point.name}")
    ups = demo.process("ups").pid
    line(f"  Cúp điện / mains off     kill -USR1 {ups}   (có lại / back: kill -USR2 {ups})")
    line(f"  Thư báo / letters        {plan.mail}")
    line(f"  Dữ liệu / data           {plan.folder}")
    line()
    demo.progress.table(demo.runner.table())
    line()
    line("  Ctrl-C ends all of it.")
    line()


def main() -> int:
    """Run the demo; return its exit code."""
    asked = options.parse(sys.argv[1:])
    progress = Progress()
    if asked.setup_s is not None:
        progress.line(f"set-up took {asked.setup_s:.0f} s")
    try:
        with owned(asked.folder):
            if asked.is_reset or asked.is_check:
                shutil.rmtree(asked.folder, ignore_errors=True)
            work = conduct.check(asked, progress) if asked.is_check else _show(asked, progress)
            return asyncio.run(work)
    except KeyboardInterrupt:
        return 130
    except (DemoError, BaseExceptionGroup) as fault:
        leaves = _leaves(fault)
        for leaf in leaves:
            progress.line(f"\n{leaf}")
        if not all(isinstance(leaf, DemoError) for leaf in leaves):
            raise
        return 1


def _leaves(fault: BaseException) -> list[BaseException]:
    if isinstance(fault, BaseExceptionGroup):
        return [leaf for inner in fault.exceptions for leaf in _leaves(inner)]
    return [fault]


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        raise SystemExit(main())
