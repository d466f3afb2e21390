// <dc-history src="…/series.json">: fetches the figures, draws them, follows the stream.
import uPlot from "uplot";
import type { Block, Compared, Figure, History } from "./data";
import {
  type Chart,
  bandwidth,
  figure,
  lane,
  lines,
  loss,
  roundTrip,
  utilisation,
} from "./options";
import { type Palette, palette } from "./paint";

const REFRESH_MS = 30_000;

interface Entry {
  readonly css: string;
  readonly text: string;
}

export class HistoryChart extends HTMLElement {
  private plots: uPlot[] = [];
  private timer: number | null = null;
  private readonly sizes = new ResizeObserver(() => this.resize());
  private readonly theme = matchMedia("(prefers-color-scheme: dark)");
  private readonly redraw = (): void => void this.load();

  connectedCallback(): void {
    this.sizes.observe(this);
    this.theme.addEventListener("change", this.redraw);
    this.timer = window.setInterval(this.redraw, REFRESH_MS);
    void this.load();
  }

  disconnectedCallback(): void {
    this.sizes.disconnect();
    this.theme.removeEventListener("change", this.redraw);
    if (this.timer !== null) clearInterval(this.timer);
    this.clear();
  }

  private async load(): Promise<void> {
    if (this.clientWidth === 0) return; // folded away: once it is opened
    try {
      const response = await fetch(this.getAttribute("src") ?? "", { cache: "no-store" });
      if (!response.ok) throw new TypeError(`status ${response.status}`);
      await document.fonts.load('400 12px "Inter Variable"');
      this.draw((await response.json()) as History);
      this.dataset.state = "drawn";
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // The old drawing stays; without one the sentence on loading does.
      this.dataset.state = "failed";
    }
  }

  private clear(): void {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    this.replaceChildren();
  }

  private draw(history: History): void {
    this.clear();
    const { words } = history;
    if (history.samples.every((count) => count === 0) && history.outages.length === 0) {
      const empty = document.createElement("p");
      empty.className = "empty";
      empty.textContent = words.empty ?? "";
      this.append(empty);
      return;
    }
    const colours = palette(this);
    if (history.compared) this.drawCompared(history, history.compared, colours);
    else if (history.figures) this.drawFigures(history, history.figures, colours);
    else this.drawLine(history, colours);
    this.note(words.zone ?? "");
  }

  private drawFigures(history: History, figures: readonly Figure[], colours: Palette): void {
    const { words } = history;
    figures.forEach((one, i) => {
      const isMean = one.mean.some((value) => value !== null);
      const line = { css: "legend-line", text: (isMean ? words.mean : words.highest) ?? "" };
      const band = { css: "legend-band", text: one.band || (words.band ?? "") };
      const hasBand = one.lowest.some((value) => value !== null);
      const isLast = i === figures.length - 1;
      const legend = hasBand ? [band, line] : [line];
      this.add(one.name, one.title, legend, figure(history, one, colours, isLast));
    });
  }

  private drawCompared(history: History, all: readonly Compared[], colours: Palette): void {
    const { words } = history;
    const legend = all.map((one, i) => ({ css: `legend-one legend-one-${i + 1}`, text: one.name }));
    const [rtts, losses] = [all.map((one) => one.rtt), all.map((one) => one.loss)];
    this.add(
      "rtt",
      words.rtt,
      legend,
      lines(history, rtts, colours, { height: 240, least: 20, times: 1 }),
    );
    this.add(
      "loss",
      words.loss,
      [],
      lines(history, losses, colours, { height: 140, least: 5, times: 100 }),
    );
  }

  private drawLine(history: History, colours: Palette): void {
    const { words } = history;
    const [wide, narrow] = (words.bands ?? "").split("|");
    this.add(
      "rtt",
      words.rtt,
      [
        { css: "legend-band-100", text: words.band ?? "" },
        { css: "legend-band-80", text: wide ?? "" },
        { css: "legend-band-50", text: narrow ?? "" },
        { css: "legend-line", text: words.median ?? "" },
        { css: "legend-bad", text: words.lossy ?? "" },
      ],
      roundTrip(history, colours),
    );
    if (words.means) this.note(words.means);
    this.add("loss", words.loss, [], loss(history, colours));
    if (history.outages.length > 0)
      this.add("outages", words.outages, [], lane(history, history.outages, colours));
    if (history.meetings.length > 0) {
      const blocks = history.meetings.map(
        ([from, to, title]): Block => [from, to, title, "meeting"],
      );
      this.add("meetings", words.meeting, [], lane(history, blocks, colours));
    }
    if (history.utilisation.some((value) => value !== null))
      this.add("utilisation", words.utilisation, [], utilisation(history, colours));
    const tested = [
      { css: "legend-tested-down", text: words.tested_down ?? "" },
      { css: "legend-tested-up", text: words.tested_up ?? "" },
    ];
    this.add(
      "rate",
      words.rate,
      [
        { css: "legend-in", text: words.in ?? "" },
        { css: "legend-out", text: words.out ?? "" },
        { css: "legend-train", text: words.train ?? "" },
        ...(history.tests.length > 0 ? tested : []),
      ],
      bandwidth(history, colours),
    );
  }

  private note(text: string): void {
    const foot = document.createElement("p");
    foot.className = "chart-foot";
    foot.textContent = text;
    this.append(foot);
  }

  private add(
    name: string,
    title: string | undefined,
    legend: readonly Entry[],
    chart: Chart,
  ): void {
    const head = document.createElement("p");
    head.className = "chart-title";
    head.append(title ?? "");
    if (legend.length > 0) {
      const list = document.createElement("span");
      list.className = "chart-legend";
      for (const entry of legend) {
        const item = document.createElement("span");
        item.className = entry.css;
        item.textContent = entry.text;
        list.append(item);
      }
      head.append(list);
    }
    head.append(this.file(name, title ?? ""));
    const holder = document.createElement("div");
    holder.setAttribute("role", "img");
    holder.setAttribute("aria-label", title ?? "");
    this.append(head, holder);
    this.plots.push(new uPlot({ ...chart.options, width: this.room }, chart.data, holder));
  }

  /** Where exactly this chart's figures are, as a file. */
  private file(name: string, title: string): HTMLAnchorElement {
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    address.pathname = address.pathname.replace(/\.json$/, ".csv");
    address.searchParams.set("chart", name);
    const link = document.createElement("a");
    link.className = "chart-file";
    link.href = address.pathname + address.search;
    link.download = "";
    link.textContent = "CSV";
    link.setAttribute("aria-label", `CSV: ${title}`);
    link.dataset.testid = `file-${name}`;
    return link;
  }

  private get room(): number {
    const style = getComputedStyle(this);
    const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
    return Math.max(240, Math.floor(this.clientWidth - padding));
  }

  private resize(): void {
    if (this.dataset.state === undefined) void this.load();
    for (const plot of this.plots) {
      if (plot.width !== this.room) plot.setSize({ width: this.room, height: plot.height });
    }
  }
}
