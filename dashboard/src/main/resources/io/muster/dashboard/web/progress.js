/**
 * One bar per function: how many of its tasks are in which state.
 */
import { h, fill, empty, setText } from "./dom.js";
import { count, seconds } from "./format.js";
import { functionColor, stateColor, STATES } from "./colors.js";

const MOST = 60;

export class Progress {
    constructor(host) {
        this.list = h("ul", { class: "progress", tabindex: "0", "aria-label": "Progress per function" });
        this.nothing = empty("No tasks are known.", "What clients submit shows up here, one bar per function.");
        this.rest = h("p", { class: "muted" });
        this.lines = new Map();
        host.append(this.nothing, this.list, this.rest);
        this.set([]);
    }

    /** Sets the functions, those with work left first. */
    set(functions) {
        const left = (f) => f.total - (f.memory || 0) - (f.erred || 0);
        const sorted = [...functions].sort((a, b) => (left(b) > 0) - (left(a) > 0) || b.total - a.total).slice(0, MOST);
        this.nothing.hidden = functions.length > 0;
        this.list.hidden = functions.length === 0;
        this.rest.hidden = functions.length <= MOST;
        setText(this.rest, "and " + (functions.length - MOST) + " more functions");
        const names = new Set(sorted.map((f) => f.function));
        for (const [name, line] of this.lines) {
            if (!names.has(name)) {
                line.element.remove();
                this.lines.delete(name);
            }
        }
        sorted.forEach((f, i) => {
            const line = this.lines.get(f.function) || this.line(f.function);
            this.write(line, f);
            if (this.list.children[i] !== line.element) {
                this.list.insertBefore(line.element, this.list.children[i] || null);
            }
        });
    }

    line(name) {
        const chip = h("span", { class: "chip", "aria-hidden": "true" });
        chip.style.background = functionColor(name);
        const numbers = h("span", { class: "numbers" });
        const segments = STATES.map((state) => {
            const segment = h("span", { title: state });
            segment.style.background = stateColor(state);
            return segment;
        });
        const bar = h(
            "div",
            { class: "segments", role: "progressbar", "aria-label": name, "aria-valuemin": "0" },
            segments,
        );
        const link = h(
            "a",
            { class: "name", href: "#tasks?function=" + encodeURIComponent(name), title: name },
            chip,
            name,
        );
        const line = { element: h("li", {}, h("div", { class: "line" }, link, numbers), bar), numbers, segments, bar };
        this.lines.set(name, line);
        return line;
    }

    write(line, f) {
        const done = f.memory || 0;
        const failed = f.erred || 0;
        setText(
            line.numbers,
            f.total === 0
                ? count(f.ended || 0) + " done before"
                : count(done) +
                      " / " +
                      count(f.total) +
                      (failed ? ", " + count(failed) + " failed" : "") +
                      (f.seconds > 0 ? ", " + seconds(f.seconds) : ""),
        );
        line.bar.setAttribute("aria-valuemax", Math.max(1, f.total));
        line.bar.setAttribute("aria-valuenow", done);
        line.bar.setAttribute(
            "aria-valuetext",
            done + " of " + f.total + " done" + (failed ? ", " + failed + " failed" : ""),
        );
        line.element.title = f.ended === undefined ? "" : count(f.ended) + " runs have ended";
        STATES.forEach((state, i) => {
            line.segments[i].style.width = ((100 * (f[state] || 0)) / Math.max(1, f.total)).toFixed(2) + "%";
        });
    }
}

/** The states and their colours. */
export function stateLegend(states) {
    return h(
        "ul",
        { class: "legend" },
        states.map((state) => {
            const chip = h("span", { class: "chip", "aria-hidden": "true" });
            chip.style.background = stateColor(state);
            return h("li", {}, chip, state);
        }),
    );
}

/** A state as a coloured dot and its name, into a cell of a table or an element. */
export function showState(element, state) {
    let pill = element.firstElementChild;
    if (!pill) {
        pill = fill(element, h("span", { class: "pill" })).firstElementChild;
    }
    setText(pill, state);
    pill.style.setProperty("--dot", stateColor(state));
}
