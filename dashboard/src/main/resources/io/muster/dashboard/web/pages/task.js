/**
 * One task: why it is where it is, what it needs and who needs it, where it ran, and everything that happened to it.
 */
import { h, fill, panel, empty } from "../dom.js";
import { bytes, clock, count, moment, seconds } from "../format.js";
import { functionColor } from "../colors.js";
import { getJson } from "../live.js";
import { showState } from "../progress.js";

export const taskPage = {
    title: "Task",
    show(root, context) {
        const title = h("h1", {}, "Task " + context.id);
        const content = h("div", {});
        root.append(title, content);
        let before = "";
        context.every(2000, async () => {
            let task;
            try {
                task = await getJson("api/task", { id: context.id });
            } catch (e) {
                if (e.status === 404) {
                    before = "";
                    fill(
                        content,
                        empty(
                            "The scheduler does not know task " + context.id + ".",
                            "Nobody needs its result any more, or the scheduler was restarted. ",
                            h("a", { href: "#tasks" }, "All tasks"),
                        ),
                    );
                }
                throw e;
            }
            const now = JSON.stringify(task);
            if (now !== before) {
                before = now;
                fill(title, task.key || "task " + task.id);
                keepingScroll(content, () => fill(content, sections(task)));
            }
        });
    },
};

/* Lists keep their place when the task is written anew. */
function keepingScroll(element, write) {
    const places = [...element.querySelectorAll("[data-scroll]")].map((list) => [list.dataset.scroll, list.scrollTop]);
    write();
    for (const [name, top] of places) {
        const list = element.querySelector('[data-scroll="' + name + '"]');
        if (list) {
            list.scrollTop = top;
        }
    }
}

function sections(task) {
    if (task.state === "forgotten") {
        return [
            h(
                "p",
                { class: "why" },
                "Nobody needs its result any more, so it is forgotten; this is what is remembered of it.",
            ),
            runs(task),
            story(task),
        ];
    }
    return [
        task.why ? h("p", { class: "why" }, task.why) : null,
        h("div", { class: "grid two" }, facts(task), runs(task)),
        task.failure ? failure(task.failure) : null,
        h(
            "div",
            { class: "grid two space" },
            neighbours("Inputs", "inputs", task.inputs, task.input_count, "It needs no other task's result."),
            neighbours("Dependents", "dependents", task.dependents, task.dependent_count, "No task needs its result."),
        ),
        story(task),
    ];
}

function facts(task) {
    const box = panel("Now");
    const rows = [
        ["State", (cell) => showState(cell, task.state)],
        [
            "Function",
            (cell) => {
                const chip = h("span", { class: "chip", "aria-hidden": "true" });
                chip.style.background = functionColor(task.function || "");
                fill(
                    cell,
                    h("a", { href: "#tasks?function=" + encodeURIComponent(task.function || "") }, chip, task.function),
                );
            },
        ],
        ["Id", (cell) => fill(cell, task.id)],
        ["Priority", (cell) => fill(cell, task.priority)],
        ["Result", (cell) => fill(cell, task.bytes > 0 ? bytes(task.bytes) : "–")],
        [
            "Attempt",
            (cell) =>
                fill(
                    cell,
                    task.attempt +
                        (task.retries_left > 0 ? ", " + task.retries_left + " retries left" : "") +
                        ((task.deaths || []).length ? ", died with " + task.deaths.join(", ") : ""),
                ),
        ],
        ["Held by", (cell) => fill(cell, (task.holders || []).length ? task.holders.join(", ") : "nobody")],
    ];
    box.body.append(
        h(
            "dl",
            { class: "facts" },
            rows.map(([name, write]) => {
                const cell = h("dd", {});
                write(cell);
                return [h("dt", {}, name), cell];
            }),
        ),
    );
    return box.element;
}

function runs(task) {
    const box = panel("Where it ran");
    const list = task.runs || [];
    if (list.length === 0) {
        box.body.append(empty("No run of it has ended, as far as is remembered."));
        return box.element;
    }
    const heads = ["Worker", "Thread", "Start", "Duration", "End"].map((name) => h("th", { scope: "col" }, name));
    const rows = list.map((run) => {
        const cells = [
            run.worker,
            run.thread,
            clock(run.start_us, 3),
            seconds((run.stop_us - run.start_us) / 1e6),
            run.outcome,
        ];
        return h(
            "tr",
            {},
            cells.map((cell) => h("td", {}, cell)),
        );
    });
    box.body.append(
        h("table", { class: "plain", "aria-label": "Runs" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    );
    return box.element;
}

function failure(text) {
    const box = panel("Failure");
    box.element.classList.add("space");
    box.body.append(h("pre", { tabindex: "0", "aria-label": "Failure, in full" }, text));
    return box.element;
}

function neighbours(title, name, list, number, nothing) {
    const tasks = list || [];
    const total = number ?? tasks.length;
    const box = panel(title + (total > 0 ? " (" + count(total) + ")" : ""));
    if (tasks.length === 0) {
        box.body.append(empty(nothing));
        return box.element;
    }
    box.body.append(
        h(
            "ul",
            { class: "links", tabindex: "0", "aria-label": title, "data-scroll": name },
            tasks.map((other) => {
                const state = h("span", {});
                if (other.state) {
                    showState(state, other.state);
                }
                return h(
                    "li",
                    {},
                    h("a", { href: "#task/" + other.id }, other.key),
                    " ",
                    state,
                    other.worker ? h("span", { class: "muted" }, " on " + other.worker) : null,
                );
            }),
            total > tasks.length ? h("li", { class: "muted" }, "and " + count(total - tasks.length) + " more") : null,
        ),
    );
    return box.element;
}

function story(task) {
    const box = panel("What happened");
    const lines = task.story || [];
    box.element.classList.add("space");
    if (lines.length === 0) {
        box.body.append(empty("Nothing is recorded of it any more.", "The scheduler keeps the last transitions only."));
        return box.element;
    }
    box.body.append(
        h(
            "table",
            { class: "plain", "aria-label": "What happened" },
            h(
                "thead",
                {},
                h(
                    "tr",
                    {},
                    ["When", "Who", "What", "Cause"].map((name) => h("th", { scope: "col" }, name)),
                ),
            ),
            h(
                "tbody",
                {},
                lines.map((line) =>
                    h(
                        "tr",
                        {},
                        h("td", { class: "mono", title: moment(line.at) }, clock(line.at, 6)),
                        h("td", {}, line.who),
                        h("td", {}, line.what),
                        h("td", {}, line.cause || ""),
                    ),
                ),
            ),
        ),
    );
    return box.element;
}
