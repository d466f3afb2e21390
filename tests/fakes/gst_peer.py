"""GStreamer's webrtcbin as a WHIP publisher or WHEP player, in a process of its own.

    /usr/bin/python3 gst_peer.py publish|play URL AUTHORIZATION|- [VP8|H264]

With "-" it prints "offer BASE64" and reads the Authorization header from its input.
Runs under the system's Python, which has GStreamer's bindings. A player prints
"video N" and "audio N" for every tenth buffer that it decodes.
"""

import base64
import signal
import ssl
import sys
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402 - after require_version

ENCODE = {
    "VP8": """vp8enc deadline=1 keyframe-max-dist=1000 target-bitrate=300000
  ! rtpvp8pay pt=96 picture-id-mode=15-bit
  ! application/x-rtp,media=video,encoding-name=VP8,payload=96""",
    "H264": """x264enc tune=zerolatency speed-preset=ultrafast key-int-max=1000 bitrate=300
  ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96
  ! application/x-rtp,media=video,encoding-name=H264,payload=96""",
}
DECODE = {"VP8": "rtpvp8depay ! vp8dec", "H264": "rtph264depay ! avdec_h264"}
PUBLISH = """
webrtcbin name=rtc bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=180,framerate=25/1
  ! {encode} ! rtc.
audiotestsrc is-live=true freq=440 ! audioconvert ! audioresample ! opusenc
  ! rtpopuspay pt=97 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! rtc.
"""
CAPS = {
    "VP8": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000",
    "H264": "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f",
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000",
}


class Peer:
    """One webrtcbin and its exchange of descriptions."""

    def __init__(self, direction: str, url: str, authorization: str, codec: str = "VP8") -> None:
        self.url, self.authorization, self.codec = url, authorization, codec
        self.is_sent = False
        self.counts = {"video": 0, "audio": 0}
        if direction == "publish":
            self.pipeline = Gst.parse_launch(PUBLISH.format(encode=ENCODE[codec]))
            self.rtc = self.pipeline.get_by_name("rtc")
        else:
            self.pipeline = Gst.Pipeline()
            self.rtc = Gst.ElementFactory.make("webrtcbin")
            self.rtc.set_property("bundle-policy", "max-bundle")
            self.pipeline.add(self.rtc)
        self.rtc.connect("notify::ice-gathering-state", self.gathered)
        self.rtc.connect("pad-added", self.pad_added)
        self.rtc.connect("on-negotiation-needed", self.negotiate)
        if direction == "play":
            only_receive = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            for kind in (codec, codec, "audio"):
                caps = Gst.Caps.from_string(CAPS[kind])
                self.rtc.emit("add-transceiver", only_receive, caps)
        self.pipeline.set_state(Gst.State.PLAYING)

    def negotiate(self, rtc):
        """Make an offer."""
        rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None))

    def offered(self, promise, _):
        """Keep it, which begins gathering."""
        self.kept = (promise, promise.get_reply())  # the description lies inside of them
        offer = self.kept[1].get_value("offer")
        self.rtc.emit("set-local-description", offer, Gst.Promise.new())

    def gathered(self, rtc, _):
        """Post the offer with its candidates, and take the answer."""
        if rtc.get_property("ice-gathering-state").value_nick != "complete" or self.is_sent:
            return
        self.is_sent = True
        text = rtc.get_property("local-description").sdp.as_text()
        if self.authorization == "-":
            sys.stdout.write(f"offer {base64.b64encode(text.encode()).decode()}\n")
            sys.stdout.flush()
            self.authorization = sys.stdin.readline().strip()
        headers = {"Content-Type": "application/sdp", "Authorization": self.authorization}
        request = urllib.request.Request(self.url, text.encode(), headers)  # noqa: S310 - https
        context = ssl._create_unverified_context()  # noqa: S323 - the test's own authority
        with urllib.request.urlopen(request, context=context) as response:  # noqa: S310 - https
            answer = response.read().decode()
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        kind = GstWebRTC.WebRTCSDPType.ANSWER
        description = GstWebRTC.WebRTCSessionDescription.new(kind, message)
        rtc.emit("set-remote-description", description, Gst.Promise.new())

    def pad_added(self, _, pad):
        """Decode what comes, and count it."""
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = "audio" if "OPUS" in pad.get_current_caps().to_string() else "video"
        decode = DECODE[self.codec] if kind == "video" else "rtpopusdepay ! opusdec"
        chain = Gst.parse_bin_from_description(
            f"queue ! {decode} ! fakesink name=sink signal-handoffs=true sync=false", True
        )
        chain.get_by_name("sink").connect("handoff", self.decoded, kind)
        self.pipeline.add(chain)
        chain.sync_state_with_parent()
        pad.link(chain.get_static_pad("sink"))

    def decoded(self, _, buffer, pad, kind):
        """Say every tenth."""
        self.counts[kind] += 1
        if self.counts[kind] % 10 == 0:
            sys.stdout.write(f"{kind} {self.counts[kind]}\n")
            sys.stdout.flush()


def main() -> None:
    """Run until terminated."""
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = Peer(*sys.argv[1:])
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
