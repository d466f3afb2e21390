"""The browser of a room, as a point's own would be started, with files for its devices.

The devices are Chromium's fake ones, since no machine that runs the demo is expected to have
a camera: that, the missing window and the profile are all that differs from a point's.
"""

import json
import os
from pathlib import Path

from scripts.demo.camera.names import CAMERA, MICROPHONE
from scripts.demo.plan import Plan
from scripts.demo.process import Command
from scripts.demo.province import Point

KNOWN_PLACES = ("/usr/bin/chromium", "/usr/bin/google-chrome")
# Where Chromium writes which port its debugger listens at.
DEBUGGER_FILE = "DevToolsActivePort"
_AS_A_POINTS = ("--kiosk", "--noerrdialogs", "--autoplay-policy=no-user-gesture-required")
_WITHOUT_A_WINDOW = (
    "--headless=new",
    "--window-size=960,540",
    "--mute-audio",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    # It asks nobody else for anything: no updates, no accounts, no screens to cast to.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--disable-features=MediaRouter,DialMediaRouteProvider",
)


def executable() -> str | None:
    """Return where Chromium is; a snap's wrapper does not count."""
    for place in KNOWN_PLACES:
        real = os.path.realpath(place)
        if os.access(place, os.X_OK) and "snap" not in real:
            return place
    return None


def profile(plan: Plan, point: Point) -> Path:
    """Where the browser keeps what it knows."""
    return plan.folder / "kiosk" / point.point_id


def devices(plan: Plan, point: Point) -> Path:
    """Where the files are that are its camera and microphone."""
    return plan.folder / "devices" / point.point_id


def command(plan: Plan, point: Point, chromium: str, *, is_examined: bool) -> Command:
    """Return how a room's browser is started.

    Args:
        is_examined: it lets this machine's debuggers in.
    """
    made = devices(plan, point)
    words = [
        *(chromium, *_AS_A_POINTS, *_WITHOUT_A_WINDOW),
        f"--user-data-dir={profile(plan, point)}",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={made / CAMERA}",
        f"--use-file-for-fake-audio-capture={made / MICROPHONE}",
    ]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    if is_examined:
        words.append("--remote-debugging-port=0")
    name = f"kiosk:{point.point_id}"
    return Command(name, (*words, _origin(plan, point)), plan.log(name.replace(":", "-")))


def prepare(plan: Plan, point: Point) -> None:
    """Make the profile: camera and microphone are granted to the room's page, and to no other.

    On a point a managed policy does that; here nothing outside the demo's folder is touched.
    """
    folder = profile(plan, point)
    (folder / DEBUGGER_FILE).unlink(missing_ok=True)
    file = folder / "Default" / "Preferences"
    if file.exists():
        return
    granted = {f"{_origin(plan, point)},*": {"setting": 1}}
    kinds = ("media_stream_camera", "media_stream_mic")
    exceptions = {kind: granted for kind in kinds}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"profile": {"content_settings": {"exceptions": exceptions}}}))


def _origin(plan: Plan, point: Point) -> str:
    return f"http://localhost:{plan.ports[f'kiosk:{point.point_id}']}"
