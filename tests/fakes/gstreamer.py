"""GStreamer's webrtcbin, in processes of its own: tests/fakes/gst_peer.py."""

import subprocess
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
GSTREAMER = (SYSTEM_PYTHON, Path(__file__).parent / "gst_peer.py")


def has_gstreamer() -> bool:
    """Return whether the system's Python can make a webrtcbin."""
    probe = (
        "import gi; gi.require_version('GstWebRTC', '1.0'); gi.require_version('Gst', '1.0');"
        "from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find('webrtcbin')"
    )
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode == 0
