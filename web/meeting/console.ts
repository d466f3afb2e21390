// A meeting's own page: the player and the keys.
import { startKeys } from "./keys";
import { MeetingPlayer } from "./player";

customElements.define("dc-player", MeetingPlayer);
startKeys();
