/**
 * What the cluster does now: figures, findings, task stream, progress, memory and load per worker, cluster map.
 */
import { h, fill, panel, empty, setText, tip } from "../dom.js";
import { bytes, count, percent, seconds, short } from "../format.js";
import { themeColor } from "../colors.js";
import { live, getJson } from "../live.js";
import { Columns } from "../chart.js";
import { StreamLog, TaskStream, streamLegend } from "../stream.js";
import { ClusterMap } from "../map.js";
import { Progress } from "../progress.js";

const CHUNK = 10000;
const NEARLY_NOTHING = 500;

/* Kept while the page is left and come back to. */
const log = new StreamLog();
let logOf = null;

export const statusPage = {
    title: "Status",
    topics: ["workers", "progress", "stream", "findings"],
    show,
};

function show(root, context) {
    const figures = new Figures();
    const findings = h("section", { class: "panel wide findings", "aria-label": "Findings", hidden: true });
    root.append(
        h("h1", { class: "skip" }, "Status"),
        figures.element,
        h("div", { class: "grid status" }, findings, streamPanel(context), progressPanel(context)),
        lower(context),
    );
    context.on("summary", (summary) => figures.set(summary));
    if (live.summary) {
        figures.set(live.summary);
    }
    const tell = (data) => showFindings(findings, data.findings || []);
    context.on("findings", tell);
    context.every(60000, async () => tell(await getJson("api/findings")));
}

class Figures {
    constructor() {
        this.values = {};
        this.boxes = {};
        this.element = h("dl", { class: "figures" });
        for (const [key, title] of [
            ["workers", "Workers"],
            ["threads", "Threads"],
            ["processing", "Running"],
            ["ahead", "Still to run"],
            ["memory", "Results held"],
            ["erred", "Failed"],
            ["rate", "Tasks / second"],
            ["stored", "Stored"],
            ["spilled", "Spilled to disk"],
            ["cpu", "Scheduler CPU"],
        ]) {
            const value = h("dd", { "data-figure": key }, "–");
            const box = h("div", {}, h("dt", {}, title), value);
            this.values[key] = value;
            this.boxes[key] = box;
            this.element.append(box);
        }
    }

    set(summary) {
        const tasks = summary.tasks || {};
        setText(this.values.workers, count(summary.workers));
        setText(this.values.threads, count(summary.threads));
        setText(this.values.processing, short(tasks.processing || 0));
        setText(this.values.ahead, short((tasks.waiting || 0) + (tasks.queued || 0) + (tasks["no-worker"] || 0)));
        setText(this.values.memory, short(tasks.memory || 0));
        setText(this.values.erred, short(tasks.erred || 0));
        this.boxes.erred.className = tasks.erred > 0 ? "alarm" : "";
        setText(
            this.values.rate,
            summary.tasks_per_s >= 10 ? short(summary.tasks_per_s) : (summary.tasks_per_s || 0).toFixed(1),
        );
        setText(this.values.stored, bytes(summary.stored_bytes));
        setText(this.values.spilled, bytes(summary.spilled_bytes));
        setText(this.values.cpu, percent(summary.scheduler_cpu_percent));
    }
}

function showFindings(place, findings) {
    place.hidden = findings.length === 0;
    fill(
        place,
        h(
            "div",
            { class: "head" },
            h("h2", {}, findings.length === 1 ? "1 finding" : findings.length + " findings"),
            h("span", { class: "muted" }, "what makes no progress, and why"),
        ),
        h(
            "div",
            { class: "body" },
            h(
                "ul",
                { class: "findings" },
                findings
                    .slice(0, 20)
                    .map((finding) =>
                        h(
                            "li",
                            {},
                            h("strong", {}, finding.what),
                            ": " + finding.why + " ",
                            finding.since_s > 0
                                ? h("span", { class: "muted" }, "for " + seconds(finding.since_s) + " ")
                                : null,
                            finding.count > 1
                                ? h("span", { class: "muted" }, "(" + count(finding.count) + " times)")
                                : null,
                        ),
                    ),
            ),
        ),
    );
}

function streamPanel(context) {
    const box = panel("Task stream", { class: "stream-panel" });
    const spans = [
        ["10 s", 10e6],
        ["1 min", 60e6],
        ["10 min", 600e6],
        ["All", 0],
    ];
    const legend = h("div", {});
    const stream = new TaskStream(box.body, log, { onPick: (task) => (location.hash = "#task/" + task) });
    const nothing = empty("No task has run yet.", "Submit some: ", h("code", {}, "client.map(f, inputs)"), ".");
    const buttons = spans.map(([text, span]) =>
        h(
            "button",
            {
                type: "button",
                "aria-pressed": "false",
                onclick: () => stream.follow(span),
            },
            text,
        ),
    );
    const state = h("span", { class: "muted", "data-stream-state": "" }, "following");
    box.tools.append(state, ...buttons);
    box.body.append(legend);
    box.body.prepend(nothing);
    let legendNames = -1;
    const marks = () => {
        setText(state, stream.following ? "following" : "zoomed; Escape or double click follows");
        spans.forEach(([, span], i) =>
            buttons[i].setAttribute("aria-pressed", String(stream.following && stream.followSpan === span)),
        );
        nothing.hidden = log.size > 0;
        legend.hidden = log.size === 0;
        stream.box.hidden = log.size === 0;
        if (legendNames !== log.names.length) {
            legendNames = log.names.length;
            fill(legend, streamLegend(log));
        }
    };
    stream.box.addEventListener("view", marks);
    const take = () => {
        marks();
        stream.draw();
    };
    if (live.summary && logOf !== live.summary.epoch + live.summary.cluster_id) {
        log.clear();
        logOf = live.summary.epoch + live.summary.cluster_id;
    }
    context.on("summary", (summary) => {
        const of = summary.epoch + summary.cluster_id;
        if (logOf !== of) {
            if (logOf !== null) {
                log.clear();
                load();
            }
            logOf = of;
        }
    });
    let loading = false;
    let over = false;
    /* What was before this page; then events follow on, and whatever was missed in between. */
    const load = async () => {
        if (loading) {
            return;
        }
        loading = true;
        try {
            for (;;) {
                const batch = await getJson("api/stream", { since: log.next, limit: CHUNK });
                if (over) {
                    return;
                }
                const before = log.next;
                if (batch.next < before) {
                    log.clear();
                    continue;
                }
                if (!log.add(batch)) {
                    log.next = batch.next - batch.rows.length;
                    log.add(batch);
                }
                take();
                if (batch.rows.length < NEARLY_NOTHING || log.next === before) {
                    return;
                }
            }
        } catch (e) {
            if (e.status === undefined) {
                throw e;
            }
        } finally {
            loading = false;
        }
    };
    context.on("stream", (batch) => {
        if (loading) {
            return;
        }
        if (batch.next < log.next || !log.add(batch)) {
            load();
        } else {
            take();
        }
    });
    context.on("state", ({ state: now }) => now === "live" && load());
    load();
    marks();
    context.onEnd(() => {
        over = true;
        stream.dispose();
    });
    return box.element;
}

function progressPanel(context) {
    const box = panel("Progress", { class: "progress-panel" });
    const progress = new Progress(box.body);
    const take = (data) => progress.set(data.functions || []);
    context.on("progress", take);
    getJson("api/progress").then(take, () => {});
    return box.element;
}

function lower(context) {
    const memory = panel("Bytes stored per worker");
    const load = panel("Tasks per worker");
    const map = panel("Cluster map");
    const pick = (worker) => (location.hash = "#workers?q=" + encodeURIComponent(worker.name));
    const memoryChart = new Columns(memory.body, {
        label: "Bytes stored per worker",
        format: bytes,
        binary: true,
        atLeast: 1024 * 1024,
        onPick: pick,
        height: 190,
        parts: [
            { name: "managed", color: "managed", value: (w) => w.managed },
            { name: "unmanaged", color: "unmanaged", value: (w) => w.unmanaged },
            { name: "spilled", color: "spilled", value: (w) => w.spilled },
        ],
    });
    const loadChart = new Columns(load.body, {
        label: "Tasks running and ready per worker",
        format: short,
        atLeast: 4,
        onPick: pick,
        height: 190,
        parts: [
            { name: "running", color: "processing", value: (w) => w.running ?? w.processing - (w.ready || 0) },
            { name: "ready", color: "ready", value: (w) => w.ready || 0 },
        ],
    });
    const clusterMap = new ClusterMap(map.body, { onPick: pick, height: 190 });
    const key = (entries) =>
        h(
            "ul",
            { class: "legend" },
            entries.map(([color, text]) => {
                const chip = h("span", { class: "chip" });
                chip.style.background = themeColor(color);
                return h("li", {}, chip, text);
            }),
        );
    memory.body.append(
        key([
            ["managed", "results"],
            ["unmanaged", "other memory"],
            ["spilled", "on disk"],
        ]),
    );
    load.body.append(
        key([
            ["processing", "running"],
            ["ready", "assigned ahead"],
        ]),
    );
    map.body.append(
        key([
            ["state-processing", "busy"],
            ["line-strong", "idle"],
            ["state-queued", "paused"],
            ["state-no-worker", "draining"],
        ]),
    );
    const nothing = empty(
        "No workers yet.",
        "Start some with ",
        h("code", {}, "cluster.scale(4)"),
        " or ",
        h("code", {}, "muster worker --scheduler-file F"),
        ".",
    );
    map.body.prepend(nothing);
    const take = (data) => {
        const workers = data.workers || [];
        nothing.hidden = workers.length > 0;
        clusterMap.surface.canvas.hidden = workers.length === 0;
        memoryChart.set(workers);
        loadChart.set(workers);
        clusterMap.set(workers);
        const total = workers.reduce((sum, w) => sum + (w.managed || 0) + (w.spilled || 0), 0);
        setText(memory.tools, bytes(total));
        setText(load.tools, count(workers.reduce((sum, w) => sum + (w.processing || 0), 0)));
        setText(map.tools, count(workers.length) + (workers.length === 1 ? " worker" : " workers"));
        memoryChart.surface.describe("Bytes stored per worker: " + bytes(total) + " on " + workers.length + " workers");
    };
    context.on("workers", take);
    getJson("api/workers").then(take, () => {});
    context.onEnd(() => {
        memoryChart.dispose();
        loadChart.dispose();
        clusterMap.dispose();
        tip.hide();
    });
    return h("div", { class: "grid status lower", "data-part": "lower" }, memory.element, load.element, map.element);
}
