// A meeting's own page: the player and the keys.
import { startKeys } from "./meeting/keys";
import { MeetingPlayer } from "./meeting/player";

customElements.define("dc-player", MeetingPlayer);
startKeys();
