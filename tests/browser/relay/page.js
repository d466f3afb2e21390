// A test gives pages that publish `pointProof`: a point proves itself over the offer it sends.
// What a WHIP publisher and a WHEP player need in a page, and what a test asks of them.
async function exchange(pc, url, authorize) {
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((done) => {
    if (pc.iceGatheringState === "complete") done();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
    setTimeout(done, 2000);
  });
  const body = pc.localDescription.sdp;
  const headers = { "Content-Type": "application/sdp", Authorization: await authorize(body) };
  const answer = await fetch(url, { method: "POST", headers, body });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return answer.headers.get("location");
}

async function publish(stream, url, point, codec) {
  window.pc = new RTCPeerConnection();
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
  const known = RTCRtpSender.getCapabilities("video").codecs;
  for (const line of codec ? pc.getTransceivers() : [])
    if (line.sender.track.kind === "video")
      line.setCodecPreferences(known.filter((one) => one.mimeType === `video/${codec}`));
  return exchange(pc, url, (offer) => pointProof(point, new URL(url).pathname, offer));
}

async function publishCamera(url, point) {
  const wanted = { video: { width: 640, height: 360, frameRate: 30 }, audio: true };
  return publish(await navigator.mediaDevices.getUserMedia(wanted), url, point);
}

async function publishColour(colour, url, point, codec) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const context = canvas.getContext("2d");
  let count = 0;
  setInterval(() => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 320, 180);
    context.fillStyle = "#888";
    context.fillRect((count++ * 7) % 300, 150, 20, 20);
  }, 33);
  const stream = canvas.captureStream(30);
  const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
  stream.addTrack(sound.getAudioTracks()[0]);
  return publish(stream, url, point, codec);
}

async function play(url, authorization) {
  window.pc = new RTCPeerConnection();
  window.videos = {};
  // One picture more than there are slots: its line is refused, the others work.
  for (const kind of ["video", "video", "video", "video", "audio", "audio", "audio"])
    pc.addTransceiver(kind, { direction: "recvonly" });
  pc.ontrack = ({ track, streams }) => {
    const element = document.createElement(track.kind);
    element.srcObject = new MediaStream([track]);
    element.autoplay = true;
    element.muted = track.kind === "video";
    document.body.append(element);
    if (track.kind === "video") videos[streams[0].id] = element;
  };
  return exchange(pc, url, () => authorization);
}

// The colour in the middle of the upper part of a slot's picture.
function colourOf(slot) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [16, 9];
  const context = canvas.getContext("2d");
  context.drawImage(videos[slot], 0, 0, 16, 9);
  const [red, green, blue] = context.getImageData(8, 2, 1, 1).data;
  return red > 128 ? "red" : blue > 128 ? "blue" : green > 90 ? "green" : "none";
}

// How many milliseconds until a slot has a colour.
async function untilColour(slot, colour, limit) {
  const began = performance.now();
  while (colourOf(slot) !== colour) {
    if (performance.now() - began > limit) throw new Error(`no ${colour} within ${limit} ms`);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return performance.now() - began;
}

async function figures() {
  const found = {};
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "inbound-rtp" || report.type === "outbound-rtp")
      found[`${report.mid}-${report.kind}`] = report;
  }
  return found;
}
