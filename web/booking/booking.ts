// The form of a new meeting: the classification first, clashes as one chooses.
import { startClassification } from "./classification";
import { startClashes } from "./clashes";
import { startParticipants } from "./participants";

const form = document.getElementById("booking");
if (form instanceof HTMLFormElement) {
  startClassification(form);
  startParticipants(form);
  startClashes(form);
}
