/**
 * A table for any number of rows: only those in sight are elements; columns sort by click or key.
 *
 * A column is {name, title, value(row), text?(row), cell?(row), class?, width?, hint?}: `value` sorts, `text` shows,
 * `cell` makes an element instead. An `optional` column is shown only if a row has a value for it.
 */
import { h, fill, eachFrame } from "./dom.js";

const ROW_HEIGHT = 26;
const LEAST_WIDTH = 90;
const SPARE_ROWS = 8;

export class DataTable {
    constructor(host, { label, columns, key, sort, descending, onPick, nothing }) {
        this.columns = columns;
        this.key = key;
        this.sort = columns.find((column) => column.name === sort) || null;
        this.descending = !!descending;
        this.onPick = onPick;
        this.nothing = nothing;
        this.rows = [];
        this.shown = [];
        this.accept = () => true;
        this.body = h("tbody", {});
        this.heads = columns.map((column) => this.head(column));
        this.table = h("table", { "aria-label": label }, h("thead", {}, h("tr", {}, this.heads)), this.body);
        this.widen();
        this.place = h("div", { class: "nothing", hidden: true });
        this.scroller = h(
            "div",
            { class: "scroller", tabindex: "0", role: "region", "aria-label": label + ", scrollable" },
            this.table,
            this.place,
        );
        host.append(this.scroller);
        this.draw = eachFrame(() => this.render());
        this.scroller.addEventListener("scroll", this.draw, { passive: true });
        this.watcher = new ResizeObserver(this.draw);
        this.watcher.observe(this.scroller);
        this.mark();
    }

    head(column) {
        const button = h(
            "button",
            { type: "button", title: column.hint, onclick: () => this.by(column) },
            column.title,
            h("span", { class: "arrow", "aria-hidden": "true" }),
        );
        const cell = h("th", { scope: "col", class: column.class }, column.value ? button : column.title);
        if (column.width) {
            cell.style.width = column.width + "px";
        }
        return cell;
    }

    /* Widths don't follow from what is in sight, so nothing moves while one scrolls; other columns share the rest. */
    widen() {
        this.table.style.minWidth =
            this.columns.reduce((sum, column, i) => sum + (this.heads[i].hidden ? 0 : column.width || LEAST_WIDTH), 0) +
            "px";
    }

    /** Sorts by a column; by the same one again turns the order round. */
    by(column) {
        this.descending = this.sort === column ? !this.descending : column.class === "number";
        this.sort = column;
        this.mark();
        this.arrange();
    }

    mark() {
        this.columns.forEach((column, i) => {
            const sorted = column === this.sort;
            if (sorted) {
                this.heads[i].setAttribute("aria-sort", this.descending ? "descending" : "ascending");
            } else {
                this.heads[i].removeAttribute("aria-sort");
            }
        });
    }

    /** Replaces the rows. */
    set(rows) {
        this.rows = rows;
        this.columns.forEach((column, i) => {
            if (column.optional) {
                this.heads[i].hidden = !rows.some((row) => ![null, undefined, ""].includes(column.value(row)));
            }
        });
        this.widen();
        this.arrange();
    }

    /** Shows only rows that are accepted. */
    filter(accept) {
        this.accept = accept;
        this.arrange();
    }

    arrange() {
        const shown = this.rows.filter(this.accept);
        if (this.sort) {
            const value = this.sort.value;
            const sign = this.descending ? -1 : 1;
            const keyed = shown.map((row, i) => ({ row, i, v: value(row) }));
            keyed.sort((a, b) => sign * compareValues(a.v, b.v) || a.i - b.i);
            this.shown = keyed.map((entry) => entry.row);
        } else {
            this.shown = shown;
        }
        this.draw();
    }

    render() {
        const total = this.shown.length;
        this.place.hidden = total > 0;
        if (total === 0 && !this.place.firstChild && this.nothing) {
            fill(this.place, this.nothing());
        }
        const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
        const last = Math.min(total, first + Math.ceil(this.scroller.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS);
        this.table.setAttribute("aria-rowcount", total + 1);
        const wanted = [];
        if (first > 0) {
            wanted.push(this.gap(first));
        }
        const kept = new Map();
        for (const line of this.body.children) {
            if (line.rowKey !== undefined) {
                kept.set(line.rowKey, line);
            }
        }
        for (let i = first; i < last; i++) {
            const row = this.shown[i];
            const key = this.key ? this.key(row) : i;
            const line = kept.get(key) || this.line(key);
            line.setAttribute("aria-rowindex", i + 2);
            line.classList.toggle("odd", i % 2 === 1);
            this.write(line, row);
            wanted.push(line);
        }
        if (last < total) {
            wanted.push(this.gap(total - last));
        }
        this.put(wanted);
    }

    /* Moves only what is elsewhere, so that a focused link stays focused. */
    put(wanted) {
        const keep = new Set(wanted);
        for (const line of [...this.body.children]) {
            if (!keep.has(line)) {
                line.remove();
            }
        }
        wanted.forEach((line, i) => {
            if (this.body.children[i] !== line) {
                this.body.insertBefore(line, this.body.children[i] || null);
            }
        });
    }

    gap(rows) {
        const line = h(
            "tr",
            { class: "gap", "aria-hidden": "true" },
            h("td", { colspan: this.heads.filter((head) => !head.hidden).length }),
        );
        line.firstChild.style.height = rows * ROW_HEIGHT + "px";
        return line;
    }

    line(key) {
        const line = h(
            "tr",
            {},
            this.columns.map((column) => h("td", { class: column.class })),
        );
        line.rowKey = key;
        if (this.onPick) {
            line.classList.add("pick");
            line.addEventListener("click", (event) => event.target.closest("a,button") || this.onPick(line.row));
        }
        return line;
    }

    write(line, row) {
        line.row = row;
        this.columns.forEach((column, i) => {
            const cell = line.children[i];
            cell.hidden = this.heads[i].hidden;
            if (column.cell) {
                column.cell(row, cell);
            } else {
                const text = String(column.text ? column.text(row) : (column.value(row) ?? ""));
                if (cell.textContent !== text) {
                    cell.textContent = text;
                    cell.title = text.length > 24 ? text : "";
                }
            }
        });
    }

    /** Stops watching its size. */
    dispose() {
        this.watcher.disconnect();
    }
}

/** Numbers by size, texts as people sort them ("w-9" before "w-10"), the unknown last. */
export function compareValues(a, b) {
    if (a === b) {
        return 0;
    }
    if (a === null || a === undefined || a === "") {
        return 1;
    }
    if (b === null || b === undefined || b === "") {
        return -1;
    }
    if (typeof a === "number" && typeof b === "number") {
        return a - b;
    }
    return naturalOrder.compare(String(a), String(b));
}

const naturalOrder = new Intl.Collator("en", { numeric: true });

/** A cell with a bar behind its text: part of a whole. */
export function barCell(fraction, text, level) {
    return (row, cell) => {
        let bar = cell.firstElementChild;
        if (!bar) {
            bar = h("span", { class: "bar" });
            cell.append(bar, h("span", { class: "over" }));
        }
        const f = Math.max(0, Math.min(1, fraction(row) || 0));
        bar.style.width = (f * 100).toFixed(1) + "%";
        bar.dataset.level = level ? level(f) : "";
        const words = text(row);
        if (cell.lastElementChild.textContent !== words) {
            cell.lastElementChild.textContent = words;
        }
    };
}

/** A cell that is a link. */
export function linkCell(href, text) {
    return (row, cell) => {
        let link = cell.firstElementChild;
        if (!link) {
            link = h("a", {});
            cell.append(link);
        }
        const target = href(row);
        const words = String(text(row));
        if (link.getAttribute("href") !== target) {
            link.setAttribute("href", target);
        }
        if (link.textContent !== words) {
            link.textContent = words;
            cell.title = words.length > 24 ? words : "";
        }
    };
}
