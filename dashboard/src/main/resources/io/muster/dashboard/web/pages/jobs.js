/**
 * The batch jobs that workers come from.
 */
import { h, panel, empty, fill, setText } from "../dom.js";
import { count, moment, seconds } from "../format.js";
import { themeColor } from "../colors.js";
import { getJson } from "../live.js";
import { DataTable } from "../table.js";

const STATE_COLORS = { pending: "state-queued", starting: "state-released", running: "state-processing" };

const why = (job) => job.message || job.reason || (job.end ? "ended: " + job.end : "");

const COLUMNS = [
    { name: "id", width: 90, title: "Id", value: (job) => job.id, text: (job) => job.id || "–" },
    { name: "name", title: "Name", value: (job) => job.name },
    { name: "group", title: "Group", value: (job) => job.group },
    { name: "state", width: 96, title: "State", value: (job) => job.state, cell: jobStateCell },
    { name: "why", title: "Why", value: why },
    { name: "workers", width: 82, title: "Workers", value: (job) => (job.workers || []).length, class: "number" },
    { name: "node", title: "Node", value: (job) => job.node },
    {
        name: "submitted",
        width: 158,
        title: "Submitted",
        value: (job) => job.submitted,
        text: (job) => instant(job.submitted),
    },
    {
        name: "started",
        width: 222,
        title: "Started",
        value: (job) => job.started || job.expected_start,
        hint: "Or when the batch system thinks that it will start",
        text: (job) =>
            job.started ? instant(job.started) : job.expected_start ? "expected " + instant(job.expected_start) : "–",
    },
    {
        name: "left",
        width: 112,
        title: "Walltime left",
        value: (job) => job.remaining_s,
        text: (job) => seconds(job.remaining_s),
        class: "number",
    },
    { name: "ended", width: 158, title: "Ended", value: (job) => job.ended, text: (job) => instant(job.ended) },
];

export const jobsPage = {
    title: "Jobs",
    show(root, context) {
        const box = panel("Jobs");
        const errors = h("div", {});
        const host = h("div", { class: "fill" });
        box.body.append(errors, host);
        const table = new DataTable(host, {
            label: "Jobs",
            sort: "id",
            key: (job) => job.token || job.name + " " + job.id,
            columns: COLUMNS,
            nothing: () =>
                empty(
                    "No batch jobs.",
                    "This cluster's workers were not started by a batch system, or ",
                    h("code", {}, "cluster.scale(n)"),
                    " has not asked for any yet.",
                ),
        });
        root.append(h("h1", { class: "skip" }, "Jobs"), h("div", { class: "page" }, box.element));
        context.every(5000, async () => {
            const [data, now] = await Promise.all([getJson("api/jobs"), getJson("api/workers")]);
            const left = new Map(now.workers.map((worker) => [worker.name, worker.remaining_s]));
            const jobs = (data.jobs || []).map((job) => ({ ...job, remaining_s: leastOf(job.workers, left) }));
            table.set(jobs);
            setText(box.heading, count(jobs.length) + (jobs.length === 1 ? " job" : " jobs"));
            fill(errors, data.error ? h("p", { class: "why" }, data.error) : null);
        });
        context.onEnd(() => table.dispose());
    },
};

/* Until the first of a job's workers ends, if one of them knows. */
function leastOf(workers, left) {
    const known = (workers || []).map((name) => left.get(name)).filter((s) => s !== null && s !== undefined);
    return known.length > 0 ? Math.min(...known) : null;
}

/* A time in ISO form, as a person would write it. */
function instant(value) {
    return value ? moment(Date.parse(value) * 1000) : "–";
}

function jobStateCell(job, cell) {
    let pill = cell.firstElementChild;
    if (!pill) {
        pill = h("span", { class: "pill" });
        cell.append(pill);
    }
    setText(pill, job.state);
    pill.style.setProperty("--dot", themeColor(STATE_COLORS[job.state] || "line-strong"));
}
