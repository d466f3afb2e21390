// What the centre gives a signed-in person for a meeting: a token, and where the relay is.
import { asked } from "../webrtc/session";

export interface Ticket {
  readonly token: string;
  readonly relay_url: string;
  readonly is_relay_online: boolean;
}

type Direction = "play" | "share" | "publish" | "steer";

export async function fetchTicket(url: string, direction: Direction = "play"): Promise<Ticket> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  const response = await asked(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({ direction }),
  });
  return (await response.json()) as Ticket;
}
