/**
 * The picture of a graph: pan by drag, zoom by wheel or keys, a click opens what a node stands for.
 */
import { afterPause, tip } from "./dom.js";
import { Surface } from "./chart.js";
import { functionColor, inkOn, stateColor, STATES, themeColor } from "./colors.js";
import { count } from "./format.js";
import { layered } from "./layout.js";

const COLUMN = 3;
const FEW_EDGES = 3000;
const SETTLED_MS = 180;
const EDGES_AT_ONCE = 100;

/** Shows graphs as `api/graph` has them: {mode, nodes, edges}; edges are pairs of node ids. */
export class GraphView {
    constructor(host, { onPick }) {
        this.nodes = [];
        this.edges = [];
        this.groups = false;
        this.onPick = onPick;
        this.shape = "";
        this.scale = 0;
        this.moving = false;
        this.picture = null;
        this.settle = afterPause(SETTLED_MS, () => {
            this.moving = false;
            this.surface.draw();
        });
        this.moved = false;
        this.surface = new Surface(host, {
            label: "Task graph",
            focus: true,
            draw: (context, width, height) => this.paint(context, width, height),
        });
        this.listen(this.surface.canvas);
    }

    listen(canvas) {
        let drag = null;
        canvas.addEventListener(
            "wheel",
            (event) => {
                event.preventDefault();
                this.zoom(Math.pow(1.0015, -Math.max(-400, Math.min(400, event.deltaY))), event.offsetX, event.offsetY);
            },
            { passive: false },
        );
        canvas.addEventListener("pointerdown", (event) => {
            canvas.setPointerCapture(event.pointerId);
            drag = { x: event.offsetX, y: event.offsetY, ox: this.ox, oy: this.oy, far: false };
        });
        canvas.addEventListener("pointermove", (event) => {
            if (!drag) {
                this.hover(event);
                return;
            }
            drag.far = drag.far || Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > 3;
            if (drag.far) {
                tip.hide();
                this.ox = drag.ox + event.offsetX - drag.x;
                this.oy = drag.oy + event.offsetY - drag.y;
                this.touched();
            }
        });
        canvas.addEventListener("pointerup", (event) => {
            const node = drag && !drag.far ? this.at(event.offsetX, event.offsetY) : null;
            drag = null;
            if (node) {
                tip.hide();
                this.onPick(node);
            }
        });
        canvas.addEventListener("pointercancel", () => (drag = null));
        canvas.addEventListener("pointerleave", () => tip.hide());
        canvas.addEventListener("dblclick", () => this.fit());
        canvas.addEventListener("keydown", (event) => {
            const step = 60;
            const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
            if (moves[event.key]) {
                this.ox += moves[event.key][0];
                this.oy += moves[event.key][1];
                this.touched();
            } else if (event.key === "+" || event.key === "=") {
                this.zoom(1.3);
            } else if (event.key === "-") {
                this.zoom(1 / 1.3);
            } else if (event.key === "Home" || event.key === "Escape") {
                this.fit();
            } else {
                return;
            }
            event.preventDefault();
        });
    }

    /** Shows a graph; the layout is made anew only if nodes or edges are others. */
    set(data) {
        const nodes = data.nodes || [];
        this.groups = data.mode === "groups";
        this.nodes = nodes.map((node) => ({
            ...node,
            group: this.groups,
            name: this.groups ? node.function : (node.name ?? node.function ?? String(node.id)),
        }));
        const shape = data.mode + ":" + (data.edges || []).length + ":" + nodes.map((node) => node.id).join();
        if (shape !== this.shape) {
            this.shape = shape;
            const index = new Map(nodes.map((node, i) => [node.id, i]));
            this.edges = (data.edges || [])
                .map(([from, to]) => [index.get(from), index.get(to)])
                .filter(([from, to]) => from !== undefined && to !== undefined);
            this.places = layered(nodes.length, this.edges);
            if (!this.moved) {
                this.scale = 0;
            }
        }
        const states = new Map();
        for (const node of nodes) {
            for (const [state, n] of this.groups ? Object.entries(node.counts || {}) : [[node.state, 1]]) {
                states.set(state, (states.get(state) || 0) + n);
            }
        }
        this.surface.describe(
            "Task graph, " +
                (this.groups ? "by function: " : "by task: ") +
                [...states]
                    .filter(([, n]) => n > 0)
                    .map(([state, n]) => count(n) + " " + state)
                    .join(", ") +
                ". Arrow keys move, plus and minus zoom, Escape fits. The page of tasks has the same as a table.",
        );
        this.surface.canvas.dataset.nodes = nodes.length;
        const now = shape + "|" + nodes.map((node) => (this.groups ? JSON.stringify(node.counts) : node.state)).join();
        if (now !== this.drawn) {
            this.drawn = now;
            this.surface.draw();
        }
    }

    touched() {
        this.moved = true;
        this.moving = this.edges.length > FEW_EDGES;
        this.settle();
        this.surface.canvas.dataset.scale = this.scale.toFixed(3);
        this.surface.draw();
    }

    /** Shows all of it again. */
    fit() {
        this.moved = false;
        this.moving = false;
        this.scale = 0;
        this.surface.draw();
    }

    zoom(factor, x = this.surface.width / 2, y = this.surface.height / 2) {
        const scale = Math.max(0.2, Math.min(120, this.scale * factor));
        this.ox = x - ((x - this.ox) * scale) / this.scale;
        this.oy = y - ((y - this.oy) * scale) / this.scale;
        this.scale = scale;
        this.touched();
    }

    unitWidth() {
        return this.groups ? 9 : COLUMN;
    }

    unitHeight() {
        return this.groups ? 3 : 1;
    }

    fitted(width, height) {
        const wide = (this.places.columns - 1) * this.unitWidth() + (this.groups ? 8 : 2);
        const tall = (this.places.rows - 1) * this.unitHeight() + (this.groups ? 3 : 2);
        this.scale = Math.max(0.2, Math.min(this.groups ? 30 : 28, width / wide, height / tall));
        this.ox = (width - (this.places.columns - 1) * this.unitWidth() * this.scale) / 2;
        this.oy = (height - (this.places.rows - 1) * this.unitHeight() * this.scale) / 2;
        this.surface.canvas.dataset.scale = this.scale.toFixed(3);
    }

    x(i) {
        return this.ox + this.places.x[i] * this.unitWidth() * this.scale;
    }

    y(i) {
        return this.oy + this.places.y[i] * this.unitHeight() * this.scale;
    }

    /*
     * A large graph that is moved is shown as the last picture of it, moved and stretched, and drawn in full once it
     * stays: so it follows the hand.
     */
    paint(context, width, height) {
        context.clearRect(0, 0, width, height);
        if (this.nodes.length === 0) {
            return;
        }
        const picture = this.picture;
        if (this.moving && picture && picture.shape === this.shape) {
            const stretch = this.scale / picture.scale;
            context.drawImage(
                picture.canvas,
                this.ox - picture.ox * stretch,
                this.oy - picture.oy * stretch,
                width * stretch,
                height * stretch,
            );
            return;
        }
        if (this.scale === 0) {
            this.fitted(width, height);
        }
        this.paintAll(context, width, height);
        if (this.edges.length > FEW_EDGES) {
            this.picture = {
                canvas: copyOf(this.surface.canvas),
                scale: this.scale,
                ox: this.ox,
                oy: this.oy,
                shape: this.shape,
            };
        }
    }

    paintAll(context, width, height) {
        this.paintEdges(context, width, height);
        if (this.groups) {
            this.nodes.forEach((node, i) => this.paintGroup(context, node, this.x(i), this.y(i)));
        } else {
            this.paintTasks(context, width, height);
        }
    }

    /* A path of thousands of lines takes far longer than the same in small ones. */
    paintEdges(context, width, height) {
        context.strokeStyle = themeColor("line-strong");
        context.globalAlpha = this.edges.length > FEW_EDGES ? 0.35 : 0.8;
        context.lineWidth = this.groups ? 1.5 : Math.max(0.5, Math.min(1.2, this.scale / 12));
        const shift = this.groups ? 3.4 * this.scale : 0;
        context.beginPath();
        let drawn = 0;
        for (const [from, to] of this.edges) {
            if (from === to) {
                continue;
            }
            if (++drawn % EDGES_AT_ONCE === 0) {
                context.stroke();
                context.beginPath();
            }
            const x0 = this.x(from) + shift;
            const y0 = this.y(from);
            const x1 = this.x(to) - shift;
            const y1 = this.y(to);
            if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > width || Math.max(y0, y1) < 0 || Math.min(y0, y1) > height) {
                continue;
            }
            context.moveTo(x0, y0);
            if (this.edges.length > FEW_EDGES) {
                context.lineTo(x1, y1);
            } else {
                const bend = Math.max(12, (x1 - x0) / 2);
                context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
            }
        }
        context.stroke();
        context.globalAlpha = 1;
        context.lineWidth = 1;
    }

    paintTasks(context, width, height) {
        const r = this.radius();
        const byState = new Map();
        this.nodes.forEach((node, i) => {
            const x = this.x(i);
            const y = this.y(i);
            if (x > -r && x < width + r && y > -r && y < height + r) {
                if (!byState.has(node.state)) {
                    byState.set(node.state, []);
                }
                byState.get(node.state).push(i);
            }
        });
        for (const [state, list] of byState) {
            const dot = r < 2 ? null : this.dot(stateColor(state), r);
            context.fillStyle = stateColor(state);
            for (const i of list) {
                if (dot) {
                    context.drawImage(dot, this.x(i) - r, this.y(i) - r, 2 * r, 2 * r);
                } else {
                    context.fillRect(this.x(i) - r, this.y(i) - r, 2 * r, 2 * r);
                }
            }
        }
        if (this.scale >= 25) {
            context.font = "11px system-ui, sans-serif";
            context.textAlign = "center";
            context.textBaseline = "top";
            context.fillStyle = themeColor("muted");
            const most = Math.floor((this.scale * COLUMN) / 6.5);
            for (const list of byState.values()) {
                for (const i of list) {
                    const name = this.nodes[i].name;
                    context.fillText(
                        name.length > most ? name.slice(0, most - 1) + "…" : name,
                        this.x(i),
                        this.y(i) + r + 1,
                    );
                }
            }
        }
    }

    /* A disc drawn once: copying it is faster than an arc for each of thousands. */
    dot(color, r) {
        const side = Math.ceil(2 * r * this.surface.ratio);
        const canvas = document.createElement("canvas");
        canvas.width = side;
        canvas.height = side;
        const context = canvas.getContext("2d");
        context.fillStyle = color;
        context.beginPath();
        context.arc(side / 2, side / 2, side / 2, 0, 7);
        context.fill();
        return canvas;
    }

    radius() {
        return Math.max(0.8, Math.min(9, this.scale * 0.36));
    }

    paintGroup(context, node, x, y) {
        const w = 6.8 * this.scale;
        const tall = 1.7 * this.scale;
        const counts = node.counts || {};
        const total = Math.max(
            1,
            Object.values(counts).reduce((sum, n) => sum + n, 0),
        );
        context.fillStyle = functionColor(node.name);
        context.fillRect(x - w / 2, y - tall / 2, w, tall);
        let at = x - w / 2;
        for (const state of STATES) {
            const part = (w * (counts[state] || 0)) / total;
            context.fillStyle = stateColor(state);
            context.fillRect(at, y + tall / 2, part, Math.max(3, tall * 0.28));
            at += part;
        }
        const size = Math.min(14, tall * 0.5);
        if (size >= 6) {
            context.save();
            context.beginPath();
            context.rect(x - w / 2, y - tall / 2, w, tall);
            context.clip();
            context.font = size + "px system-ui, sans-serif";
            context.textAlign = "center";
            context.textBaseline = "middle";
            context.fillStyle = inkOn(functionColor(node.name));
            context.fillText(shorten(context, node.name, count(total), w - 8), x, y);
            context.restore();
        }
    }

    at(x, y) {
        if (!this.places || this.scale === 0) {
            return null;
        }
        const r = this.radius() + 2;
        for (let i = this.nodes.length - 1; i >= 0; i--) {
            const dx = Math.abs(this.x(i) - x);
            const dy = Math.abs(this.y(i) - y);
            if (this.groups ? dx < 3.4 * this.scale && dy < this.scale * 1.2 : dx <= r && dy <= r) {
                return this.nodes[i];
            }
        }
        return null;
    }

    hover(event) {
        const node = this.at(event.offsetX, event.offsetY);
        this.surface.canvas.style.cursor = node ? "pointer" : "";
        if (!node) {
            tip.hide();
        } else if (node.group) {
            tip.show(event.clientX, event.clientY, [
                node.name,
                ...Object.entries(node.counts || {})
                    .filter(([, n]) => n > 0)
                    .map(([state, n]) => count(n) + " " + state),
            ]);
        } else {
            tip.show(event.clientX, event.clientY, [node.name, node.state + (node.worker ? " on " + node.worker : "")]);
        }
    }

    dispose() {
        this.surface.dispose();
        tip.hide();
    }
}

function shorten(context, name, number, width) {
    let text = name;
    while (text.length > 3 && context.measureText(text + "…  " + number).width > width) {
        text = text.slice(0, -1);
    }
    return (text === name ? name : text + "…") + "  " + number;
}

function copyOf(source) {
    const canvas = document.createElement("canvas");
    canvas.width = source.width;
    canvas.height = source.height;
    canvas.getContext("2d").drawImage(source, 0, 0);
    return canvas;
}
