/**
 * What the pages of events and logs share: lines, the newest first, with filters; a click on one shows all of it.
 */
import { h, panel, empty, setText, afterPause } from "../dom.js";
import { count } from "../format.js";
import { getJson } from "../live.js";
import { DataTable } from "../table.js";

const MOST_LINES_SHOWN = 2000;

/** Shows a page of lines that is asked for every two seconds. */
export function linesPage(root, context, { title, path, list, filters, columns, nothing }) {
    const box = panel(title);
    const inputs = filters.map((filter) => {
        const input = filter.choices
            ? h(
                  "select",
                  { "aria-label": filter.name },
                  filter.choices.map((c) => h("option", { value: c }, c || filter.empty)),
              )
            : h("input", { type: "search", placeholder: filter.placeholder, "aria-label": filter.name });
        input.value = context.parameters.get(filter.name) || "";
        if (filter.more) {
            addChoices(input, filter.more, context.parameters.get(filter.name));
        }
        return input;
    });
    const find = h("input", { type: "search", placeholder: "find text", "aria-label": "Find text" });
    box.tools.append(...inputs, find);
    const whole = h("pre", { tabindex: "0", "aria-label": "The line in full", hidden: true });
    const host = h("div", { class: "fill" });
    const problem = h("p", { class: "why", hidden: true });
    box.body.append(problem, host, whole);
    const table = new DataTable(host, {
        label: title,
        columns,
        onPick: (line) => {
            const words = String(text(line));
            whole.hidden = whole.textContent === words && !whole.hidden;
            setText(whole, words);
        },
        sort: "at",
        descending: true,
        nothing: () => empty(nothing[0], ...nothing.slice(1)),
    });
    const text = columns[columns.length - 1].value;
    const apply = () => {
        const wanted = find.value.toLowerCase();
        table.filter((line) => !wanted || String(text(line)).toLowerCase().includes(wanted));
    };
    const values = () => Object.fromEntries(filters.map((filter, i) => [filter.name, inputs[i].value.trim()]));
    const load = async () => {
        const data = await getJson(path, { ...values(), limit: MOST_LINES_SHOWN });
        const lines = list(data);
        table.set(lines);
        setText(problem, data.error || "");
        problem.hidden = !data.error;
        setText(box.heading, title + (lines.length ? " (" + count(lines.length) + ")" : ""));
    };
    const filtered = afterPause(200, () => {
        context.remember(values());
        load().catch(() => {});
    });
    inputs.forEach((input) => input.addEventListener("input", filtered));
    find.addEventListener("input", apply);
    root.append(h("h1", { class: "skip" }, title), h("div", { class: "page" }, box.element));
    context.every(2000, load);
    context.onEnd(() => table.dispose());
}

/* Choices that have to be asked for; the one in the address counts as soon as it is there. */
function addChoices(select, more, wanted) {
    more().then(
        (choices) => {
            select.append(...choices.map((choice) => h("option", { value: choice }, choice)));
            if (wanted && choices.includes(wanted)) {
                select.value = wanted;
                select.dispatchEvent(new Event("input"));
            }
        },
        () => {},
    );
}
