/**
 * Where worker threads spend their time, by sampling their stacks.
 */
import { h, panel, empty, fill, setText, afterPause } from "../dom.js";
import { count } from "../format.js";
import { getJson } from "../live.js";
import { FlameGraph, hottestTable } from "../flame.js";

export const profilePage = {
    title: "Profile",
    show(root, context) {
        const box = panel("Profile");
        const named = h("input", {
            type: "search",
            placeholder: "function",
            "aria-label": "Function",
            list: "profile-functions",
        });
        const worker = h("input", { type: "search", placeholder: "worker", "aria-label": "Worker" });
        const find = h("input", { type: "search", placeholder: "find a frame", "aria-label": "Find a frame" });
        const functions = h("datalist", { id: "profile-functions" });
        named.value = context.parameters.get("function") || "";
        worker.value = context.parameters.get("worker") || "";
        box.tools.append(named, worker, find, functions);
        const nothing = empty("No samples yet.", "Worker threads are sampled while they run tasks.");
        const host = h("div", {});
        const hot = panel("Hottest frames");
        hot.element.classList.add("space");
        box.body.append(nothing, host);
        const graph = new FlameGraph(host);
        find.addEventListener("input", () => graph.search(find.value));
        const load = async () => {
            const data = await getJson("api/profile", { function: named.value.trim(), worker: worker.value.trim() });
            const tree = data.tree || { name: "all", count: 0, children: [] };
            nothing.hidden = tree.count > 0;
            host.hidden = tree.count === 0;
            hot.element.hidden = tree.count === 0;
            graph.set(tree);
            fill(hot.body, hottestTable(tree));
            setText(
                box.heading,
                "Profile" + (tree.count > 0 ? ", " + count(data.samples ?? tree.count) + " samples" : ""),
            );
        };
        const filtered = afterPause(200, () => {
            context.remember({ function: named.value, worker: worker.value });
            load().catch(() => {});
        });
        named.addEventListener("input", filtered);
        worker.addEventListener("input", filtered);
        getJson("api/progress").then(
            (data) => functions.append(...data.functions.slice(0, 200).map((f) => h("option", { value: f.function }))),
            () => {},
        );
        root.append(h("h1", { class: "skip" }, "Profile"), box.element, hot.element);
        context.every(5000, load);
        context.onEnd(() => graph.dispose());
    },
};
