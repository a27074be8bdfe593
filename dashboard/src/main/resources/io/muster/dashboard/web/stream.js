/**
 * The task stream: a line per worker thread, a box per task, over time.
 *
 * The picture is written pixel by pixel into an ImageData, not as rectangles: 100,000 tasks on 4,000 threads take a few
 * milliseconds that way, and a box narrower than a pixel still leaves its pixel. Transfers and spills lie thin behind
 * the tasks, as threads go on while inputs come.
 */
import { h, tip, eachFrame } from "./dom.js";
import { functionColor, pixel, themeColor } from "./colors.js";
import { clock, count, seconds } from "./format.js";
import { compareValues } from "./table.js";

const MOST_ROWS = 100000;
const KIND_NAMES = ["task", "failed task", "transfer", "spill"];
const GUTTER = 96;
const TIME_AXIS = 22;
const SHORTEST_SPAN_US = 20;

/** The rows a page has heard of: columns in arrays, the oldest are dropped. */
export class StreamLog {
    constructor() {
        this.clear();
    }

    clear() {
        this.size = 0;
        this.next = 0;
        this.lane = new Int32Array(MOST_ROWS);
        this.name = new Int32Array(MOST_ROWS);
        this.kind = new Uint8Array(MOST_ROWS);
        this.start = new Float64Array(MOST_ROWS);
        this.stop = new Float64Array(MOST_ROWS);
        this.task = new Array(MOST_ROWS);
        this.names = [];
        this.nameIndex = new Map();
        this.lanes = [];
        this.laneIndex = new Map();
        this.order = null;
        this.first = Infinity;
        this.last = 0;
        this.version = 0;
    }

    /** Takes the rows of one answer that were not there yet; false if some are missing in between. */
    add(batch) {
        const from = batch.next - batch.rows.length;
        if (this.next !== 0 && from > this.next) {
            return false;
        }
        const rows = this.next > from ? batch.rows.slice(this.next - from) : batch.rows;
        if (rows.length + this.size > MOST_ROWS) {
            this.drop(Math.max(rows.length + this.size - MOST_ROWS, MOST_ROWS >> 3));
        }
        const names = batch.functions.map((name) => this.nameOf(name));
        for (const row of rows.slice(-MOST_ROWS)) {
            const i = this.size++;
            this.lane[i] = this.laneOf(row[0], row[1], batch.workers);
            this.name[i] = names[row[2]] ?? this.nameOf("?");
            this.start[i] = row[3];
            this.stop[i] = row[4];
            this.kind[i] = row[5];
            this.task[i] = row[6];
            this.first = Math.min(this.first, row[3]);
            this.last = Math.max(this.last, row[4]);
        }
        this.next = Math.max(this.next, batch.next);
        this.version++;
        return true;
    }

    nameOf(name) {
        let i = this.nameIndex.get(name);
        if (i === undefined) {
            i = this.names.length;
            this.names.push(name);
            this.nameIndex.set(name, i);
        }
        return i;
    }

    laneOf(worker, thread, workers) {
        const key = worker * 65536 + thread;
        let i = this.laneIndex.get(key);
        if (i === undefined) {
            i = this.lanes.length;
            this.lanes.push({ worker, thread, name: (workers && workers[worker]) || "worker " + worker });
            this.laneIndex.set(key, i);
            this.order = null;
        }
        return i;
    }

    drop(n) {
        const most = Math.min(n, this.size);
        for (const column of [this.lane, this.name, this.kind, this.start, this.stop]) {
            column.copyWithin(0, most, this.size);
        }
        this.task.copyWithin(0, most, this.size);
        this.size -= most;
        this.first = Infinity;
        for (let i = 0; i < this.size; i++) {
            this.first = Math.min(this.first, this.start[i]);
        }
    }

    /** For each lane its line in the picture, workers by name. */
    lines() {
        if (!this.order) {
            const sorted = this.lanes
                .map((lane, i) => i)
                .sort(
                    (a, b) =>
                        compareValues(this.lanes[a].name, this.lanes[b].name) ||
                        this.lanes[a].worker - this.lanes[b].worker ||
                        this.lanes[a].thread - this.lanes[b].thread,
                );
            this.order = new Int32Array(sorted.length);
            sorted.forEach((lane, line) => (this.order[lane] = line));
            this.byLine = sorted;
        }
        return this.order;
    }
}

/** The picture of a log, with zoom and a box that says what is under the pointer. */
export class TaskStream {
    constructor(host, log, { onPick, follow, span }) {
        this.log = log;
        this.onPick = onPick;
        this.followSpan = span === undefined ? 60e6 : span;
        this.following = follow !== false;
        this.view = null;
        this.rowsView = null;
        this.canvas = h("canvas", {
            role: "img",
            tabindex: "0",
            "aria-label": "Task stream. Arrow keys move, plus and minus zoom, Escape follows what is new.",
        });
        this.band = h("div", { class: "rubber", hidden: true });
        this.box = h("div", { class: "stream" }, this.canvas, this.band);
        host.append(this.box);
        this.context = this.canvas.getContext("2d");
        this.draw = eachFrame(() => this.paint());
        this.watcher = new ResizeObserver(() => this.fit());
        this.watcher.observe(this.box);
        this.listen();
    }

    fit() {
        this.ratio = Math.min(2, devicePixelRatio || 1);
        this.width = this.box.clientWidth;
        this.height = this.box.clientHeight;
        this.canvas.width = Math.max(1, Math.round(this.width * this.ratio));
        this.canvas.height = Math.max(1, Math.round(this.height * this.ratio));
        this.draw();
    }

    listen() {
        const canvas = this.canvas;
        canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
        canvas.addEventListener("pointerdown", (event) => this.press(event));
        canvas.addEventListener("pointermove", (event) => this.move(event));
        canvas.addEventListener("pointerup", (event) => this.release(event));
        canvas.addEventListener("pointercancel", () => this.cancel());
        canvas.addEventListener("pointerleave", () => tip.hide());
        canvas.addEventListener("dblclick", () => this.follow());
        canvas.addEventListener("keydown", (event) => this.key(event));
    }

    /** What is on show: times in microseconds since the epoch, lines of the picture. */
    window() {
        const log = this.log;
        let t = this.view;
        if (!t) {
            const last = log.last || Date.now() * 1000;
            const first = log.size ? log.first : last - 10e6;
            const from = this.followSpan > 0 ? Math.max(first, last - this.followSpan) : first;
            const pad = Math.max(1000, (last - from) * 0.01);
            t = { from: from - pad, to: last + pad };
        }
        const lines = Math.max(1, log.lanes.length);
        const r = this.rowsView
            ? { from: this.rowsView.from, to: Math.min(lines, this.rowsView.to) }
            : { from: 0, to: lines };
        return { t, r };
    }

    /** Shows what is new again, all lines of it; with a span in microseconds, that much (0: everything). */
    follow(span) {
        if (span !== undefined) {
            this.followSpan = span;
        }
        this.following = true;
        this.view = null;
        this.rowsView = null;
        this.changed();
    }

    zoom(factor, x) {
        const { t } = this.window();
        const at = t.from + (t.to - t.from) * Math.max(0, Math.min(1, (x - GUTTER) / (this.width - GUTTER)));
        const span = Math.max(SHORTEST_SPAN_US, Math.min((t.to - t.from) * factor, 86400e6 * 30));
        const part = (at - t.from) / (t.to - t.from);
        this.look(at - span * part, at + span * (1 - part));
    }

    zoomLines(factor, y) {
        const { r } = this.window();
        const lines = Math.max(1, this.log.lanes.length);
        const part = Math.max(0, Math.min(1, y / (this.height - TIME_AXIS)));
        const at = r.from + (r.to - r.from) * part;
        const span = Math.max(1, Math.min(lines, (r.to - r.from) * factor));
        this.lookLines(at - span * part, at + span * (1 - part));
    }

    look(from, to) {
        this.following = false;
        this.view = { from, to };
        this.changed();
    }

    lookLines(from, to) {
        const lines = Math.max(1, this.log.lanes.length);
        const span = Math.min(lines, to - from);
        const start = Math.max(0, Math.min(lines - span, from));
        this.rowsView = span >= lines ? null : { from: start, to: start + span };
        this.changed();
    }

    changed() {
        const { t } = this.window();
        this.canvas.dataset.span = String(Math.round(t.to - t.from));
        this.canvas.dataset.following = String(this.following);
        this.draw();
        this.box.dispatchEvent(new CustomEvent("view", { bubbles: true }));
    }

    wheel(event) {
        event.preventDefault();
        const factor = Math.pow(1.0015, Math.max(-400, Math.min(400, event.deltaY)));
        if (event.offsetX < GUTTER) {
            this.zoomLines(factor, event.offsetY);
        } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            const { t } = this.window();
            const by = ((t.to - t.from) * (event.deltaX || event.deltaY)) / 1500;
            this.look(t.from + by, t.to + by);
        } else {
            this.zoom(factor, event.offsetX);
        }
    }

    press(event) {
        if (event.button === 0) {
            this.canvas.setPointerCapture(event.pointerId);
            this.drag = {
                x: event.offsetX,
                y: event.offsetY,
                pan: event.shiftKey || event.offsetX < GUTTER,
                moved: false,
                at: this.window(),
            };
        }
    }

    move(event) {
        const drag = this.drag;
        if (!drag) {
            this.hover(event);
            return;
        }
        const dx = event.offsetX - drag.x;
        const dy = event.offsetY - drag.y;
        drag.moved = drag.moved || Math.abs(dx) > 3 || Math.abs(dy) > 3;
        if (!drag.moved) {
            return;
        }
        tip.hide();
        if (drag.pan) {
            const { t, r } = drag.at;
            const perLine = (this.height - TIME_AXIS) / (r.to - r.from);
            if (drag.x >= GUTTER) {
                const by = (-dx * (t.to - t.from)) / (this.width - GUTTER);
                this.look(t.from + by, t.to + by);
            }
            this.lookLines(r.from - dy / perLine, r.to - dy / perLine);
        } else {
            const area = this.area(drag, event);
            this.band.hidden = false;
            this.band.style.left = area.x0 + "px";
            this.band.style.width = area.x1 - area.x0 + "px";
            this.band.style.top = area.y0 + "px";
            this.band.style.height = area.y1 - area.y0 + "px";
        }
    }

    /* Flat drags select time only: all lines stay. */
    area(drag, event) {
        const bottom = this.height - TIME_AXIS;
        const flat = Math.abs(event.offsetY - drag.y) < 24;
        const inX = (x) => Math.max(GUTTER, Math.min(this.width, x));
        const inY = (y) => Math.max(0, Math.min(bottom, y));
        return {
            x0: inX(Math.min(drag.x, event.offsetX)),
            x1: inX(Math.max(drag.x, event.offsetX)),
            flat,
            y0: flat ? 0 : inY(Math.min(drag.y, event.offsetY)),
            y1: flat ? bottom : inY(Math.max(drag.y, event.offsetY)),
        };
    }

    release(event) {
        const drag = this.drag;
        this.cancel();
        if (!drag) {
            return;
        }
        if (!drag.moved) {
            const i = this.find(event.offsetX, event.offsetY);
            if (i >= 0 && this.onPick && this.log.task[i] !== undefined && this.log.task[i] >= 0) {
                tip.hide();
                this.onPick(this.log.task[i]);
            }
        } else if (!drag.pan) {
            const area = this.area(drag, event);
            if (area.x1 - area.x0 > 4) {
                const { t, r } = drag.at;
                const time = (x) => t.from + ((t.to - t.from) * (x - GUTTER)) / (this.width - GUTTER);
                const line = (y) => r.from + ((r.to - r.from) * y) / (this.height - TIME_AXIS);
                if (!area.flat) {
                    this.lookLines(Math.floor(line(area.y0)), Math.ceil(line(area.y1)));
                }
                this.look(time(area.x0), time(area.x1));
            }
        }
    }

    cancel() {
        this.drag = null;
        this.band.hidden = true;
    }

    key(event) {
        const { t, r } = this.window();
        const by = (t.to - t.from) / 5;
        const lines = (r.to - r.from) / 5;
        const middle = GUTTER + (this.width - GUTTER) / 2;
        const actions = {
            "+": () => this.zoom(0.6, middle),
            "=": () => this.zoom(0.6, middle),
            "-": () => this.zoom(1 / 0.6, middle),
            ArrowLeft: () => this.look(t.from - by, t.to - by),
            ArrowRight: () => this.look(t.from + by, t.to + by),
            ArrowUp: () => this.lookLines(r.from - lines, r.to - lines),
            ArrowDown: () => this.lookLines(r.from + lines, r.to + lines),
            Home: () => this.follow(0),
            Escape: () => this.follow(),
        };
        if (actions[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            actions[event.key]();
        }
    }

    hover(event) {
        const i = this.find(event.offsetX, event.offsetY);
        if (i < 0) {
            tip.hide();
            this.canvas.style.cursor = "";
            return;
        }
        const log = this.log;
        const lane = log.lanes[log.lane[i]];
        this.canvas.style.cursor = this.onPick ? "pointer" : "";
        tip.show(event.clientX, event.clientY, [
            log.names[log.name[i]],
            (KIND_NAMES[log.kind[i]] || "?") +
                (log.task[i] >= 0 ? " " + log.task[i] : "") +
                ", " +
                seconds((log.stop[i] - log.start[i]) / 1e6),
            lane.name + ", thread " + lane.thread,
            "from " + clock(log.start[i], 3),
        ]);
    }

    /** The row at a point of the canvas, or -1; the last one wins, as in the picture. */
    find(x, y) {
        if (x < GUTTER || y > this.height - TIME_AXIS || !this.log.size) {
            return -1;
        }
        const { t, r } = this.window();
        const log = this.log;
        log.lines();
        const lane = log.byLine[Math.floor(r.from + ((r.to - r.from) * y) / (this.height - TIME_AXIS))];
        const perPixel = (t.to - t.from) / (this.width - GUTTER);
        const at = t.from + perPixel * (x - GUTTER);
        for (let i = log.size - 1; i >= 0; i--) {
            if (log.lane[i] === lane && log.start[i] - perPixel <= at && log.stop[i] + perPixel >= at) {
                return i;
            }
        }
        return -1;
    }

    paint() {
        if (!this.width || !this.height || !this.canvas.isConnected) {
            return;
        }
        const log = this.log;
        const context = this.context;
        const ratio = this.ratio;
        const { t, r } = this.window();
        const left = Math.round(GUTTER * ratio);
        const w = this.canvas.width - left;
        const bottom = Math.round((this.height - TIME_AXIS) * ratio);
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, this.canvas.width, this.canvas.height);
        if (w <= 0 || bottom <= 0) {
            return;
        }
        const image = context.createImageData(w, bottom);
        const pixels = new Uint32Array(image.data.buffer);
        pixels.fill(pixel(themeColor("well")));
        const order = log.lines();
        const colors = log.names.map((name) => pixel(functionColor(name)));
        const special = [
            0,
            pixel(themeColor("stream-erred")),
            pixel(themeColor("stream-transfer")),
            pixel(themeColor("stream-spill")),
        ];
        const xScale = w / (t.to - t.from);
        const yScale = bottom / (r.to - r.from);
        const thin = Math.max(0, Math.floor(yScale * 0.3));
        let seen = 0;
        for (const isTask of [false, true]) {
            for (let i = 0; i < log.size; i++) {
                const kind = log.kind[i];
                if (kind < 2 !== isTask || log.stop[i] < t.from || log.start[i] > t.to) {
                    continue;
                }
                const line = order[log.lane[i]];
                if (line < r.from - 1 || line >= r.to) {
                    continue;
                }
                seen++;
                let x0 = ((log.start[i] - t.from) * xScale) | 0;
                let x1 = ((log.stop[i] - t.from) * xScale) | 0;
                x0 = x0 < 0 ? 0 : x0;
                x1 = x1 > w ? w : x1;
                x1 = x1 - x0 >= 4 ? x1 - 1 : x1 > x0 ? x1 : x0 + 1;
                let y0 = Math.floor((line - r.from) * yScale);
                let y1 = Math.floor((line + 1 - r.from) * yScale);
                y1 = y1 - y0 >= 4 ? y1 - 1 : y1 > y0 ? y1 : y0 + 1;
                if (!isTask) {
                    y0 += thin;
                    y1 -= thin;
                }
                y0 = y0 < 0 ? 0 : y0;
                y1 = y1 > bottom ? bottom : y1;
                const color = kind === 0 ? colors[log.name[i]] : special[kind] || special[1];
                for (let y = y0; y < y1; y++) {
                    pixels.fill(color, y * w + x0, y * w + Math.min(x1, w));
                }
            }
        }
        context.putImageData(image, left, 0);
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.paintAxes(context, t, r);
        this.canvas.dataset.span = String(Math.round(t.to - t.from));
        this.canvas.dataset.following = String(this.following);
        this.canvas.dataset.seen = String(seen);
        const said =
            "Task stream: " +
            count(seen) +
            " tasks on " +
            count(log.lanes.length) +
            " worker threads, " +
            seconds((t.to - t.from) / 1e6) +
            " on show. Arrow keys move, plus and minus zoom, Escape follows what is new.";
        if (this.said !== said && (!this.saidAt || performance.now() - this.saidAt > 2000)) {
            this.said = said;
            this.saidAt = performance.now();
            this.canvas.setAttribute("aria-label", said);
        }
    }

    paintAxes(context, t, r) {
        const bottom = this.height - TIME_AXIS;
        const span = t.to - t.from;
        const step = niceStep(span / Math.max(2, (this.width - GUTTER) / 110));
        const digits = step >= 1e6 ? 0 : Math.min(6, Math.ceil(6 - Math.log10(step)));
        context.font = "11px system-ui, sans-serif";
        context.textBaseline = "middle";
        context.fillStyle = themeColor("muted");
        context.strokeStyle = themeColor("line-strong");
        for (let at = Math.ceil(t.from / step) * step; at <= t.to; at += step) {
            const x = Math.round(GUTTER + ((this.width - GUTTER) * (at - t.from)) / span) + 0.5;
            context.beginPath();
            context.moveTo(x, bottom);
            context.lineTo(x, bottom + 4);
            context.stroke();
            context.textAlign = x > this.width - 40 ? "right" : x < GUTTER + 30 ? "left" : "center";
            context.fillText(clock(at, digits), Math.min(x, this.width - 2), bottom + 13);
        }
        this.paintNames(context, r, bottom);
    }

    /* A name per worker where there is room for it, at the middle of its lines. */
    paintNames(context, r, bottom) {
        const log = this.log;
        const perLine = bottom / (r.to - r.from);
        context.textAlign = "right";
        let lastY = -100;
        for (let line = Math.max(0, Math.floor(r.from)); line < Math.min(log.lanes.length, Math.ceil(r.to));) {
            const lane = log.lanes[log.byLine[line]];
            let end = line + 1;
            while (end < log.lanes.length && log.lanes[log.byLine[end]].worker === lane.worker) {
                end++;
            }
            const y = ((Math.max(line, r.from) + Math.min(end, r.to)) / 2 - r.from) * perLine;
            if (y - lastY >= 13 && y > 5 && y < bottom - 3) {
                const name = lane.name.length > 14 ? "…" + lane.name.slice(-13) : lane.name;
                context.fillText(name, GUTTER - 8, y);
                lastY = y;
            }
            line = end;
        }
    }

    dispose() {
        this.watcher.disconnect();
        tip.hide();
    }
}

/** A step of time in microseconds that reads well on an axis. */
export function niceStep(us) {
    for (const step of [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 15e6, 3e7,
        6e7, 12e7, 3e8, 6e8, 9e8, 18e8, 36e8, 72e8, 144e8, 432e8,
    ]) {
        if (step >= us) {
            return step;
        }
    }
    return 864e8;
}

/** Says what the colours mean: the functions on show and the kinds that are not tasks. */
export function streamLegend(log) {
    const entry = (color, text) => {
        const chip = h("span", { class: "chip", "aria-hidden": "true" });
        chip.style.background = color;
        return h("li", { title: text }, chip, text);
    };
    return h(
        "ul",
        { class: "legend" },
        log.names.slice(0, 12).map((name) => entry(functionColor(name), name)),
        log.names.length > 12 ? h("li", {}, "and " + (log.names.length - 12) + " more") : null,
        entry(themeColor("stream-transfer"), "transfer"),
        entry(themeColor("stream-spill"), "spill"),
        entry(themeColor("stream-erred"), "failed"),
    );
}
