// The form of a new meeting: the classification first, clashes as one chooses; and of a group.
import { startAgenda } from "./agenda";
import { startClassification } from "./classification";
import { startClashes } from "./clashes";
import { startParticipants } from "./participants";
import { startTemplates } from "./templates";

const choosing = document.querySelector("form[data-points]");
if (choosing instanceof HTMLFormElement) {
  startParticipants(choosing);
  startAgenda(choosing);
}
const form = document.getElementById("booking");
if (form instanceof HTMLFormElement) {
  startClassification(form);
  startTemplates(form);
  startClashes(form);
}
