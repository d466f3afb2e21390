"""What a room's own Chromium says while a line is tried: sizes, and how long sound was made up.

Chromium renews its figures every 50 ms, and is asked as often. Sound that was made up in
readings that follow each other counts as one run, so that a run is never said to be shorter
than it was; what was silence is left out, as Chromium itself tells it apart.
"""

from typing import Any

from playwright.async_api import Page

# Runs in the page before anything of its own: keeps its connections, and listens.
SCRIPT = """
(() => {
  const peers = [], Peer = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...given) { super(...given); peers.push(this); }
  };
  const made = new Map();
  const ear = globalThis.__ear = { readings: 0, longestMs: 0, madeUpMs: 0, heights: {} };
  ear.begin = () => {
    made.clear();
    Object.assign(ear, { readings: 0, longestMs: 0, madeUpMs: 0, heights: {} });
  };
  const seen = (way, one) => {
    const old = ear.heights[`${way} ${one.frameHeight}`] ?? 0;
    ear.heights[`${way} ${one.frameHeight}`] = old + 1;
  };
  const read = (one) => {
    if (one.type === "outbound-rtp" && one.framesPerSecond > 0) seen("sent", one);
    if (one.type === "inbound-rtp" && one.framesPerSecond > 0) seen("played", one);
    if (one.type !== "inbound-rtp" || one.kind !== "audio") return;
    const total = one.concealedSamples - one.silentConcealedSamples;
    const last = made.get(one.id) ?? { total, run: 0 };
    const grown = total - last.total;
    made.set(one.id, { total, run: grown > 0 ? last.run + grown : 0 });
    ear.madeUpMs += Math.max(grown, 0) / 48;
    ear.longestMs = Math.max(ear.longestMs, made.get(one.id).run / 48);
  };
  setInterval(async () => {
    for (const peer of peers) {
      if (peer.connectionState !== "connected") continue;
      (await peer.getStats()).forEach(read);
    }
    ear.readings += 1;
  }, 50);
})();
"""
READ = """() => ({
  readings: __ear.readings,
  heights: __ear.heights,
  made_up_ms: Math.round(__ear.madeUpMs),
  longest_made_up_ms: Math.round(__ear.longestMs),
})"""


async def begin(page: Page) -> None:
    """Count from now on."""
    await page.evaluate("() => __ear.begin()")


async def heard(page: Page) -> dict[str, Any]:
    """Return what was counted since `begin`: times in ms, heights by how often they were read."""
    found: dict[str, Any] = await page.evaluate(READ)
    return found
