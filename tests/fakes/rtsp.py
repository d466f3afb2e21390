"""RTSP cameras in processes of their own: tests/fakes/rtsp_camera.py."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.gstreamer import SYSTEM_PYTHON
from tests.fakes.rooms import free_port

CAMERA = ("-m", "tests.fakes.rtsp_camera")
ROOT = Path(__file__).parents[2]
PROBE = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); gi.require_version('Gst', '1.0');"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
    "assert Gst.ElementFactory.find('x264enc') and Gst.ElementFactory.find('rtpstreampay')"
)


def has_rtsp() -> bool:
    """Return whether the system's Python can be a camera, and take one."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", PROBE], capture_output=True).returncode == 0


@contextmanager
def camera(*, keyframe_every: int, user: str = "", password: str = "") -> Iterator[str]:
    """Run a camera of 25 frames a second; its address."""
    port = free_port()
    process = subprocess.Popen(
        [SYSTEM_PYTHON, *CAMERA, str(port), str(keyframe_every), user, password],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield f"rtsp://127.0.0.1:{port}/stream1"
    finally:
        process.kill()
        process.wait(timeout=10)
