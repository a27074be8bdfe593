/**
 * Tasks, filtered and paged by the scheduler: there may be millions.
 */
import { h, panel, empty, setText, afterPause } from "../dom.js";
import { bytes, count } from "../format.js";
import { getJson } from "../live.js";
import { DataTable, linkCell } from "../table.js";
import { showState } from "../progress.js";

const PAGE_ROWS = 100;
const STATE_CHOICES = ["waiting", "queued", "no-worker", "processing", "memory", "released", "erred"];

export const tasksPage = {
    title: "Tasks",
    show(root, context) {
        const box = panel("Tasks");
        const start = context.parameters;
        const state = h(
            "select",
            { "aria-label": "State" },
            h("option", { value: "" }, "every state"),
            STATE_CHOICES.map((name) => h("option", { value: name }, name)),
        );
        const named = h("input", {
            type: "search",
            placeholder: "function",
            "aria-label": "Function",
            list: "functions",
        });
        const worker = h("input", { type: "search", placeholder: "worker", "aria-label": "Worker" });
        const functions = h("datalist", { id: "functions" });
        state.value = start.get("state") || "";
        named.value = start.get("function") || "";
        worker.value = start.get("worker") || "";
        let offset = Number(start.get("offset")) || 0;
        let total = 0;
        box.tools.append(state, named, worker, functions);
        const host = h("div", { class: "fill" });
        const back = h("button", { type: "button", class: "quiet", onclick: () => turn(-PAGE_ROWS) }, "‹ Previous");
        const on = h("button", { type: "button", class: "quiet", onclick: () => turn(PAGE_ROWS) }, "Next ›");
        const where = h("span", { "aria-live": "polite" });
        box.body.append(host, h("div", { class: "pager" }, back, on, where));
        const table = new DataTable(host, {
            label: "Tasks",
            key: (task) => task.id,
            onPick: (task) => (location.hash = "#task/" + task.id),
            columns: [
                { name: "id", title: "Id", value: (task) => task.id, class: "number", width: 110 },
                {
                    name: "key",
                    title: "Key",
                    value: (task) => task.key,
                    cell: linkCell(
                        (task) => "#task/" + task.id,
                        (task) => task.key || "task " + task.id,
                    ),
                },
                { name: "function", title: "Function", value: (task) => task.function },
                {
                    name: "state",
                    title: "State",
                    value: (task) => task.state,
                    width: 110,
                    cell: (task, cell) => showState(cell, task.state),
                },
                { name: "worker", title: "Worker", value: (task) => task.worker, text: (task) => task.worker || "" },
                {
                    name: "priority",
                    title: "Priority",
                    value: (task) => task.priority,
                    class: "number",
                    width: 80,
                    text: (task) => (task.priority === null || task.priority === undefined ? "" : task.priority),
                },
                {
                    name: "bytes",
                    title: "Bytes",
                    value: (task) => task.bytes,
                    class: "number",
                    width: 90,
                    text: (task) => (task.bytes > 0 ? bytes(task.bytes) : ""),
                },
            ],
            nothing: () =>
                empty(
                    "No task matches.",
                    "Tasks that nobody needs any more are forgotten; clear the filters to see ",
                    "what there is.",
                ),
        });
        let asked = 0;
        const load = async () => {
            const mine = ++asked;
            const data = await getJson("api/tasks", {
                state: state.value,
                function: named.value.trim(),
                worker: worker.value.trim(),
                limit: PAGE_ROWS,
                offset,
            });
            if (mine !== asked) {
                return;
            }
            total = data.total;
            if (offset >= total && offset > 0) {
                offset = Math.max(0, Math.floor((total - 1) / PAGE_ROWS) * PAGE_ROWS);
            }
            table.set(data.tasks);
            setText(
                where,
                total === 0
                    ? ""
                    : count(offset + 1) + " to " + count(offset + data.tasks.length) + " of " + count(total),
            );
            setText(box.heading, total === 1 ? "1 task" : count(total) + " tasks");
            back.disabled = offset === 0;
            on.disabled = offset + PAGE_ROWS >= total;
        };
        const again = () => {
            context.remember({ state: state.value, function: named.value, worker: worker.value, offset: offset || "" });
            load().catch(() => {});
        };
        const turn = (by) => {
            offset = Math.max(0, offset + by);
            table.scroller.scrollTop = 0;
            again();
        };
        const filtered = () => {
            offset = 0;
            again();
        };
        state.addEventListener("change", filtered);
        named.addEventListener("input", afterPause(200, filtered));
        worker.addEventListener("input", afterPause(200, filtered));
        getJson("api/progress").then(
            (data) => functions.append(...data.functions.slice(0, 200).map((f) => h("option", { value: f.function }))),
            () => {},
        );
        root.append(h("h1", { class: "skip" }, "Tasks"), h("div", { class: "page" }, box.element));
        context.every(3000, load);
        context.onEnd(() => table.dispose());
    },
};
