// Runs in the page of a room's browser, from outside by its debugger: what the browser itself
// counts of the connections that the page has, and when the microphone's pulses begin.
// `this` is the list of the page's connections, or of its tracks.
({
  async counted() {
    const KINDS = ["outbound-rtp", "inbound-rtp", "media-source"];
    const rows = [];
    for (const one of this) {
      if (one.connectionState !== "connected") continue;
      for (const row of (await one.getStats()).values()) if (KINDS.includes(row.type)) rows.push(row);
    }
    return { at: performance.now(), rows };
  },

  // The page's own clone of the microphone is read, after everything that the browser does to it.
  async pulses(seconds) {
    const track = [...this].find(
      (one) => one.kind === "audio" && one.readyState === "live" && /fake/i.test(one.label),
    );
    if (!track) return [];
    const clone = track.clone();
    const reader = new MediaStreamTrackProcessor({ track: clone }).readable.getReader();
    const begun = [];
    const end = performance.now() + 1000 * seconds;
    let quiet = 0;
    while (performance.now() < end) {
      const { value: piece, done } = await reader.read();
      if (done) break;
      const now = performance.timeOrigin + performance.now();
      const { numberOfFrames: count, sampleRate } = piece;
      const samples = new Float32Array(count);
      piece.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      piece.close();
      const first = samples.findIndex((value) => Math.abs(value) > 0.03);
      if (first >= 0 && quiet > 50) begun.push(now - ((count - first) * 1000) / sampleRate);
      quiet = first >= 0 ? 0 : quiet + (1000 * count) / sampleRate;
    }
    clone.stop();
    return begun;
  },
})
