// The session has ended: signed out in another tab, by an administrator, or by its age.

const SESSION = "/api/v1/session";

export async function hasEnded(): Promise<boolean> {
  const session = document.body.dataset.session ?? SESSION;
  const answer = await fetch(session, { cache: "no-store" }).catch(() => null);
  return answer?.status === 401;
}

/** Goes to the page for signing in, which leads back here; what is being typed stays. */
export function leave(): void {
  const bar = document.getElementById("session-bar");
  const address = bar?.querySelector("a")?.href;
  if (!bar || !address) {
    // A guest has nowhere to sign in: the page itself says why.
    if (document.body.dataset.session) location.reload();
    return;
  }
  bar.hidden = false;
  document.getElementById("offline-bar")?.remove();
  if (!isTypedInto()) location.assign(address);
}

function isTypedInto(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "main :is(input:not([type=hidden]), textarea)",
  );
  return [...fields].some(
    (field) =>
      field.value !== field.defaultValue ||
      ("checked" in field && field.checked !== field.defaultChecked),
  );
}
