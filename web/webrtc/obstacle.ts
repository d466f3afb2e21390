// Why a relay gave no answer. A browser tells a script nothing but that; three more questions
// do: whether the relay lets this page read nothing but is there, whether the centre has it,
// and whether the attempt was turned away at once.
import type { Unanswered } from "./session";

const ASKING_MS = 5000;

/**
 * - origin: it answers, but not to pages under this name
 * - stopped: the centre has no contact with it either
 * - certificate: turned away at once, as browsers do with a certificate they do not trust
 * - network: nothing comes back from there
 */
export type Obstacle = "origin" | "stopped" | "certificate" | "network";

export async function obstacle(
  error: Unanswered,
  relayUrl: string,
  isOnlineAtCentre: boolean,
): Promise<Obstacle> {
  if (await answersAnything(relayUrl)) return "origin";
  if (!isOnlineAtCentre) return "stopped";
  return error.isLate ? "network" : "certificate";
}

/** Without CORS an answer cannot be read, but that there is one can be told. */
async function answersAnything(relayUrl: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ASKING_MS);
    await fetch(`${relayUrl}/healthz`, { mode: "no-cors", cache: "no-store", signal });
    return true;
  } catch {
    return false;
  }
}
