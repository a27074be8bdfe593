/**
 * The task graph: a dot per task up to some thousands, a box per function beyond.
 */
import { h, panel, empty, setText } from "../dom.js";
import { count } from "../format.js";
import { getJson } from "../live.js";
import { GraphView } from "../graphview.js";
import { stateLegend } from "../progress.js";

const MOST_NODES = 5000;

export const graphPage = {
    title: "Graph",
    show(root, context) {
        const box = panel("Graph");
        const nothing = empty(
            "No tasks are known.",
            "Submit some with ",
            h("code", {}, "client.submit"),
            " or ",
            h("code", {}, "client.map"),
            "; their graph shows up here.",
        );
        const host = h("div", { class: "tall" });
        const fit = h("button", { type: "button", onclick: () => view.fit() }, "Fit");
        const larger = h("button", { type: "button", "aria-label": "Zoom in", onclick: () => view.zoom(1.4) }, "+");
        const smaller = h(
            "button",
            { type: "button", "aria-label": "Zoom out", onclick: () => view.zoom(1 / 1.4) },
            "−",
        );
        const mode = h("span", {});
        box.tools.append(mode, fit, larger, smaller);
        box.body.append(
            nothing,
            host,
            stateLegend(["waiting", "queued", "no-worker", "processing", "memory", "released", "erred"]),
        );
        const view = new GraphView(host, {
            onPick: (node) =>
                (location.hash = node.group ? "#tasks?function=" + encodeURIComponent(node.name) : "#task/" + node.id),
        });
        nothing.hidden = true;
        root.append(h("h1", { class: "skip" }, "Graph"), h("div", { class: "page" }, box.element));
        context.every(2000, async () => {
            const data = await getJson("api/graph", { limit: MOST_NODES });
            const nodes = data.nodes || [];
            nothing.hidden = nodes.length > 0;
            host.hidden = nodes.length === 0;
            view.set(data);
            setText(
                mode,
                nodes.length === 0
                    ? ""
                    : data.mode === "groups"
                      ? count(nodes.length) +
                        " functions; more than " +
                        count(MOST_NODES) +
                        " tasks are shown by function"
                      : count(nodes.length) + " tasks, " + count((data.edges || []).length) + " edges",
            );
        });
        context.onEnd(() => view.dispose());
    },
};
