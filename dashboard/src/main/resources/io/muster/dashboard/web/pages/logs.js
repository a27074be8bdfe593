/**
 * Log lines of the scheduler and the workers.
 */
import { h, setText } from "../dom.js";
import { moment } from "../format.js";
import { getJson } from "../live.js";
import { linesPage } from "./lines.js";

export const logsPage = {
    title: "Logs",
    show(root, context) {
        linesPage(root, context, {
            title: "Logs",
            path: "api/logs",
            list: (data) => data.lines || [],
            filters: [
                {
                    name: "worker",
                    choices: [""],
                    empty: "scheduler",
                    more: async () => (await getJson("api/workers")).workers.map((worker) => worker.name),
                },
                { name: "level", choices: ["", "ERROR", "WARN", "INFO", "DEBUG"], empty: "every level" },
            ],
            columns: [
                { name: "at", title: "When", value: (line) => line.at, text: (line) => moment(line.at), width: 150 },
                { name: "level", title: "Level", value: (line) => line.level, width: 70, cell: levelCell },
                { name: "who", title: "Who", value: (line) => line.who, width: 160 },
                { name: "text", title: "Text", value: (line) => line.text },
            ],
            nothing: [
                "No log lines.",
                "Schedulers and workers that ",
                h("code", {}, "muster"),
                " starts keep their last 10,000.",
            ],
        });
    },
};

function levelCell(line, cell) {
    setText(cell, line.level);
    cell.className = "level-" + String(line.level).toUpperCase();
}
