// The room's devices by arrows and OK alone, as a remote control has them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capture } from "../kiosk/capture";
import { DevicePanel } from "../kiosk/panel";
import { page } from "./page";

const HTML = `<button id="open-devices"></button>
  <dialog id="devices"><p id="devices-note"></p>
    <fieldset data-kind="camera"><div class="choices"></div></fieldset>
    <fieldset data-kind="microphone"><div class="choices"></div></fieldset>
    <fieldset data-kind="speaker"><button id="test-speaker"></button>
      <p id="test-result"></p><div class="choices"></div></fieldset>
    <button id="close-devices"></button></dialog>`;

function device(id: string) {
  return { id, name: id, group: "" };
}

function opened(): { used: string[]; press: (key: string) => string } {
  page(HTML);
  const devices = {
    camera: [device("built-in"), device("usb")],
    microphone: [],
    speaker: [device("hdmi"), device("box")],
  };
  const chosen = { camera: devices.camera[1], microphone: null, speaker: devices.speaker[0] };
  const used: string[] = [];
  new DevicePanel({
    plugged: { devices, chosen },
    try: () => undefined,
    use: (_: string, one: { id: string }) => used.push(one.id),
  } as unknown as Capture);
  const window = document.defaultView as unknown as { KeyboardEvent: typeof KeyboardEvent };
  const press = (key: string) => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true }));
    const at = document.activeElement;
    return at?.id || at?.closest("label")?.textContent || "";
  };
  press("t");
  return { used, press };
}

test("it opens at the camera in use, and arrows reach everything", () => {
  const { used, press } = opened();
  assert.equal(press("F13"), "usb");
  assert.equal(press("ArrowUp"), "built-in");
  assert.equal(press("ArrowUp"), "built-in");
  assert.equal(press("ArrowRight"), "hdmi");
  assert.equal(press("ArrowUp"), "test-speaker");
  assert.equal(press("ArrowDown"), "hdmi");
  assert.equal(press("ArrowRight"), "close-devices");
  assert.equal(press("ArrowLeft"), "hdmi");
  assert.deepEqual(used, []);
});

test("what is come past is not chosen, what is pressed is", () => {
  const { used, press } = opened();
  press("ArrowUp");
  press("Enter");
  press("ArrowRight");
  press("ArrowDown");
  press("Enter");
  assert.deepEqual(used, ["built-in", "box"]);
});
