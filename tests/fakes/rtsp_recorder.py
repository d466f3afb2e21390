"""An RTSP server that is pushed to (RECORD). Runs under the system's Python.

python3 -m tests.fakes.rtsp_recorder PORT [USER PASSWORD]
Writes a line for every 25 pictures and pieces of sound that it decodes.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer  # noqa: E402

from tests.fakes.rtsp_serving import say, serve  # noqa: E402

TAKEN = (
    "( decodebin name=depay0 ! fakesink name=first signal-handoffs=true sync=false"
    "  decodebin name=depay1 ! fakesink name=second signal-handoffs=true sync=false )"
)
EVERY = 25


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
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(TAKEN)
    factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.connect("media-configure", watched)
    serve(port, "/stage", factory, user, password)


if __name__ == "__main__":
    main(*sys.argv[1:])
