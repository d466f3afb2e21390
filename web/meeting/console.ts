// A meeting's own page: the player, a shared screen, taking part, the keys, and the floor without the centre.
import { PointGrid } from "./grid";
import { startKeys } from "./keys";
import { startMessages } from "./message";
import { TakingPart } from "./part";
import { MeetingPlayer } from "./player";
import { ScreenShare } from "./share";
import { FloorSteering } from "./steering";

customElements.define("dc-player", MeetingPlayer);
customElements.define("dc-share", ScreenShare);
customElements.define("dc-part", TakingPart);
customElements.define("dc-grid", PointGrid);
customElements.define("dc-steering", FloorSteering);
startKeys();
startMessages();
