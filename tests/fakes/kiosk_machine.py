"""A point's screen without its hardware: Chromium with the installer's policy, alone on a machine.

Run as root in namespaces of its own (`MACHINE`), it serves a page at the kiosk's origin, shows it
by a command, and prints what the page said. The machine's own /etc stays as it is, and so do its
ports and processes.
"""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import ClassVar

MACHINE = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
PORT = 8090
NOBODY = 65534
SAID_LIMIT_S = 30.0
# Tells whether the devices open without a person, and what a screen shows of it.
PAGE = b"""<!doctype html><title>kiosk</title><body style="background:#0a0"><script>
(async () => {
  const said = {};
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.src = "http://127.0.0.1:8090/elsewhere";
  await new Promise((resolve) => frame.addEventListener("load", resolve));
  for (const kind of ["video", "audio"])
    said[kind] = await navigator.mediaDevices.getUserMedia({[kind]: true})
      .then((stream) => stream.getTracks()[0].readyState, (error) => error.name);
  said.autoplay = await new AudioContext().state;
  let frames = 0;
  const count = () => { frames += 1; requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const began = performance.now();
  while (frames < 10 || innerWidth < 1000)
    if (performance.now() - began > 10000) break;
    else await new Promise((resolve) => setTimeout(resolve, 100));
  said.screen = [document.visibilityState, innerWidth, innerHeight, frames >= 10];
  await fetch("/said", {method: "POST", body: JSON.stringify(said)});
})();
</script>"""


class _Site(http.server.BaseHTTPRequestHandler):
    said = ""
    is_said = threading.Event()
    paths: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        _Site.paths.add(self.path)
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE if self.path == "/" else b"another page")

    def do_POST(self) -> None:
        _Site.said = self.rfile.read(int(self.headers["content-length"])).decode()
        self.send_response(204)
        self.end_headers()
        _Site.is_said.set()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the output is what the page said."""


def main(policy: str, command: list[str]) -> None:
    """Show the page by a command; print what it said, or nothing."""
    assert os.getpid() == 1, "not in a namespace of processes of its own"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _install_policy(folder / "etc", policy)
        home, runtime = folder / "home", folder / "runtime"
        for own in (home, runtime):
            own.mkdir(mode=0o700)
            os.chown(own, NOBODY, NOBODY)
        folder.chmod(0o755)
        site = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), _Site)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        words = [word.replace("/var/lib/diemcau-kiosk", str(home)) for word in command]
        shown = subprocess.Popen(
            words,
            env=_environment(home, runtime),
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _Site.is_said.wait(SAID_LIMIT_S)
        os.kill(-1, signal.SIGKILL)  # everybody of this namespace but the first, which we are
        shown.wait(timeout=10)
    is_open = "/elsewhere" in _Site.paths
    sys.stdout.write(json.dumps({**json.loads(_Site.said or "{}"), "elsewhere": is_open}))


def _install_policy(etc: Path, policy: str) -> None:
    """Put the policy where Chromium looks for it, in this mount namespace alone."""
    own = Path("/etc/chromium")
    shutil.copytree(own, etc)
    managed = etc / "policies" / "managed"
    managed.mkdir(parents=True, exist_ok=True)
    shutil.copy(policy, managed / "diemcau-kiosk.json")
    subprocess.run(["mount", "--bind", str(etc), str(own)], check=True)


def _environment(home: Path, runtime: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "WLR_BACKENDS": "headless",
        "WLR_LIBINPUT_NO_DEVICES": "1",
        "WLR_RENDERER": "pixman",
        "WLR_RENDERER_ALLOW_SOFTWARE": "1",
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
