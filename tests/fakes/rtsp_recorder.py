"""An RTSP server that is pushed to (RECORD). Runs under the system's Python.

rtsp_recorder.py PORT [USER PASSWORD];
Writes a line for every 25 pictures and pieces of sound that it decodes.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

TAKEN = (
    "( decodebin name=depay0 ! fakesink name=first signal-handoffs=true sync=false"
    "  decodebin name=depay1 ! fakesink name=second signal-handoffs=true sync=false )"
)
EVERY = 25


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def watched(_factory: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia) -> None:
    """Count what comes, by what it is: streams are announced in any order."""
    counted = {"seen": 0, "heard": 0}

    def on_handoff(_sink: Gst.Element, _buffer: Gst.Buffer, pad: Gst.Pad) -> None:
        is_picture = pad.get_current_caps().get_structure(0).get_name().startswith("video/")
        name = "seen" if is_picture else "heard"
        counted[name] += 1
        if counted[name] % EVERY == 0:
            say(f"{name} {counted[name]}")

    for name in ("first", "second"):
        media.get_element().get_by_name(name).connect("handoff", on_handoff)


def main(port: str, user: str = "", password: str = "") -> None:
    """Serve until it is ended."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(TAKEN)
    factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.connect("media-configure", watched)
    if user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "sender")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
        allowed = Gst.Structure.new_empty("sender")
        allowed.set_value("media.factory.access", True)
        allowed.set_value("media.factory.construct", True)
        factory.add_role_from_structure(allowed)
    server.get_mount_points().add_factory("/stage", factory)
    server.attach(None)
    say("ready")
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
