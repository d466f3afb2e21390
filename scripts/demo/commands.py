"""The command lines of the processes: those of systemd/, with the demo's files."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scripts.demo import configs, kiosk, units
from scripts.demo.breaks.entries import spoilt
from scripts.demo.errors import DemoError
from scripts.demo.lan import answers as lan
from scripts.demo.plan import Plan
from scripts.demo.process import Command
from scripts.demo.province import Point

_FUNCTIONS = {
    "diemcau-agent": "agent.health.cli",
    "diemcau-room": "agent.room.cli",
    "diemcau-traps": "agent.traps.cli",
    "diemcau-controller": "controller.cli",
    "diemcau-relay": "media.relay.cli",
    "diemcau-recorder": "media.recorder.cli",
    "diemcau-reflector": "monitoring.reflector.cli",
}


def ours(name: str) -> tuple[str, ...]:
    """Return how one of our commands is called here."""
    installed = Path(sys.executable).with_name(name)
    if installed.exists():
        return (str(installed),)
    return (sys.executable, "-c", f"from {_FUNCTIONS[name]} import main; raise SystemExit(main())")


def broker(plan: Plan) -> Command:
    """Mosquitto with the generated configuration."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DemoError("there is no mosquitto on this machine", "apt-get install mosquitto")
    # As its unit does, each time before it starts.
    script = '"$0" "$2" && exec "$1" -c "$2"'
    check, config = units.FOLDER / "broker-check.sh", plan.centre / "mosquitto.conf"
    arguments = ("/bin/sh", "-c", script, str(check), found, str(config))
    return Command("broker", arguments, plan.log("broker"))


def centre(plan: Plan, broken: Sequence[str]) -> list[Command]:
    """The centre's processes: web, enrolment, ingest, reflector, relays and recorder."""
    controller, files = ours("diemcau-controller"), plan.configs

    def command(name: str, words: tuple[str, ...], verb: str, file: str) -> Command:
        patched = spoilt(broken, name.partition(":")[0])
        words = (sys.executable, *patched) if patched else words
        log = plan.log(name.replace(":", "-"))
        return Command(name, (*words, verb, "--config", str(files / file)), log)

    relays = {"relay": "relay.toml", "relay:2": "relay-2.toml"}
    return [
        command("web", controller, "web", "controller.toml"),
        command("enrolment", controller, "enrolment", "controller.toml"),
        command("ingest", controller, "ingest", "controller.toml"),
        command("reflector", ours("diemcau-reflector"), "run", "reflector.toml"),
        *(
            command(name, ours("diemcau-relay"), "run", file)
            for name, file in list(relays.items())[: plan.relays]
        ),
        command("recorder", ours("diemcau-recorder"), "run", "recorder.toml"),
    ]


def agent(plan: Plan, point: Point, netns: str | None) -> Command:
    """A point's health agent."""
    return _of_point("agent", "diemcau-agent", configs.agent_file(plan, point), plan, point, netns)


def media(plan: Plan, point: Point, netns: str | None, broken: Sequence[str] = ()) -> Command:
    """The room's process of a point."""
    file = configs.media_file(plan, point)
    made = _of_point("media", "diemcau-room", file, plan, point, netns)
    patched = spoilt(broken, "media")
    if not patched:
        return made
    return replace(made, arguments=(sys.executable, *patched, *made.arguments[-3:]))


def camera(plan: Plan, point: Point, broken: Sequence[str]) -> Command:
    """Camera and microphone of a room that has a browser."""
    words = spoilt(broken, "camera") or ("-m", "scripts.demo.camera")
    what = (str(kiosk.devices(plan, point)), str(point.number), point.name)
    name = f"camera:{point.point_id}"
    arguments = (sys.executable, *words, *what)
    return Command(name, arguments, plan.log(name.replace(":", "-")))


def mailbox(plan: Plan) -> Command:
    """The mail server that the centre tells of incidents."""
    what = ("-m", "scripts.demo.mailbox", str(plan.ports["smtp"]), str(plan.mail))
    return Command("mailbox", (sys.executable, *what), plan.log("mailbox"))


def traps(plan: Plan, point: Point, netns: str | None) -> Command:
    """What hears a point's devices."""
    return _of_point("traps", "diemcau-traps", configs.traps_file(plan, point), plan, point, netns)


def ups(plan: Plan, netns: str | None) -> Command:
    """A point's power supply, as far as it speaks by itself."""
    what = ("-m", "scripts.demo.lan.ups", str(lan.recording(plan)), str(plan.ports["traps"]))
    return Command("ups", (sys.executable, *what), plan.log("ups"), netns)


def devices(plan: Plan, netns: str | None) -> Command:
    """What answers for a point's switch and power supply."""
    words = (str(Path(sys.executable).with_name("snmpsim-command-responder")), *lan.options(plan))
    return Command("devices", words, plan.log("devices"), netns)


def _of_point(
    kind: str, program: str, file: Path, plan: Plan, point: Point, netns: str | None
) -> Command:
    name = f"{kind}:{point.point_id}"
    arguments = (*ours(program), "run", "--config", str(file))
    return Command(name, arguments, plan.log(name.replace(":", "-")), netns)
