// Small behaviours of controls that work plainly without them.

/** A form that is on its way is not sent twice. */
function once(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-once")) return;
    if (form.hasAttribute("data-once-sent")) event.preventDefault();
    form.setAttribute("data-once-sent", "");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once-sent]")) {
      form.removeAttribute("data-once-sent");
    }
  });
}

function dialogs(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-open]");
    const dialog = document.getElementById(opener?.dataset.open ?? "");
    if (opener && dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  });
}

function menus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

function copying(): void {
  const reveal = (): void => {
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
      button.hidden = !("clipboard" in navigator);
    }
  };
  reveal();
  document.addEventListener("htmx:load", reveal); // what comes later has such buttons too
  document.addEventListener("click", async ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target instanceof HTMLInputElement && target.readOnly) target.select();
    const button = target.closest<HTMLButtonElement>("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = button.dataset.done ?? button.textContent;
  });
}

/** A page that is a sheet is printed by its button, which is there where a script is. */
function printing(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

export function startControls(): void {
  once();
  dialogs();
  menus();
  copying();
  printing();
}
