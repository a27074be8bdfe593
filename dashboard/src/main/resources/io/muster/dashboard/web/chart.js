/**
 * Small charts on a canvas: lines over time, and one column per worker.
 */
import { h, tip, eachFrame } from "./dom.js";
import { themeColor } from "./colors.js";

/** A canvas that fills its host and is drawn anew when its size changes; `draw(context, width, height)`. */
export class Surface {
    constructor(host, { label, height, draw, focus }) {
        this.canvas = h("canvas", { role: "img", "aria-label": label, tabindex: focus ? "0" : null });
        this.canvas.style.height = height ? height + "px" : "100%";
        host.append(this.canvas);
        this.context = this.canvas.getContext("2d");
        this.draw = eachFrame(() => {
            if (this.width > 0 && this.height > 0 && this.canvas.isConnected) {
                this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
                draw(this.context, this.width, this.height);
            }
        });
        this.width = 0;
        this.height = 0;
        this.ratio = 1;
        this.watcher = new ResizeObserver(() => this.fit());
        this.watcher.observe(this.canvas);
    }

    fit() {
        this.ratio = Math.min(2, devicePixelRatio || 1);
        this.width = this.canvas.clientWidth;
        this.height = this.canvas.clientHeight;
        this.canvas.width = Math.round(this.width * this.ratio);
        this.canvas.height = Math.round(this.height * this.ratio);
        this.draw();
    }

    /** Sets what a screen reader says of the picture. */
    describe(text) {
        if (this.canvas.getAttribute("aria-label") !== text) {
            this.canvas.setAttribute("aria-label", text);
        }
    }

    dispose() {
        this.watcher.disconnect();
    }
}

/** A round number at or above n: 1, 2 or 5 times a power of ten, or a power of two. */
export function roundUp(n, binary) {
    if (!(n > 0)) {
        return 1;
    }
    if (binary) {
        return Math.pow(2, Math.ceil(Math.log2(n) - 1e-9));
    }
    const power = Math.pow(10, Math.floor(Math.log10(n)));
    return [1, 2, 5, 10].map((step) => step * power).find((top) => n <= top * 1.0001);
}

const LEFT = 62;
const BOTTOM = 18;

function axis(context, width, height, top, binary, format) {
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "right";
    const lines = binary || String(top)[0] === "2" ? 4 : 5;
    for (let i = 0; i <= lines; i++) {
        const y = Math.round(6 + (height - BOTTOM - 6) * (1 - i / lines)) + 0.5;
        context.strokeStyle = themeColor(i === 0 ? "line-strong" : "line");
        context.beginPath();
        context.moveTo(LEFT, y);
        context.lineTo(width - 2, y);
        context.stroke();
        context.fillStyle = themeColor("muted");
        context.fillText(format((top * i) / lines), LEFT - 6, y);
    }
}

/** Lines over the last minutes; the newest sample is at the right edge. */
export class LineChart {
    constructor(host, { label, format, binary, atLeast, height }) {
        this.label = label;
        this.format = format;
        this.binary = binary;
        this.atLeast = atLeast || 0;
        this.series = [];
        this.interval = 1;
        this.at = -1;
        this.surface = new Surface(host, { label, height: height || 150, draw: (c, w, hh) => this.paint(c, w, hh) });
        const canvas = this.surface.canvas;
        canvas.addEventListener("pointermove", (event) => this.hover(event));
        canvas.addEventListener("pointerleave", () => {
            this.at = -1;
            tip.hide();
            this.surface.draw();
        });
    }

    /** Sets the lines, {name, color, values, low?, high?}: `low` and `high` are drawn as a band behind the line. */
    set(series, interval) {
        this.series = series;
        this.interval = interval;
        const newest = series
            .filter((s) => s.values.length)
            .map((s) => s.name + " " + this.format(s.values[s.values.length - 1]));
        this.surface.describe(
            this.label + (newest.length ? ": now " + newest.slice(0, 6).join(", ") : ": no samples yet"),
        );
        this.surface.draw();
    }

    samples() {
        return Math.max(2, ...this.series.map((s) => s.values.length));
    }

    paint(context, width, height) {
        context.clearRect(0, 0, width, height);
        let highest = this.atLeast;
        for (const s of this.series) {
            for (const v of s.high || s.values) {
                if (v > highest) {
                    highest = v;
                }
            }
        }
        const top = roundUp(highest, this.binary);
        axis(context, width, height, top, this.binary, this.format);
        const n = this.samples();
        const x = (i, length) => LEFT + ((width - LEFT - 4) * (i + n - length)) / (n - 1);
        const y = (v) => 6 + (height - BOTTOM - 6) * (1 - Math.max(0, Math.min(top, v)) / top);
        context.fillStyle = themeColor("muted");
        context.textAlign = "left";
        context.fillText(Math.round((n - 1) * this.interval) + " s ago", LEFT, height - 6);
        context.textAlign = "right";
        context.fillText("now", width - 3, height - 6);
        for (const s of this.series) {
            if (s.high && s.high.length > 1) {
                context.globalAlpha = 0.18;
                context.fillStyle = s.color;
                context.beginPath();
                s.high.forEach((v, i) => context.lineTo(x(i, s.high.length), y(v)));
                for (let i = s.low.length - 1; i >= 0; i--) {
                    context.lineTo(x(i, s.low.length), y(s.low[i]));
                }
                context.fill();
                context.globalAlpha = 1;
            }
            context.strokeStyle = s.color;
            context.lineWidth = 1.5;
            context.lineJoin = "round";
            context.beginPath();
            s.values.forEach((v, i) => context.lineTo(x(i, s.values.length), y(v)));
            context.stroke();
        }
        context.lineWidth = 1;
        if (this.at >= 0) {
            const px = Math.round(x(this.at, n)) + 0.5;
            context.strokeStyle = themeColor("muted");
            context.beginPath();
            context.moveTo(px, 6);
            context.lineTo(px, height - BOTTOM);
            context.stroke();
        }
    }

    hover(event) {
        const n = this.samples();
        const width = this.surface.width;
        this.at = Math.max(0, Math.min(n - 1, Math.round(((event.offsetX - LEFT) / (width - LEFT - 4)) * (n - 1))));
        const lines = [Math.round((n - 1 - this.at) * this.interval) + " s ago"];
        for (const s of this.series.slice(0, 12)) {
            const i = this.at - (n - s.values.length);
            if (i >= 0) {
                lines.push(
                    s.name +
                        "  " +
                        this.format(s.values[i]) +
                        (s.high ? "  (" + this.format(s.low[i]) + " to " + this.format(s.high[i]) + ")" : ""),
                );
            }
        }
        tip.show(event.clientX, event.clientY, lines);
        this.surface.draw();
    }

    dispose() {
        this.surface.dispose();
    }
}

/** One column per worker, stacked; as narrow as it must be for a thousand of them. */
export class Columns {
    constructor(host, { label, format, binary, atLeast, parts, onPick, height }) {
        this.label = label;
        this.format = format;
        this.binary = binary;
        this.atLeast = atLeast || 0;
        this.parts = parts;
        this.rows = [];
        this.surface = new Surface(host, { label, height: height || 150, draw: (c, w, hh) => this.paint(c, w, hh) });
        const canvas = this.surface.canvas;
        canvas.addEventListener("pointermove", (event) => {
            const row = this.rowAt(event.offsetX);
            if (row) {
                tip.show(event.clientX, event.clientY, [
                    row.name,
                    ...this.parts.map((part) => part.name + "  " + this.format(part.value(row))),
                ]);
            } else {
                tip.hide();
            }
        });
        canvas.addEventListener("pointerleave", () => tip.hide());
        if (onPick) {
            canvas.addEventListener("click", (event) => {
                const row = this.rowAt(event.offsetX);
                if (row) {
                    onPick(row);
                }
            });
        }
    }

    /** Sets the rows, in the order of their columns. */
    set(rows, limit) {
        this.rows = rows;
        this.limit = limit || 0;
        this.surface.draw();
    }

    step() {
        return Math.min(28, (this.surface.width - LEFT - 4) / Math.max(1, this.rows.length));
    }

    rowAt(x) {
        return x < LEFT ? undefined : this.rows[Math.floor((x - LEFT) / this.step())];
    }

    paint(context, width, height) {
        context.clearRect(0, 0, width, height);
        let highest = this.atLeast;
        for (const row of this.rows) {
            let sum = 0;
            for (const part of this.parts) {
                sum += part.value(row) || 0;
            }
            highest = Math.max(highest, sum);
        }
        const top = roundUp(highest, this.binary);
        axis(context, width, height, top, this.binary, this.format);
        const step = this.step();
        const room = height - BOTTOM - 6;
        const gap = step >= 4 ? 1 : 0;
        const sums = new Float64Array(this.rows.length);
        for (const part of this.parts) {
            context.fillStyle = themeColor(part.color);
            this.rows.forEach((row, i) => {
                const v = part.value(row) || 0;
                if (v > 0) {
                    const y = 6 + room * (1 - (sums[i] + v) / top);
                    const tall = Math.max(1, (room * v) / top);
                    context.fillRect(LEFT + i * step, y, Math.max(0.75, step - gap), tall);
                    sums[i] += v;
                }
            });
        }
        context.fillStyle = themeColor("muted");
        context.textAlign = "left";
        context.fillText(this.rows.length === 1 ? "1 worker" : this.rows.length + " workers", LEFT, height - 6);
    }

    dispose() {
        this.surface.dispose();
    }
}
