"""What RTSP servers of tests have in common. Runs under the system's Python, beside them."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(
    port: str, path: str, factory: GstRtspServer.RTSPMediaFactory, user: str, password: str
) -> None:
    """Serve at a path of the loopback until it is ended; to nobody else, if a user is named."""
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
        allowed = Gst.Structure.new_empty("user")
        allowed.set_value("media.factory.access", True)
        allowed.set_value("media.factory.construct", True)
        factory.add_role_from_structure(allowed)
    server.get_mount_points().add_factory(path, factory)
    server.attach(None)
    say("ready")
    GLib.MainLoop().run()
