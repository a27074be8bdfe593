/**
 * What happened in the cluster, and what tasks and clients logged, by topic.
 */
import { h } from "../dom.js";
import { moment } from "../format.js";
import { linesPage } from "./lines.js";

export const eventsPage = {
    title: "Events",
    show(root, context) {
        linesPage(root, context, {
            title: "Events",
            path: "api/events",
            list: (data) => data.events || data.lines || [],
            filters: [{ name: "topic", placeholder: "topic" }],
            columns: [
                { name: "at", title: "When", value: (e) => e.at, text: (e) => moment(e.at), width: 150 },
                { name: "topic", title: "Topic", value: (e) => e.topic || e.who, width: 160 },
                { name: "text", title: "What", value: (e) => wordsOf(e) },
            ],
            nothing: [
                "No events.",
                "Workers that come and go show up here, and what ",
                h("code", {}, "client.logEvent(topic, value)"),
                " says.",
            ],
        });
    },
};

function wordsOf(event) {
    const value = event.text ?? event.what ?? event.value ?? event.event;
    return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
