/**
 * Charts over the history that the scheduler keeps of itself and its workers.
 */
import { h, panel, setText } from "./dom.js";
import { bytes, count, percent, short } from "./format.js";
import { themeColor } from "./colors.js";
import { LineChart } from "./chart.js";

const MIB = 1024 * 1024;

const perMille = (v) => percent(v / 10);

/* Title, how a value reads, whether steps of the axis are powers of two, the least top of the axis. */
const TITLES = {
    cpu: ["CPU, of a core", perMille, false, 100],
    heap: ["Heap", bytes, true, MIB],
    memory: ["Memory", bytes, true, MIB],
    managed: ["Results held", bytes, true, MIB],
    spilled: ["Spilled to disk", bytes, true, MIB],
    transitions_per_s: ["Transitions per second", short],
    tasks_per_s: ["Tasks per second", short],
    net_read_per_s: ["Network in, per second", bytes, true, MIB],
    net_write_per_s: ["Network out, per second", bytes, true, MIB],
    gc_per_mille: ["Garbage collection, of the time", perMille, false, 10],
    processing: ["Tasks assigned", short],
    running: ["Tasks running", short],
    ready: ["Tasks ready", short],
    workers: ["Workers", short],
};

const MOST_LINES = 6;
const LINE_COLORS = ["#4477aa", "#228833", "#aa3377", "#ccbb44", "#66ccee", "#7a68d6"];

const MOST_SAMPLES = 300;

/** What was heard so far of the history, so that only what is new has to be asked for. */
export class SystemHistory {
    constructor() {
        this.interval = 2;
        this.scheduler = {};
        this.workers = new Map();
    }

    /** The time of the last sample, in microseconds: what is later is new. */
    since() {
        return timeOf(this.scheduler);
    }

    /** Adds an answer of `api/system`; workers that it does not name are gone. */
    add(data) {
        this.interval = data.interval_s;
        addSamples(this.scheduler, data.scheduler);
        this.workers = new Map(
            data.workers.map((more) => {
                const series = this.workers.get(more.number) || { number: more.number };
                addSamples(series, more);
                return [more.number, series];
            }),
        );
    }

    /** All of it, as SystemCharts takes it. */
    all() {
        return { interval_s: this.interval, scheduler: this.scheduler, workers: [...this.workers.values()] };
    }
}

function timeOf(series) {
    return series.at && series.at.length > 0 ? series.at[series.at.length - 1] : 0;
}

function addSamples(series, more) {
    const last = timeOf(series);
    const first = (more.at || []).findIndex((at) => at > last);
    if (first < 0) {
        return;
    }
    for (const [key, values] of Object.entries(more)) {
        if (Array.isArray(values)) {
            series[key] = [...(series[key] || []), ...values.slice(first)].slice(-MOST_SAMPLES);
        }
    }
}

/** A chart for each number that there is a history of. */
export class SystemCharts {
    constructor() {
        this.charts = new Map();
        this.scheduler = h("div", { class: "grid lower" });
        this.workers = h("div", { class: "grid lower" });
        this.heading = h("h2", { class: "space" }, "Workers");
        this.element = h("div", {}, h("h2", {}, "Scheduler"), this.scheduler, this.heading, this.workers);
    }

    /**
     * Sets what was recorded: {interval_s, scheduler: {name: […]}, workers: [{number, name: […]}]}, with names of
     * workers by number where they are known.
     */
    set(data, names = new Map()) {
        const interval = data.interval_s || 2;
        for (const [key, values] of Object.entries(data.scheduler || {})) {
            if (TITLES[key]) {
                this.chart(this.scheduler, "scheduler", key).set(
                    [{ name: "scheduler", color: themeColor("accent"), values }],
                    interval,
                );
            }
        }
        const workers = data.workers || [];
        setText(
            this.heading,
            workers.length === 0
                ? "No workers yet"
                : count(workers.length) +
                      (workers.length === 1 ? " worker" : " workers") +
                      (workers.length > MOST_LINES ? ": their mean, from the least to the most" : ""),
        );
        for (const key of new Set(workers.slice(0, 5).flatMap((worker) => Object.keys(worker)))) {
            if (TITLES[key]) {
                this.chart(this.workers, "workers", key).set(linesOf(workers, key, names), interval);
            }
        }
    }

    chart(host, who, key) {
        let chart = this.charts.get(who + key);
        if (!chart) {
            const [title, format, binary, atLeast] = TITLES[key];
            const label = title + " of the " + who;
            const box = panel(title, { label });
            host.append(box.element);
            chart = new LineChart(box.body, { label, format, binary, atLeast });
            this.charts.set(who + key, chart);
        }
        return chart;
    }

    dispose() {
        this.charts.forEach((chart) => chart.dispose());
    }
}

/* A line each for a few workers; for many the mean in a band from the least to the most. */
function linesOf(workers, key, names) {
    if (workers.length <= MOST_LINES) {
        return workers.map((w, i) => ({
            name: names.get(w.number) || "worker " + w.number,
            color: LINE_COLORS[i],
            values: w[key] || [],
        }));
    }
    const n = workers.reduce((most, w) => Math.max(most, (w[key] || []).length), 0);
    const sums = new Float64Array(n);
    const counts = new Float64Array(n);
    const low = new Array(n).fill(Infinity);
    const high = new Array(n).fill(0);
    for (const w of workers) {
        const values = w[key] || [];
        const gap = n - values.length;
        for (let i = 0; i < values.length; i++) {
            const v = values[i];
            sums[i + gap] += v;
            counts[i + gap]++;
            low[i + gap] = Math.min(low[i + gap], v);
            high[i + gap] = Math.max(high[i + gap], v);
        }
    }
    return [
        {
            name: "mean",
            color: themeColor("accent"),
            values: Array.from(sums, (sum, i) => sum / Math.max(1, counts[i])),
            low: low.map((v) => (v === Infinity ? 0 : v)),
            high,
        },
    ];
}
