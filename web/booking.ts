// The form of a new meeting: the classification first, clashes as one chooses.
import { startClassification } from "./booking/classification";
import { startClashes } from "./booking/clashes";
import { startParticipants } from "./booking/participants";

const form = document.getElementById("booking");
if (form instanceof HTMLFormElement) {
  startClassification(form);
  startParticipants(form);
  startClashes(form);
}
