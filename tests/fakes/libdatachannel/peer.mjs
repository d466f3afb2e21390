// libdatachannel as a WHIP publisher or WHEP player, in a process of its own.
//
//   node peer.mjs publish|play URL AUTHORIZATION|- [FILE.ivf]
//
// The same words as tests/fakes/pion/main.go. Without media handlers: its tracks give and take
// whole RTP packets, and RTCP as it comes.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import rtc from "node-datachannel";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the test's own authority
const [direction, url, given, file] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const pc = new rtc.PeerConnection("peer", { iceServers: [] });
const isSender = direction === "publish";
const tracks = [];

function add(media, ssrc) {
  if (isSender) media.addSSRC(ssrc, "peer", "peer", `track-${ssrc}`);
  const track = pc.addTrack(media);
  tracks.push(track);
  return track;
}

function video(mid, ssrc) {
  const media = new rtc.Video(mid, isSender ? "SendOnly" : "RecvOnly");
  media.addVP8Codec(96);
  return add(media, ssrc);
}

function audio(mid, ssrc) {
  const media = new rtc.Audio(mid, isSender ? "SendOnly" : "RecvOnly");
  media.addOpusCodec(111);
  return add(media, ssrc);
}

function packet(stream, payload, isMarked) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = stream.type | (isMarked ? 0x80 : 0);
  header.writeUInt16BE(stream.number++ & 0xffff, 2);
  header.writeUInt32BE(stream.timestamp >>> 0, 4);
  header.writeUInt32BE(stream.ssrc, 8);
  return Buffer.concat([header, payload]);
}

function frames(path) {
  const data = readFileSync(path);
  const found = [];
  for (let at = 32; at + 12 <= data.length; ) {
    const size = data.readUInt32LE(at);
    found.push(data.subarray(at + 12, at + 12 + size));
    at += 12 + size;
  }
  return found;
}

function publish(picture, sound) {
  const all = frames(file);
  const images = { type: 96, ssrc: 11, number: 1, timestamp: 1 };
  const silence = { type: 111, ssrc: 12, number: 1, timestamp: 1 };
  let next = 0;
  picture.onMessage((message) => {
    if (message[1] !== 206) return; // payload-specific feedback: a keyframe is asked for
    next = 0;
    say("keyframe 1");
  });
  setInterval(() => {
    if (!picture.isOpen()) return;
    const frame = all[next++ % all.length];
    for (let at = 0; at < frame.length; at += 1100) {
      const first = Buffer.from([at === 0 ? 0x10 : 0x00]);
      const payload = Buffer.concat([first, frame.subarray(at, at + 1100)]);
      picture.sendMessageBinary(packet(images, payload, at + 1100 >= frame.length));
    }
    images.timestamp += 3600;
  }, 40);
  setInterval(() => {
    if (!sound.isOpen()) return;
    sound.sendMessageBinary(packet(silence, Buffer.from([0xf8, 0xff, 0xfe]), false));
    silence.timestamp += 960;
  }, 20);
}

function count(track, kind) {
  let packets = 0;
  track.onMessage((message) => {
    if (message[1] >= 192 && message[1] <= 223) return; // RTCP
    packets += 1;
    if (packets % 10 === 0) say(`${kind} ${packets}`);
  });
}

if (isSender) publish(video("0", 11), audio("1", 12));
else {
  count(video("0", 0), "video");
  count(video("1", 0), "video");
  count(audio("2", 0), "audio");
  count(audio("3", 0), "audio");
}

async function exchange() {
  const offer = pc.localDescription().sdp;
  let authorization = given;
  if (given === "-") {
    say(`offer ${Buffer.from(offer).toString("base64")}`);
    for await (const line of createInterface({ input: process.stdin })) {
      authorization = line.trim();
      break;
    }
  }
  const headers = { "Content-Type": "application/sdp", Authorization: authorization };
  const answer = await fetch(url, { method: "POST", headers, body: offer });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`${answer.status} ${text}`);
  pc.setRemoteDescription(text, "answer");
}

pc.onGatheringStateChange((state) => {
  if (state === "complete") void exchange();
});
pc.setLocalDescription();
