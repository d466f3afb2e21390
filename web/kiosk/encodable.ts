// What this browser can encode pictures in, first what costs it the least: H.264 comes before
// VP8 only where hardware does it, which a browser says by calling it power-efficient.

export type CodecName = "VP8" | "H264";

const H264 = "video/h264;level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const CAMERA = { width: 1280, height: 720, bitrate: 1_500_000, framerate: 25 };

export async function encodable(): Promise<CodecName[]> {
  const known = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
  const names = new Set(known.map((codec) => codec.mimeType.toLowerCase()));
  if (!names.has("video/h264")) return ["VP8"];
  if (!names.has("video/vp8")) return ["H264"];
  return (await isInHardware()) ? ["H264", "VP8"] : ["VP8", "H264"];
}

async function isInHardware(): Promise<boolean> {
  try {
    const asked = { type: "webrtc", video: { contentType: H264, ...CAMERA } } as const;
    const found = await navigator.mediaCapabilities.encodingInfo(asked);
    return found.supported && found.powerEfficient;
  } catch {
    return false;
  }
}
