// Whom the dialog of messages is opened for: the point of the button that was pressed.

export function startMessages(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-message-to]");
    const to = document.getElementById("message-to");
    if (!opener || !(to instanceof HTMLSelectElement)) return;
    to.value = opener.dataset.messageTo ?? "";
    document.getElementById("message-problem")?.replaceChildren();
    // Once it is open.
    queueMicrotask(() => document.getElementById("message-text")?.focus());
  });
}
