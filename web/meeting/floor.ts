// The floor as a relay tells it, and what the console does with it while the centre is away. Pure.

export type Mode = "one_mic" | "conference" | "discussion";

/** As contracts/floor.py has it; what has its default is left out. */
export interface Floor {
  readonly epoch: number;
  readonly mode?: Mode;
  readonly holders?: readonly string[];
  readonly previous_speaker?: string | null;
  readonly muted?: readonly string[];
}

/** One row of the list of points, in its order. */
export interface Place {
  readonly who: string;
  readonly isPresent: boolean;
}

export type SeatAct = "grant" | "withdraw" | "mute" | "unmute";

export function holdersOf(floor: Floor): readonly string[] {
  return floor.holders ?? [];
}

export function speakerOf(floor: Floor): string | null {
  return holdersOf(floor).at(-1) ?? null;
}

/** What the button beside somebody does (seats.py: `act_on`). */
export function actOn(floor: Floor, who: string): SeatAct {
  if (holdersOf(floor).includes(who)) return "withdraw";
  if (floor.mode !== "discussion") return "grant";
  return floor.muted?.includes(who) ? "unmute" : "mute";
}

/** Whose turn it is: who waits longest, else the next point that is in and was not given it yet. */
export function nextOf(
  floor: Floor,
  queue: readonly string[],
  places: readonly Place[],
  given: ReadonlySet<string>,
): string | null {
  if (floor.mode === "discussion") return null;
  const holders = holdersOf(floor);
  const waiting = queue.find((who) => !holders.includes(who) && !given.has(who));
  if (waiting !== undefined) return waiting;
  const last = speakerOf(floor) ?? floor.previous_speaker ?? null;
  const after = places.findIndex((one) => one.who === last) + 1;
  const turn = [...places.slice(after), ...places.slice(0, after)];
  const free = turn.filter((one) => one.isPresent && !holders.includes(one.who));
  return (free.find((one) => !given.has(one.who)) ?? free[0])?.who ?? null;
}

/** What a form of the console's asks of the floor, as the relay takes it; null: it is the centre's. */
export function moveOf(
  fields: ReadonlyMap<string, string>,
  epoch: number,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const action = fields.get("action") ?? "";
  const who = fields.get("point_id") ?? null;
  const about = { who, name: [...name].slice(0, 40).join("") };
  switch (action) {
    case "grant":
    case "withdraw":
    case "mute":
    case "unmute":
      return { action, expected_epoch: epoch, ...about };
    case "withdraw_all":
    case "mute_all":
      return { action, expected_epoch: epoch };
    case "mode":
      return { action, expected_epoch: epoch, mode: fields.get("mode") ?? null };
    default:
      return null;
  }
}
