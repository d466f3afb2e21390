// A page to test against: what the scripts take from the browser, and nothing else of it.
import { Window } from "happy-dom";

/** Put a page's document and classes where scripts look for them; return its body. */
export function page(html = "", language = "vi"): HTMLElement {
  const window = new Window({ url: "https://centre.test/meetings/m1" });
  window.document.documentElement.lang = language;
  window.document.body.innerHTML = html;
  for (const name of ["document", "Node", "Element", "HTMLElement"] as const) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
  return document.body;
}

/** Return an element of some HTML that stands in no page, as a part from the server does. */
export function part(html: string): Element {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const element = holder.content.firstElementChild;
  if (element === null) throw new Error("no element in the part");
  return element;
}
