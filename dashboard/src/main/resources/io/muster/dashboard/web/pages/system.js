/**
 * The last minutes of the scheduler and of all workers: the mean, and between which values they lie.
 */
import { h } from "../dom.js";
import { getJson } from "../live.js";
import { SystemCharts, SystemHistory } from "../history.js";

export const systemPage = {
    title: "System",
    show(root, context) {
        const charts = new SystemCharts();
        const history = new SystemHistory();
        root.append(h("h1", { class: "skip" }, "System"), charts.element);
        context.every(2000, async () => {
            const [more, now] = await Promise.all([
                getJson("api/system", { since: history.since() || "" }),
                getJson("api/workers"),
            ]);
            history.add(more);
            charts.set(history.all(), new Map(now.workers.map((worker) => [worker.number, worker.name])));
        });
        context.onEnd(() => charts.dispose());
    },
};
