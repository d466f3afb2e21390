"""The province as a whole: how it is built, started and ended."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.demo import commands, configs, kiosk, oneshot, provision, topology
from scripts.demo import plan as plans
from scripts.demo.api import Api
from scripts.demo.camera.names import MICROPHONE
from scripts.demo.errors import DemoError
from scripts.demo.lan import answers as lan
from scripts.demo.options import Options
from scripts.demo.plan import RECORDER_ID, Plan
from scripts.demo.process import Process
from scripts.demo.progress import Progress
from scripts.demo.province import Point, Province
from scripts.demo.reloading import reload_broker
from scripts.demo.runner import Runner, ready
from scripts.demo.topology import Place
from scripts.demo.waiting import until

USER = "quantri"


@dataclass(slots=True)
class Demo:
    """A running province."""

    plan: Plan
    place: Place
    province: Province
    runner: Runner
    api: Api
    progress: Progress
    real_room: Point | None
    points_started_s: float = 0.0

    def process(self, name: str) -> Process:
        """Return a process by its name in the table."""
        return self.runner.processes[name]


def lay_out(folder: Path, province: Province, relays: int = 1) -> tuple[Plan, Place, bool]:
    """Return where everything is; a kept installation is found again.

    Raises:
        DemoError: the place or a port a kept installation needs is taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = plans.kept(folder)
    wanted = known.place_index if known is not None and known.place_index >= 0 else None
    others = (topology.VIEWER, topology.STRANGER, topology.CROWD)
    place = topology.prepare(
        wanted, [*province.with_own_network, *others], routed=[province.bystander.point_id]
    )
    try:
        if known is None:
            ids = [point.point_id for point in province.points]
            fresh = plans.fresh(folder, place.index, place.centre_address, ids, relays=relays)
            fresh.save()
            return fresh, place, True
        if known.address != place.centre_address:
            raise DemoError(
                f"the kept data are for {known.address}, this machine is {place.centre_address}",
                "RESET=1 sets up anew",
            )
        if known.relays != relays:
            raise DemoError(f"the kept data are for relays: {known.relays}", "RESET=1 sets up anew")
        plans.verify_free(known)
        known = plans.completed(known)
        known.save()
    except BaseException:
        place.close()
        raise
    return known, place, False


@asynccontextmanager
async def running(
    asked: Options, province: Province, progress: Progress, broken: Sequence[str]
) -> AsyncIterator[Demo]:
    """Start the province, give it, and end all of it in order."""
    plan, place, is_first = lay_out(asked.folder, province, asked.relays)
    progress.step(f"network: {place.note}; centre at {plan.address}")
    chromium = None if asked.is_drawn else kiosk.executable()
    real_room = province.first if chromium else None
    configs.write_all(plan, province, real_room)
    async with AsyncExitStack() as stack:
        stack.callback(place.close)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        runner = Runner(tasks, lambda text: progress.step(f"! {text}"))
        stack.push_async_callback(runner.stop)
        netns = place.namespace_of(province.equipped.point_id)
        devices = tasks.create_task(_start_devices(plan, runner, netns), name="devices")
        await _prepare_centre(plan, progress, is_first=is_first)
        await _start_centre(plan, runner, progress, broken)
        reloading = reload_broker(runner.processes["broker"], plan.pki / "revoked.crl")
        stack.callback(tasks.create_task(reloading, name="reloading").cancel)
        api = await stack.enter_async_context(Api(plan.url, plan.pki / "ca.crt"))
        await api.sign_in(USER, plan.password)
        demo = Demo(plan, place, province, runner, api, progress, real_room)
        await devices
        await _start_points(demo, broken)
        if real_room is None or chromium is None:
            why = "as asked for" if asked.is_drawn else "there is no Chromium for it"
            progress.step(f"the first room is drawn like the others: {why}")
        else:
            await _start_real_room(demo, real_room, chromium, broken, is_examined=asked.is_check)
        yield demo


async def _start_devices(plan: Plan, runner: Runner, netns: str | None) -> None:
    """Start a point's switch and power supply."""
    lan.prepare(plan)
    ups = await runner.start(commands.ups(plan, netns))
    await ready(ups, lan.recording(plan).exists, within_s=15, what="its recording")
    devices = await runner.start(commands.devices(plan, netns))

    def is_answering() -> bool:
        return lan.is_answering(plan, devices.pid)

    await ready(devices, is_answering, within_s=30, what="its ports")


async def _prepare_centre(plan: Plan, progress: Progress, *, is_first: bool) -> None:
    controller = commands.ours("diemcau-controller")
    file = str(plan.configs / "controller.toml")
    if is_first or not (plan.centre / "db").exists():
        progress.step("centre: authority, certificates, databases (diemcau-controller init)")
        await oneshot.run(*controller, "init", "--config", file)
        await oneshot.run(
            *controller, "user", "add", USER, "--role", "admin", "--display-name", "Văn phòng",
            "--password-stdin", "--config", file, stdin=plan.password,
        )  # fmt: skip
    elif not (plan.pki / f"{RECORDER_ID}.crt").exists():
        progress.step("centre: a certificate for the recorder (diemcau-controller init)")
        await oneshot.run(*controller, "init", "--config", file)


async def _start_centre(
    plan: Plan, runner: Runner, progress: Progress, broken: Sequence[str]
) -> None:
    progress.step("starting broker, controller, enrolment, ingest, reflector, relay, recorder")
    await runner.start(commands.mailbox(plan))
    await runner.start(commands.broker(plan))
    for command in commands.centre(plan, broken):
        await runner.start(command)
    context = ssl.create_default_context(cafile=str(plan.pki / "ca.crt"))
    async with httpx.AsyncClient(verify=context, timeout=5) as client:
        await asyncio.gather(
            _answers(client, f"{plan.url}/readyz", runner.processes["web"]),
            _answers(client, f"{plan.relay_url}/healthz", runner.processes["relay"]),
        )


async def _answers(client: httpx.AsyncClient, url: str, process: Process) -> None:
    async def is_answering() -> bool:
        try:
            return (await client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        await until(is_answering, f"{url} answers 200", within_s=60)
    except DemoError as exc:
        raise DemoError(
            f"{exc.what}; the last lines of {process.name}:\n{process.last_lines()}",
            f"read {process.command.log_file}",
        ) from exc


async def _start_points(demo: Demo, broken: Sequence[str]) -> None:
    plan, place, province, progress = demo.plan, demo.place, demo.province, demo.progress
    await provision.enter(demo.api, province)
    await provision.enter_channel(demo.api, plan)
    await provision.enter_office(demo.api, plan, province)
    await provision.enter_contracts(demo.api, province)
    await provision.enter_devices(demo.api, plan, province.equipped)
    enrolled = await provision.enrol_all(demo.api, plan, place, province)
    progress.step(f"{enrolled} points enrolled by code over TLS; starting agents and rooms")
    demo.points_started_s = time.time()
    for point in province.points:
        await demo.runner.start(commands.agent(plan, point, place.namespace_of(point.point_id)))
    equipped = province.equipped
    netns = place.namespace_of(equipped.point_id)
    await demo.runner.start(commands.traps(plan, equipped, netns))
    for point in province.points:
        spoilt = broken if point == demo.real_room else ()
        namespace = place.namespace_of(point.point_id)
        await demo.runner.start(commands.media(plan, point, namespace, spoilt))


async def _start_real_room(
    demo: Demo, point: Point, chromium: str, broken: Sequence[str], *, is_examined: bool
) -> None:
    """Start a browser that shows the room's page and is its camera and microphone."""
    plan = demo.plan
    kiosk.prepare(plan, point)
    camera = await demo.runner.start(commands.camera(plan, point, broken))
    has_devices = (kiosk.devices(plan, point) / MICROPHONE).exists
    await ready(camera, has_devices, within_s=15, what="its files")
    await demo.runner.start(kiosk.command(plan, point, chromium, is_examined=is_examined))
    demo.progress.step(
        f"{point.name}: a real Chromium shows its page; a film of 640x360 that is drawn as it is "
        "read is its camera, a tone its microphone"
    )
