// One point's page: 24 hours drawn.
import { HistoryChart } from "./charts/history";

customElements.define("dc-history", HistoryChart);
