/**
 * Every worker in a table that sorts, also with a thousand of them.
 */
import { h, panel, empty, setText, afterPause } from "../dom.js";
import { bytes, count, percent, seconds } from "../format.js";
import { themeColor } from "../colors.js";
import { getJson } from "../live.js";
import { DataTable, barCell } from "../table.js";

const STATE_COLORS = { running: "state-processing", paused: "state-queued", draining: "state-no-worker" };

const used = (w) => (w.managed || 0) + (w.unmanaged || 0);
const rate = (n) => (n >= 0 ? bytes(n) + "/s" : "–");
const level = (f) => (f >= 0.8 ? "bad" : f >= 0.7 ? "warn" : "");

const COLUMNS = [
    { name: "name", title: "Name", value: (w) => w.name },
    { name: "state", title: "State", value: (w) => w.state, width: 84, cell: stateCell },
    { name: "host", title: "Host", value: (w) => w.host },
    { name: "job", title: "Job", value: (w) => w.job, text: (w) => w.job || "", optional: true },
    { name: "threads", title: "Threads", value: (w) => w.threads, class: "number", width: 76 },
    {
        name: "tasks",
        title: "Tasks",
        value: (w) => w.processing,
        text: (w) => count(w.processing),
        class: "number",
        width: 64,
        hint: "Tasks assigned: running and ready",
    },
    {
        name: "cpu",
        title: "CPU",
        value: (w) => w.cpu_percent,
        class: "number",
        width: 72,
        cell: barCell(
            (w) => w.cpu_percent / 100 / Math.max(1, w.threads),
            (w) => percent(w.cpu_percent),
        ),
    },
    {
        name: "memory",
        title: "Memory",
        value: used,
        class: "number",
        width: 138,
        hint: "Used of the limit",
        cell: barCell(
            (w) => (w.memory_limit > 0 ? used(w) / w.memory_limit : 0),
            (w) => bytes(used(w)) + (w.memory_limit > 0 ? " / " + bytes(w.memory_limit) : ""),
            level,
        ),
    },
    {
        name: "managed",
        title: "Managed",
        value: (w) => w.managed,
        text: (w) => bytes(w.managed),
        class: "number",
        width: 86,
        hint: "Results held in memory",
    },
    {
        name: "unmanaged",
        title: "Unmanaged",
        value: (w) => w.unmanaged,
        text: (w) => bytes(w.unmanaged),
        class: "number",
        width: 106,
        hint: "Memory that is not results",
    },
    {
        name: "spilled",
        title: "Spilled",
        value: (w) => w.spilled,
        text: (w) => bytes(w.spilled),
        class: "number",
        width: 78,
        hint: "Results on disk",
    },
    {
        name: "read",
        title: "Net in",
        value: (w) => w.net_read_per_s,
        text: (w) => rate(w.net_read_per_s),
        class: "number",
        width: 82,
    },
    {
        name: "write",
        title: "Net out",
        value: (w) => w.net_write_per_s,
        text: (w) => rate(w.net_write_per_s),
        class: "number",
        width: 82,
    },
    { name: "age", title: "Age", value: (w) => w.age_s, text: (w) => seconds(w.age_s), class: "number", width: 90 },
    {
        name: "left",
        optional: true,
        title: "Left",
        value: (w) => w.remaining_s,
        text: (w) => (w.remaining_s === null || w.remaining_s === undefined ? "" : seconds(w.remaining_s)),
        class: "number",
        width: 96,
        hint: "Time until its job's walltime ends",
    },
    {
        name: "seen",
        title: "Heard",
        value: (w) => w.last_seen_s,
        text: (w) => seconds(w.last_seen_s),
        class: "number",
        width: 72,
        hint: "Time since it was last heard of",
    },
];

function stateCell(worker, cell) {
    let pill = cell.firstElementChild;
    if (!pill) {
        pill = h("span", { class: "pill" });
        cell.append(pill);
    }
    setText(pill, worker.state);
    pill.style.setProperty("--dot", themeColor(STATE_COLORS[worker.state] || "line-strong"));
}

export const workersPage = {
    title: "Workers",
    topics: ["workers"],
    show(root, context) {
        const box = panel("Workers");
        const filter = h("input", {
            type: "search",
            placeholder: "name, host, job or state",
            "aria-label": "Filter workers",
        });
        filter.value = context.parameters.get("q") || "";
        const table = new DataTable(box.body, {
            label: "Workers",
            columns: COLUMNS,
            key: (w) => w.number,
            sort: context.parameters.get("sort") || "name",
            descending: context.parameters.get("down") === "1",
            onPick: (w) => (location.hash = "#tasks?worker=" + encodeURIComponent(w.name)),
            nothing: () =>
                empty(
                    "No worker to show.",
                    "Start some with ",
                    h("code", {}, "cluster.scale(4)"),
                    " or ",
                    h("code", {}, "muster worker --scheduler-file F"),
                    ".",
                ),
        });
        const say = () =>
            setText(
                box.heading,
                table.shown.length === table.rows.length
                    ? count(table.rows.length) + (table.rows.length === 1 ? " worker" : " workers")
                    : count(table.shown.length) + " of " + count(table.rows.length) + " workers",
            );
        const apply = () => {
            const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
            table.filter((w) =>
                words.every((word) =>
                    [w.name, w.host, w.job, w.state].some((text) => text && String(text).toLowerCase().includes(word)),
                ),
            );
            context.remember({ q: filter.value });
            say();
        };
        filter.addEventListener("input", afterPause(80, apply));
        box.tools.append(filter);
        root.append(h("h1", { class: "skip" }, "Workers"), h("div", { class: "page" }, box.element));
        const take = (data) => {
            table.set(data.workers || []);
            say();
        };
        apply();
        context.on("workers", take);
        context.every(15000, async () => take(await getJson("api/workers")));
        context.onEnd(() => table.dispose());
    },
};
