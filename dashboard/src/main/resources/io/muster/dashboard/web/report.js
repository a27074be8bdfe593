/**
 * The performance report: what the pages show, from data that stand in the same file. It is put together with the
 * modules it uses and needs no server.
 */
import { h, fill, panel, empty } from "./dom.js";
import { bytes, clock, count, moment, percent, seconds } from "./format.js";
import { functionColor } from "./colors.js";
import { StreamLog, TaskStream, streamLegend } from "./stream.js";
import { FlameGraph, hottestTable } from "./flame.js";
import { SystemCharts } from "./history.js";

const report = JSON.parse(document.getElementById("data").textContent);
const reportLog = new StreamLog();
for (const page of report.stream || []) {
    reportLog.add(page);
}

const reportSections = [
    ["Summary", summarySection],
    ["Task stream", streamSection],
    ["Profile", profileSection],
    ["Workers", workersSection],
    ["Bandwidth and system", systemSection],
];

const reportRoot = document.getElementById("report");
fill(
    reportRoot,
    h("h1", {}, "Performance report"),
    h("p", { class: "muted" }, "Made " + moment(report.made_us) + ", with Muster " + (report.version || "")),
    reportSections.map(([title, make], i) => {
        const box = panel(title);
        box.element.id = "part-" + i;
        make(box.body);
        return box.element;
    }),
);

function computeByFunction() {
    const sums = new Map();
    for (let i = 0; i < reportLog.size; i++) {
        const name = reportLog.names[reportLog.name[i]];
        const sum = sums.get(name) || { name, runs: 0, failed: 0, compute: 0, transfer: 0, spill: 0 };
        const took = (reportLog.stop[i] - reportLog.start[i]) / 1e6;
        const kind = reportLog.kind[i];
        if (kind === 2) {
            sum.transfer += took;
        } else if (kind === 3) {
            sum.spill += took;
        } else {
            sum.compute += took;
            sum.runs++;
            sum.failed += kind === 1 ? 1 : 0;
        }
        sums.set(name, sum);
    }
    return [...sums.values()].sort((a, b) => b.compute - a.compute);
}

function simpleTable(label, heads, rows) {
    return h(
        "table",
        { class: "plain", "aria-label": label },
        h(
            "thead",
            {},
            h(
                "tr",
                {},
                heads.map((head, i) => h("th", { scope: "col", class: i > 0 ? "number" : null }, head)),
            ),
        ),
        h(
            "tbody",
            {},
            rows.map((row) =>
                h(
                    "tr",
                    {},
                    row.map((cell, i) => h("td", { class: i > 0 ? "number" : null }, cell)),
                ),
            ),
        ),
    );
}

function summarySection(host) {
    const sums = computeByFunction();
    const total = (key) => sums.reduce((sum, each) => sum + each[key], 0);
    const wall = reportLog.size ? (reportLog.last - reportLog.first) / 1e6 : 0;
    const threads = (report.workers || []).reduce((sum, worker) => sum + (worker.threads || 0), 0);
    const facts = [
        ["From", reportLog.size ? moment(reportLog.first) + " to " + clock(reportLog.last) : "–"],
        ["Duration", seconds(wall)],
        ["Workers", count((report.workers || []).length) + ", " + count(threads) + " threads"],
        ["Runs", count(total("runs")) + (total("failed") ? ", " + count(total("failed")) + " of them failed" : "")],
        [
            "Compute time",
            seconds(total("compute")) +
                (threads > 0 && wall > 0
                    ? ", " + percent((100 * total("compute")) / (wall * threads)) + " of the threads' time"
                    : ""),
        ],
        ["Transfer time", seconds(total("transfer"))],
        ["Time to read spilled inputs", seconds(total("spill"))],
    ];
    host.append(
        h(
            "dl",
            { class: "facts" },
            facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
        ),
    );
    if (sums.length > 0) {
        const chipped = (name) => {
            const chip = h("span", { class: "chip", "aria-hidden": "true" });
            chip.style.background = functionColor(name);
            return [chip, name];
        };
        host.append(
            simpleTable(
                "Time by function",
                ["Function", "Runs", "Failed", "Compute", "Mean", "Transfer", "Spill"],
                sums.map((sum) => [
                    chipped(sum.name),
                    count(sum.runs),
                    count(sum.failed),
                    seconds(sum.compute),
                    seconds(sum.compute / Math.max(1, sum.runs)),
                    seconds(sum.transfer),
                    seconds(sum.spill),
                ]),
            ),
        );
    }
}

function streamSection(host) {
    if (reportLog.size === 0) {
        host.append(empty("No task has run."));
        return;
    }
    new TaskStream(host, reportLog, { span: 0 });
    host.append(
        streamLegend(reportLog),
        h("p", { class: "muted" }, "Wheel and drag zoom, shift and drag move, a double click shows everything again."),
    );
}

function profileSection(host) {
    const tree = (report.profile || {}).tree;
    if (!tree || !tree.count) {
        host.append(empty("No samples were taken."));
        return;
    }
    const graph = new FlameGraph(host);
    graph.set(tree);
    host.append(hottestTable(tree));
}

function workersSection(host) {
    const workers = report.workers || [];
    if (workers.length === 0) {
        host.append(empty("There was no worker when the report was made."));
        return;
    }
    host.append(
        simpleTable(
            "Workers",
            ["Name", "Host", "Threads", "Stored", "Memory limit", "Job"],
            workers.map((worker) => [
                worker.name,
                worker.host || "",
                count(worker.threads),
                bytes(worker.stored_bytes),
                bytes(worker.memory_limit_bytes),
                worker.job || "",
            ]),
        ),
    );
}

function systemSection(host) {
    const charts = new SystemCharts();
    host.append(charts.element);
    charts.set(report.system || {}, new Map((report.workers || []).map((worker) => [worker.number, worker.name])));
}
