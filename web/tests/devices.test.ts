// Which camera, microphone and loudspeaker a room takes of those that are plugged in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, type Devices, choose, shareable, sorted } from "../kiosk/devices";
import { barOf } from "../kiosk/level";
import { isHeard } from "../kiosk/speaker_test";

function device(name: string, group = name): Device {
  return { id: `id of ${name}`, name, group };
}

const ROOM: Devices = {
  camera: [device("Integrated Camera (5986:2113)"), device("Logitech BRIO (046d:085e)")],
  microphone: [
    device("Built-in Audio Analog Stereo"),
    device("Jabra SPEAK 510 Mono", "jabra"),
    device("Logitech BRIO Analog Stereo"),
  ],
  speaker: [device("Built-in Audio Analog Stereo"), device("Jabra SPEAK 510 Stereo", "jabra")],
};

function names(chosen: ReturnType<typeof choose>): (string | undefined)[] {
  return [chosen.camera?.name, chosen.microphone?.name, chosen.speaker?.name];
}

test("USB comes before what is built in, and a speakerphone serves both directions", () => {
  assert.deepEqual(names(choose(ROOM, {})), [
    "Logitech BRIO (046d:085e)",
    "Jabra SPEAK 510 Mono",
    "Jabra SPEAK 510 Stereo",
  ]);
});

test("what was used last comes first, and is passed over while it is not there", () => {
  const last = { camera: "Integrated Camera (5986:2113)", speaker: "Built-in Audio Analog Stereo" };
  assert.deepEqual(names(choose(ROOM, last)), [
    "Integrated Camera (5986:2113)",
    "Jabra SPEAK 510 Mono",
    "Built-in Audio Analog Stereo",
  ]);
  assert.equal(choose(ROOM, { camera: "Unplugged" }).camera?.name, "Logitech BRIO (046d:085e)");
});

test("what is built in is used where there is nothing else; with nothing there is none", () => {
  const builtIn = { ...ROOM, camera: ROOM.camera.slice(0, 1) };
  assert.equal(choose(builtIn, {}).camera?.name, "Integrated Camera (5986:2113)");
  const none = { camera: [], microphone: [], speaker: [] };
  assert.deepEqual(choose(none, {}), { camera: null, microphone: null, speaker: null });
});

test("aliases and monitors of loudspeakers are no devices", () => {
  const found = [
    ["audioinput", "default", "Default"],
    ["audioinput", "7f", "Monitor of Built-in Audio"],
    ["audioinput", "2a", "Jabra SPEAK 510 Mono"],
    ["audiooutput", "communications", "Communications"],
    ["videoinput", "", ""],
  ].map(([kind, deviceId, label]) => ({ kind, deviceId, label, groupId: "" }));
  assert.deepEqual(sorted(found as MediaDeviceInfo[]), {
    camera: [{ id: "", name: "", group: "" }],
    microphone: [{ id: "2a", name: "Jabra SPEAK 510 Mono", group: "" }],
    speaker: [],
  });
});

test("a bar is empty at silence, full at the loudest, and half at -30 dB", () => {
  assert.deepEqual([barOf(0), barOf(1), barOf(2)], [0, 1, 1]);
  assert(Math.abs(barOf(10 ** (-30 / 20)) - 0.5) < 1e-9);
});

test("a tone is heard where it stands out by 10 dB", () => {
  assert.deepEqual(
    [isHeard(-80, -71), isHeard(-80, -70), isHeard(-100, -100)],
    [false, true, false],
  );
});

test("a capture device is shared and is nobody's face; a second camera where there is none", () => {
  const hdmi = device("USB3 HDMI Capture (345f:2130)", "hdmi");
  const sound = device("USB3 HDMI Capture Analog Stereo", "hdmi");
  const room = {
    ...ROOM,
    camera: [hdmi, ...ROOM.camera],
    microphone: [sound, ...ROOM.microphone],
  };
  assert.deepEqual(names(choose(room, {})).slice(0, 2), [
    "Logitech BRIO (046d:085e)",
    "Jabra SPEAK 510 Mono",
  ]);
  assert.deepEqual(shareable(room, choose(room, {})), { picture: hdmi, sound });
  assert.equal(shareable(ROOM, choose(ROOM, {}))?.picture.name, "Integrated Camera (5986:2113)");
  const one = { ...ROOM, camera: ROOM.camera.slice(1) };
  assert.equal(shareable(one, choose(one, {})), null);
});
