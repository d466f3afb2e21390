"""An RTSP camera: H.264 of a moving ball and the sound of ticks. Runs under the system's Python.

python3 -m tests.fakes.rtsp_camera PORT FRAMES_BETWEEN_KEYFRAMES [USER PASSWORD]
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer  # noqa: E402

from tests.fakes.rtsp_serving import serve  # noqa: E402

PICTURE = (
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=400 key-int-max={distance}"
    " ! rtph264pay name=pay0 pt=96"
)
SOUND = "audiotestsrc is-live=true wave=ticks ! alawenc ! rtppcmapay name=pay1 pt=8"


def main(port: str, distance: str, user: str = "", password: str = "") -> None:
    """Serve until it is ended."""
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {PICTURE.format(distance=distance)} {SOUND} )")
    factory.set_shared(True)
    serve(port, "/stream1", factory, user, password)


if __name__ == "__main__":
    main(*sys.argv[1:])
