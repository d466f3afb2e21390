// Whether the room's microphone hears the room's loudspeaker: a tone is played, and its pitch
// looked for in what comes in, with the echo canceller off, which would take it out.

const PITCH_HZ = 880;
const QUIET_MS = 400;
const TONE_MS = 1200;
const HEARD_DB = 10;

export type SpeakerVerdict = "heard" | "unheard" | "failed";

/** Whether a tone stands out: levels in dB at its pitch, without and with it. */
export function isHeard(quietDb: number, toneDb: number): boolean {
  return toneDb - quietDb >= HEARD_DB;
}

/** Plays the tone, and says whether it was heard; ids are empty for the browser's own choice. */
export async function trySpeaker(speaker: string, microphone: string): Promise<SpeakerVerdict> {
  const context = new AudioContext();
  let stream: MediaStream | null = null;
  try {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const which = microphone === "" ? {} : { deviceId: { exact: microphone } };
    stream = await navigator.mediaDevices.getUserMedia({ audio: { ...plain, ...which } });
    const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(analyser);
    await context.resume();
    const quiet = await loudest(analyser, QUIET_MS);
    const stop = await playTone(context, speaker);
    const tone = await loudest(analyser, TONE_MS);
    stop();
    return isHeard(quiet, tone) ? "heard" : "unheard";
  } catch {
    return "failed";
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    void context.close();
  }
}

async function playTone(context: AudioContext, speaker: string): Promise<() => void> {
  const tone = new OscillatorNode(context, { frequency: PITCH_HZ });
  const volume = new GainNode(context, { gain: 0.3 });
  const target = context.createMediaStreamDestination();
  tone.connect(volume).connect(target);
  const player = new Audio();
  player.srcObject = target.stream;
  if (speaker !== "") await player.setSinkId?.(speaker);
  tone.start();
  await player.play();
  return () => {
    tone.stop();
    player.pause();
    player.srcObject = null;
  };
}

/** The highest level at the tone's pitch within a time, in dB. */
async function loudest(analyser: AnalyserNode, limitMs: number): Promise<number> {
  const levels = new Float32Array(analyser.frequencyBinCount);
  const bin = Math.round((PITCH_HZ * analyser.fftSize) / analyser.context.sampleRate);
  let highest = Number.NEGATIVE_INFINITY;
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getFloatFrequencyData(levels);
    for (const level of levels.subarray(bin - 1, bin + 2)) highest = Math.max(highest, level);
  }
  return Math.max(highest, analyser.minDecibels);
}
