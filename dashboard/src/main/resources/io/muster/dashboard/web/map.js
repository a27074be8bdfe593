/**
 * The cluster map: a cell per worker, together by host; how full of colour it is says how busy the worker is.
 */
import { tip } from "./dom.js";
import { Surface } from "./chart.js";
import { bytes, count, percent } from "./format.js";
import { themeColor } from "./colors.js";
import { compareValues } from "./table.js";

const HOST_GAP = 6;

export class ClusterMap {
    constructor(host, { onPick, height }) {
        this.workers = [];
        this.cells = [];
        this.surface = new Surface(host, {
            label: "Cluster map",
            height,
            draw: (context, width, tall) => this.paint(context, width, tall),
        });
        const canvas = this.surface.canvas;
        canvas.addEventListener("pointermove", (event) => {
            const worker = this.at(event.offsetX, event.offsetY);
            canvas.style.cursor = worker ? "pointer" : "";
            if (worker) {
                tip.show(event.clientX, event.clientY, [
                    worker.name,
                    worker.state + " on " + worker.host,
                    count(worker.processing) +
                        " tasks, " +
                        count(worker.threads) +
                        " threads, CPU " +
                        percent(worker.cpu_percent),
                    bytes((worker.managed || 0) + (worker.unmanaged || 0)) +
                        (worker.memory_limit > 0 ? " of " + bytes(worker.memory_limit) : ""),
                ]);
            } else {
                tip.hide();
            }
        });
        canvas.addEventListener("pointerleave", () => tip.hide());
        canvas.addEventListener("click", (event) => {
            const worker = this.at(event.offsetX, event.offsetY);
            if (worker) {
                onPick(worker);
            }
        });
    }

    /** Sets the workers. */
    set(workers) {
        this.workers = [...workers].sort((a, b) => compareValues(a.host, b.host) || compareValues(a.name, b.name));
        const states = new Map();
        for (const worker of workers) {
            states.set(worker.state, (states.get(worker.state) || 0) + 1);
        }
        this.surface.describe(
            "Cluster map: " + ([...states].map(([state, n]) => n + " " + state).join(", ") || "no workers"),
        );
        this.surface.draw();
    }

    at(x, y) {
        return this.cells.find((c) => x >= c.x && x < c.x + c.side && y >= c.y && y < c.y + c.side)?.worker;
    }

    paint(context, width, height) {
        context.clearRect(0, 0, width, height);
        const hosts = new Set(this.workers.map((worker) => worker.host)).size;
        let side = 64;
        while (side > 3 && !this.lay(side, width, height, hosts)) {
            side -= side > 12 ? 2 : 1;
        }
        for (const { worker, x, y } of this.cells) {
            const inner = side > 5 ? side - 2 : side - (side > 3 ? 1 : 0);
            const busy = Math.min(1, worker.processing / Math.max(1, worker.threads));
            context.fillStyle = themeColor("line");
            context.fillRect(x, y, inner, inner);
            const color =
                worker.state === "paused"
                    ? "state-queued"
                    : worker.state === "draining"
                      ? "state-no-worker"
                      : "state-processing";
            const full = worker.state === "running" ? busy : 1;
            context.fillStyle = themeColor(color);
            context.fillRect(x, y + inner * (1 - full), inner, inner * full);
            const used = ((worker.managed || 0) + (worker.unmanaged || 0)) / (worker.memory_limit || Infinity);
            if (side >= 14 && used > 0) {
                context.fillStyle = themeColor("managed");
                context.fillRect(x, y + inner - 3, inner * Math.min(1, used), 3);
            }
        }
    }

    lay(side, width, height, hosts) {
        const gap = hosts > 1 && hosts < 200 ? Math.min(HOST_GAP, side / 2) : 0;
        let x = 0;
        let y = 0;
        let host = null;
        this.cells = [];
        for (const worker of this.workers) {
            if (host !== null && host !== worker.host && x > 0) {
                x += gap;
            }
            host = worker.host;
            if (x + side > width) {
                x = 0;
                y += side;
            }
            this.cells.push({ worker, x, y, side });
            x += side;
        }
        return y + side <= height;
    }

    dispose() {
        this.surface.dispose();
    }
}
