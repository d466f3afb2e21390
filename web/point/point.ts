// One point's page: 24 hours drawn.
import { HistoryChart } from "./history";

customElements.define("dc-history", HistoryChart);
