/**
 * A flame graph of sampled stacks, the root above; a click zooms in.
 */
import { h, tip } from "./dom.js";
import { Surface } from "./chart.js";
import { functionColor, inkOn, themeColor } from "./colors.js";
import { count, percent } from "./format.js";

const FRAME_HEIGHT = 19;

/** The picture of a tree {name, count, children}. */
export class FlameGraph {
    constructor(host, { onZoom } = {}) {
        this.root = { name: "all", count: 0, children: [] };
        this.path = [this.root];
        this.boxes = [];
        this.match = "";
        this.onZoom = onZoom || (() => {});
        this.surface = new Surface(host, {
            label: "Flame graph",
            height: 200,
            focus: true,
            draw: (c, w, hh) => this.paint(c, w, hh),
        });
        const canvas = this.surface.canvas;
        canvas.addEventListener("pointermove", (event) => this.hover(event));
        canvas.addEventListener("pointerleave", () => tip.hide());
        canvas.addEventListener("click", (event) => {
            const box = this.boxAt(event.offsetX, event.offsetY);
            if (box) {
                this.zoom(box.path);
            }
        });
        canvas.addEventListener("keydown", (event) => this.key(event));
    }

    /** Shows another tree; stays where it was zoomed to if that is still there. */
    set(tree) {
        const names = this.path.slice(1).map((node) => node.name);
        this.root = tree;
        this.path = [tree];
        for (const name of names) {
            const next = (this.path[this.path.length - 1].children || []).find((child) => child.name === name);
            if (!next) {
                break;
            }
            this.path.push(next);
        }
        this.size();
    }

    /** Marks the frames whose name contains a text. */
    search(text) {
        this.match = text.toLowerCase();
        this.surface.draw();
    }

    /** Goes to a node, given as the way to it. */
    zoom(path) {
        this.path = path;
        tip.hide();
        this.size();
        this.onZoom(path);
    }

    key(event) {
        const here = this.path[this.path.length - 1];
        const children = [...(here.children || [])].sort((a, b) => b.count - a.count);
        const above = this.path[this.path.length - 2];
        const beside = above ? [...above.children].sort((a, b) => b.count - a.count) : [];
        const at = beside.indexOf(here);
        const next = {
            ArrowDown: children[0] && [...this.path, children[0]],
            ArrowUp: above && this.path.slice(0, -1),
            Escape: [this.root],
            ArrowRight: beside[at + 1] && [...this.path.slice(0, -1), beside[at + 1]],
            ArrowLeft: beside[at - 1] && [...this.path.slice(0, -1), beside[at - 1]],
        }[event.key];
        if (next) {
            event.preventDefault();
            this.zoom(next);
        }
    }

    size() {
        const deep = (node, level) =>
            (node.children || []).reduce((most, child) => Math.max(most, deep(child, level + 1)), level);
        const levels = this.path.length + deep(this.path[this.path.length - 1], 0);
        const height = Math.max(6, levels) * FRAME_HEIGHT + 2 + "px";
        if (this.surface.canvas.style.height !== height) {
            this.surface.canvas.style.height = height;
        }
        const here = this.path[this.path.length - 1];
        this.surface.describe(
            "Flame graph at " +
                here.name +
                ", " +
                count(here.count) +
                " samples. Down goes to the largest frame below, left and right to its neighbours, up and Escape back.",
        );
        this.surface.draw();
    }

    paint(context, width, height) {
        context.clearRect(0, 0, width, height);
        context.font = "12px system-ui, sans-serif";
        context.textBaseline = "middle";
        this.boxes = [];
        this.path
            .slice(0, -1)
            .forEach((node, level) => this.frame(context, node, this.path.slice(0, level + 1), 0, width, level));
        this.below(context, this.path, 0, width, this.path.length - 1);
    }

    below(context, path, x, width, level) {
        const node = path[path.length - 1];
        this.frame(context, node, path, x, width, level);
        let at = x;
        for (const child of node.children || []) {
            const w = (width * child.count) / Math.max(1, node.count);
            if (w >= 0.5) {
                this.below(context, [...path, child], at, w, level + 1);
            }
            at += w;
        }
    }

    frame(context, node, path, x, width, level) {
        const y = level * FRAME_HEIGHT;
        const found = this.match && node.name.toLowerCase().includes(this.match);
        const inPath = level < this.path.length - 1;
        const faint = inPath || (this.match && !found);
        context.globalAlpha = faint ? 0.25 : 1;
        const color = found
            ? themeColor("accent")
            : path.length === 1
              ? themeColor("line-strong")
              : functionColor(packageOf(node.name));
        context.fillStyle = color;
        context.fillRect(x, y, Math.max(0.5, width - 0.7), FRAME_HEIGHT - 1);
        context.globalAlpha = 1;
        this.boxes.push({ x, y, width, path });
        if (width > 34) {
            context.save();
            context.beginPath();
            context.rect(x, y, width - 3, FRAME_HEIGHT);
            context.clip();
            context.fillStyle = faint ? themeColor("text") : inkOn(color);
            context.textAlign = "left";
            context.fillText(node.name, x + 4, y + FRAME_HEIGHT / 2);
            context.restore();
        }
    }

    boxAt(x, y) {
        return this.boxes.find((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + FRAME_HEIGHT);
    }

    hover(event) {
        const box = this.boxAt(event.offsetX, event.offsetY);
        this.surface.canvas.style.cursor = box ? "pointer" : "";
        if (!box) {
            tip.hide();
            return;
        }
        const node = box.path[box.path.length - 1];
        tip.show(event.clientX, event.clientY, [
            node.name,
            count(node.count) + " samples, " + percent((100 * node.count) / Math.max(1, this.root.count)) + " of all",
        ]);
    }

    dispose() {
        this.surface.dispose();
        tip.hide();
    }
}

/** "java.util.HashMap.get (HashMap.java:1)" → "java.util": frames of a package have one colour. */
function packageOf(frame) {
    const name = frame.split(/[ (:]/)[0];
    const parts = name.split(".");
    return parts.length > 2 ? parts.slice(0, Math.min(3, parts.length - 2)).join(".") : parts[0];
}

/** Where the samples were taken themselves, the most first: [{name, count}]. */
export function hottest(tree, most) {
    const sums = new Map();
    const visit = (node) => {
        let own = node.count;
        for (const child of node.children || []) {
            own -= child.count;
            visit(child);
        }
        if (own > 0) {
            sums.set(node.name, (sums.get(node.name) || 0) + own);
        }
    };
    visit(tree);
    return [...sums]
        .map(([name, n]) => ({ name, count: n }))
        .sort((a, b) => b.count - a.count)
        .slice(0, most);
}

/** The table of the hottest frames. */
export function hottestTable(tree) {
    const rows = hottest(tree, 15);
    return h(
        "table",
        { class: "plain", "aria-label": "Frames with the most samples of their own" },
        h(
            "thead",
            {},
            h(
                "tr",
                {},
                h("th", { scope: "col" }, "Frame"),
                h("th", { scope: "col", class: "number" }, "Own samples"),
                h("th", { scope: "col", class: "number" }, "Part"),
            ),
        ),
        h(
            "tbody",
            {},
            rows.map((row) =>
                h(
                    "tr",
                    {},
                    h("td", { class: "mono" }, row.name),
                    h("td", { class: "number" }, count(row.count)),
                    h("td", { class: "number" }, percent((100 * row.count) / Math.max(1, tree.count))),
                ),
            ),
        ),
    );
}
