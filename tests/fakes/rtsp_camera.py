"""An RTSP camera: H.264 of a moving ball and the sound of ticks. Runs under the system's Python.

rtsp_camera.py PORT FRAMES_BETWEEN_KEYFRAMES [USER PASSWORD]
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PICTURE = (
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=400 key-int-max={distance}"
    " ! rtph264pay name=pay0 pt=96"
)
SOUND = "audiotestsrc is-live=true wave=ticks ! alawenc ! rtppcmapay name=pay1 pt=8"


def main(port: str, distance: str, user: str = "", password: str = "") -> None:
    """Serve until it is ended."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {PICTURE.format(distance=distance)} {SOUND} )")
    factory.set_shared(True)
    if user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
        allowed = Gst.Structure.new_empty("viewer")
        allowed.set_value("media.factory.access", True)
        allowed.set_value("media.factory.construct", True)
        factory.add_role_from_structure(allowed)
    server.get_mount_points().add_factory("/stream1", factory)
    server.attach(None)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
