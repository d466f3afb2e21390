// Which camera, microphone and loudspeaker a room uses, of those that are plugged in: the last
// used, else USB before what is built in, and a speakerphone for both directions.

export interface Device {
  /** Empty where the browser does not tell before something of the kind was opened. */
  readonly id: string;
  readonly name: string;
  /** The same for what is in one box, such as a speakerphone's two directions. */
  readonly group: string;
}

export type DeviceKind = "camera" | "microphone" | "speaker";
export type Devices = Record<DeviceKind, readonly Device[]>;
export type Chosen = Record<DeviceKind, Device | null>;
/** Names, since an id changes when the browser's profile is made anew. */
export type LastUsed = Partial<Record<DeviceKind, string>>;

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  videoinput: "camera",
  audioinput: "microphone",
  audiooutput: "speaker",
};
// What a browser lists beside the devices themselves, and what a sound server makes of them.
const ALIASES = new Set(["default", "communications"]);
const MONITOR = /^monitor of/i;
// What brings another machine's picture or a sheet of paper: to be shared, and nobody's face.
const SHARED = /hdmi|capture|cam ?link|elgato|magewell|visuali[sz]er|document/i;
const BUILT_IN = /built-?in|internal|integrated|\bhda\b|\bpch\b/i;

/** Sort what the browser lists; aliases and monitors of loudspeakers are no devices. */
export function sorted(found: readonly MediaDeviceInfo[]): Devices {
  const devices: Record<DeviceKind, Device[]> = { camera: [], microphone: [], speaker: [] };
  for (const { kind, deviceId, label, groupId } of found) {
    if (ALIASES.has(deviceId) || MONITOR.test(label)) continue;
    devices[KINDS[kind]].push({ id: deviceId, name: label, group: groupId });
  }
  return devices;
}

/** Choose one of each kind; null where there is none. */
export function choose(devices: Devices, last: LastUsed): Chosen {
  const microphone = best(devices.microphone, last.microphone);
  const isOfMicrophone = (one: Device) => one.group !== "" && one.group === microphone?.group;
  const speaker =
    named(devices.speaker, last.speaker) ??
    devices.speaker.find(isOfMicrophone) ??
    best(devices.speaker, undefined);
  return { camera: best(devices.camera, last.camera), microphone, speaker };
}

function best(devices: readonly Device[], last: string | undefined): Device | null {
  const own = devices.filter(({ name }) => !SHARED.test(name));
  const external = own.find(({ name }) => !BUILT_IN.test(name));
  return named(devices, last) ?? external ?? own[0] ?? devices[0] ?? null;
}

/** What a room can share beside its camera, with the sound of the same device. */
export interface Shareable {
  readonly picture: Device;
  readonly sound: Device | null;
}

/** Choose what is shared: a capture device before a second camera; null where there is neither. */
export function shareable(devices: Devices, chosen: Chosen): Shareable | null {
  const others = devices.camera.filter(({ id }) => id !== "" && id !== chosen.camera?.id);
  const picture = others.find(({ name }) => SHARED.test(name)) ?? others[0];
  if (!picture) return null;
  const isOfPicture = ({ id, group }: Device) =>
    group !== "" && group === picture.group && id !== chosen.microphone?.id;
  return { picture, sound: devices.microphone.find(isOfPicture) ?? null };
}

function named(devices: readonly Device[], name: string | undefined): Device | undefined {
  return name === undefined ? undefined : devices.find((one) => one.name === name);
}
