// A page that a link lets into: its secret stands after `#`, which no browser sends to anybody.
// It is taken from the address at once and exchanged for a cookie: <div id="link-entry"
// data-door="where" data-standing="how it stands" data-opening data-cut="what is said">.
// A link may ask for a PIN: <form id="pin-entry"> is shown until it is the right one.
import { Refused, asked } from "../webrtc/session";

const AGAIN_MS = 3000;

function say(entry: HTMLElement, text: string): void {
  entry.hidden = text === "";
  entry.textContent = text;
}

function askPin(entry: HTMLElement, shown: string, said: string): void {
  const form = document.getElementById("pin-entry");
  const pin = form?.querySelector("input");
  say(entry, said);
  if (!(form instanceof HTMLFormElement) || !pin) return;
  form.hidden = false;
  form.onsubmit = (event) => {
    event.preventDefault();
    void open(entry, shown, pin.value);
  };
  pin.select();
  pin.focus();
}

async function open(entry: HTMLElement, shown: string, pin = ""): Promise<void> {
  say(entry, entry.dataset.opening ?? "");
  try {
    await asked(entry.dataset.door ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(pin === "" ? { shown } : { shown, pin }),
    });
  } catch (error) {
    if (error instanceof Refused && (pin !== "" || error.code === "guest_pin_needed")) {
      askPin(entry, shown, error.message);
      return;
    }
    if (error instanceof Refused) {
      // Of a wrong link the page says what to do already.
      const isSaid = error.status === 403 && entry.dataset.standing === "wrong";
      say(entry, isSaid ? "" : error.message);
      return;
    }
    say(entry, entry.dataset.cut ?? "");
    window.setTimeout(() => void open(entry, shown, pin), AGAIN_MS);
    return;
  }
  location.reload();
}

function look(): void {
  const shown = location.hash.slice(1);
  const entry = document.getElementById("link-entry");
  if (shown === "" || entry === null) return;
  history.replaceState(null, "", location.pathname);
  void open(entry, shown);
}

window.addEventListener("hashchange", look);
look();
