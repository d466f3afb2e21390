"""One GStreamer pipeline in a process of its own, under Debian's Python, which has its bindings.

    stdin    a line of JSON: {"pipeline": ..., "properties": {element: {name: value}}}, and then
             `keyframe` or `bitrate BPS`, a line each. Its end is the pipeline's end.
    stdout   whatever the pipeline writes to fd 1; of one that plays, how much it has played
    input    a further descriptor, as the first line says: packets for the elements `in-0`,
             `in-1` and so on, each behind two bytes of length and one that says for which
    stderr   a line of JSON for an error: {"kind": ..., "text": ...}

Passwords come as properties by stdin, so that no list of processes shows them. This file
imports nothing of ours. It ends when its parent does, however that happens.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstBase", "1.0")
from gi.repository import GLib, Gst, GstBase  # noqa: E402 - after its version is chosen

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_TEXT_LIMIT = 300
_READ_BYTES = 65_536
# An encoder's property for its rate, and how many bits per second its unit has.
_RATES = {"vp8enc": ("target-bitrate", 1), "x264enc": ("bitrate", 1000)}
# Pictures of 1080p decoded and encoded take some 300 MB; an answer may say that it has gigabytes.
_MOST_DATA_BYTES = 640 << 20


def main() -> int:
    """Run the pipeline that stdin describes until stdin ends; 1: it failed."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    Gst.init(None)
    told = json.loads(_line())
    try:
        pipeline = _pipeline(told)
    except GLib.Error as exc:
        _tell("parse", exc.message)
        return 1
    loop = GLib.MainLoop()
    failed: list[bool] = []

    def on_message(_bus: Any, message: Any) -> None:
        if message.type == Gst.MessageType.ERROR:
            error, _detail = message.parse_error()
            _tell(_kind(error), error.message)
            failed.append(True)
        if message.type in (Gst.MessageType.ERROR, Gst.MessageType.EOS):
            loop.quit()

    camera = pipeline.get_by_name("camera")
    if camera is not None and camera.get_factory().get_name() in ("rtspsrc", "sdpsrc"):
        _distrust(camera)
    if pipeline.get_by_name("outlet") is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_DATA_BYTES, _MOST_DATA_BYTES))
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    GLib.io_add_watch(
        0, GLib.IO_IN | GLib.IO_HUP, lambda _fd, _condition: _obey(pipeline, loop.quit)
    )
    pipeline.set_state(Gst.State.PLAYING)
    if told["input"] is not None:
        fed = threading.Thread(target=_feed, args=(pipeline, told["input"]), daemon=True)
        fed.start()
        GLib.timeout_add_seconds(1, _tell_played, pipeline)
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    return 1 if failed else 0


def _pipeline(told: Any) -> Any:
    pipeline = Gst.parse_launch(told["pipeline"])
    for name, properties in told["properties"].items():
        element = pipeline.get_by_name(name)
        for key, value in properties.items():
            element.set_property(key, value)
    return pipeline


def _distrust(camera: Any) -> None:
    """Bound what it sends may take, and ask nobody but itself: who asks is told the password.

    A request that is not sent ends the pipeline.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_DATA_BYTES, _MOST_DATA_BYTES))
    if camera.get_factory().get_name() == "sdpsrc":  # which is asked nothing
        camera.connect("element-added", _wait_for_it)
        return
    own = _place(camera)

    def before_send(_camera: Any, _message: Any) -> bool:
        is_own = _place(camera) == own
        if not is_own:
            _tell("redirected", "The camera sends whoever asks to another address.")
        return is_own

    camera.connect("before-send", before_send)


def _wait_for_it(_camera: Any, inside: Any) -> None:
    """Let nothing come for as long as whoever began us allows: one of two streams may be empty."""
    if inside.find_property("timeout") is not None:
        inside.set_property("timeout", 0)


def _place(camera: Any) -> tuple[str | None, int | None]:
    address = urlsplit(camera.get_property("location"))
    return address.hostname, address.port


def _line() -> str:
    """Return the next line of stdin, and take nothing of what came with it: that wakes us again."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line.decode()


def _obey(pipeline: Any, end: Any) -> bool:
    line = _line()
    if not line:
        end()
        return False
    command, *values = line.split()
    if command == "keyframe":
        wish = Gst.Structure.new_empty("GstForceKeyUnit")
        wish.set_value("all-headers", True)
        pay = pipeline.get_by_name("pay")
        if pay is not None:
            pay.send_event(Gst.Event.new_custom(Gst.EventType.CUSTOM_UPSTREAM, wish))
    elif command == "bitrate":
        encoder = pipeline.get_by_name("encoder")
        rate = _RATES.get(encoder.get_factory().get_name()) if encoder is not None else None
        if rate is not None:
            encoder.set_property(rate[0], int(values[0]) // rate[1])
    return True


def _feed(pipeline: Any, descriptor: int) -> None:
    """Give each packet to the element that it is for, until the pipe ends."""
    inputs: dict[int, Any] = {}
    kept = b""
    while data := os.read(descriptor, _READ_BYTES):
        kept += data
        at = 0
        while len(kept) - at >= 3 and len(kept) - at - 2 >= (
            size := int.from_bytes(kept[at : at + 2])
        ):
            place = kept[at + 2]
            if place not in inputs:
                inputs[place] = pipeline.get_by_name(f"in-{place}")
            if inputs[place] is not None:
                packet = Gst.Buffer.new_wrapped(kept[at + 3 : at + 2 + size])
                inputs[place].emit("push-buffer", packet)
            at += 2 + size
        kept = kept[at:]


def _tell_played(pipeline: Any) -> bool:
    """Say what the sinks have played, as a packet: two bytes of length before it."""
    played = {}
    for name in ("screen", "speaker", "outlet"):
        sink = pipeline.get_by_name(name)
        if sink is not None:
            played[name] = _rendered(sink)
    line = json.dumps(played).encode()
    os.write(1, len(line).to_bytes(2, "big") + line)
    return True


def _rendered(sink: Any) -> int:
    """Return how many buffers a sink has played; one that wraps others: the most of them."""
    if isinstance(sink, Gst.Bin):
        return max((_rendered(child) for child in sink.children), default=0)
    if not isinstance(sink, GstBase.BaseSink):
        return 0
    return int(sink.get_property("stats").get_uint64("rendered")[1])


def _kind(error: Any) -> str:
    for kind in (Gst.ResourceError, Gst.StreamError, Gst.CoreError):
        if error.matches(kind.quark(), error.code):
            return str(kind(error.code).value_nick)
    return str(error.domain)


def _tell(kind: str, text: str) -> None:
    sys.stderr.write(json.dumps({"kind": kind, "text": text[:_TEXT_LIMIT]}) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
