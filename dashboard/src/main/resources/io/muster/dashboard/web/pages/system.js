/**
 * The last minutes of the scheduler and of all workers: the mean, and between which values they lie.
 */
import { h } from "../dom.js";
import { getJson } from "../live.js";
import { SystemCharts } from "../history.js";

export const systemPage = {
    title: "System",
    show(root, context) {
        const charts = new SystemCharts();
        root.append(h("h1", { class: "skip" }, "System"), charts.element);
        context.every(2000, async () => charts.set(await getJson("api/system")));
        context.onEnd(() => charts.dispose());
    },
};
