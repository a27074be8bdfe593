/**
 * The frame around the pages: navigation, the state of the connection, light and dark. Which page is on show, and its
 * filters, stand behind the # of the address, so that no path depends on where a proxy put the dashboard.
 */
import { h, fill, setText } from "./dom.js";
import { bytes, count, short } from "./format.js";
import { live, getJson } from "./live.js";
import { themeChanged } from "./colors.js";
import { statusPage } from "./pages/status.js";
import { workersPage } from "./pages/workers.js";
import { jobsPage } from "./pages/jobs.js";
import { tasksPage } from "./pages/tasks.js";
import { taskPage } from "./pages/task.js";
import { graphPage } from "./pages/graph.js";
import { profilePage } from "./pages/profile.js";
import { systemPage } from "./pages/system.js";
import { eventsPage } from "./pages/events.js";
import { logsPage } from "./pages/logs.js";

const PAGES = {
    status: statusPage,
    workers: workersPage,
    jobs: jobsPage,
    tasks: tasksPage,
    graph: graphPage,
    profile: profilePage,
    system: systemPage,
    events: eventsPage,
    logs: logsPage,
    task: taskPage,
};

const main = document.getElementById("main");
const notice = document.getElementById("notice");
const links = new Map();
let shown = null;
let dispose = () => {};
let badge = null;

function address() {
    const [path, query] = location.hash.replace(/^#/, "").split("?");
    const [name, ...rest] = path.split("/");
    return {
        name: PAGES[name] ? name : "status",
        id: decodeURIComponent(rest.join("/")),
        parameters: new URLSearchParams(query || ""),
    };
}

function show() {
    const { name, id, parameters } = address();
    const page = PAGES[name];
    const moved = shown !== null;
    shown = name;
    dispose();
    document.title = page.title + " – Muster";
    for (const [other, link] of links) {
        if (other === name || (name === "task" && other === "tasks")) {
            link.setAttribute("aria-current", "page");
        } else {
            link.removeAttribute("aria-current");
        }
    }
    fill(main);
    main.dataset.page = name;
    const ends = [];
    const context = {
        id,
        parameters,
        on: (topic, listener) => ends.push(live.on(topic, listener)),
        onEnd: (action) => ends.push(action),
        every: (ms, action) => ends.push(every(ms, action)),
        remember: (values) => remember(name, id, values),
    };
    page.show(main, context);
    live.want(page.topics || []);
    dispose = () => ends.forEach((end) => end());
    if (moved) {
        main.focus({ preventScroll: true });
    }
    main.scrollTop = 0;
}

/* Runs at once and then again and again, one at a time, while the page is seen and the scheduler answers. */
function every(ms, action) {
    let over = false;
    let timer = 0;
    let busy = false;
    const run = async () => {
        clearTimeout(timer);
        if (over || busy) {
            return;
        }
        if (!document.hidden && live.state !== "denied") {
            busy = true;
            try {
                await action();
            } catch (e) {
                if (e.status === undefined) {
                    console.error(e);
                }
            }
            busy = false;
        }
        if (!over) {
            timer = setTimeout(run, ms);
        }
    };
    const off = live.on("state", ({ state }) => state === "live" && run());
    run();
    return () => {
        over = true;
        clearTimeout(timer);
        off();
    };
}

/* Filters go into the address, so that a link or a reload shows the same; a step back leaves the page. */
function remember(name, id, values) {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(values)) {
        if (value !== "" && value !== null && value !== undefined) {
            query.set(key, value);
        }
    }
    history.replaceState(
        null,
        "",
        "#" + name + (id ? "/" + encodeURIComponent(id) : "") + (query.size ? "?" + query : ""),
    );
}

function vitals(summary) {
    const tasks = summary.tasks || {};
    if (notice.dataset.kind === "trouble") {
        notice.hidden = true;
        notice.dataset.kind = "";
    }
    setText(
        document.getElementById("vitals"),
        count(summary.workers) +
            " workers, " +
            short(tasks.processing || 0) +
            " running, " +
            bytes(summary.stored_bytes),
    );
    if (badge) {
        badge.hidden = !(summary.findings > 0);
        setText(badge, summary.findings > 99 ? "99+" : summary.findings || 0);
        badge.setAttribute("aria-label", summary.findings + " findings");
    }
}

const WORDS = {
    connecting: "connecting",
    live: "live",
    paused: "paused",
    lost: "no answer",
    denied: "not allowed",
};

function connection({ state }) {
    const link = document.getElementById("link");
    link.dataset.state = state;
    setText(link, WORDS[state]);
    if (state === "lost") {
        say("bad", "The scheduler does not answer. This page tries again by itself; what it shows is from before.");
    } else if (state === "denied") {
        say(
            "bad",
            "The scheduler was restarted, or this link is not its own: open the new link, which ",
            h("code", {}, "muster info"),
            " and ",
            h("code", {}, "cluster.dashboardLink()"),
            " print.",
        );
    } else if (state === "live" && notice.dataset.kind === "bad") {
        notice.hidden = true;
        notice.dataset.kind = "";
    }
}

function say(kind, ...words) {
    notice.className = "notice " + kind;
    notice.dataset.kind = kind;
    fill(notice, words);
    notice.hidden = false;
}

/* The page is served, but the scheduler's own thread does not answer. */
function trouble({ error }) {
    say("trouble", "The scheduler is busy or stuck: " + error);
}

function restarted() {
    say(
        "news",
        "The scheduler was restarted at " + new Date().toLocaleTimeString() + "; this is the new one.",
        h("button", { type: "button", class: "quiet", onclick: () => (notice.hidden = true) }, "OK"),
    );
    show();
}

function frame() {
    const nav = document.getElementById("nav");
    for (const [name, page] of Object.entries(PAGES)) {
        if (name !== "task") {
            const link = h("a", { href: "#" + name }, page.title);
            links.set(name, link);
            nav.append(link);
        }
    }
    badge = h("span", { class: "badge", hidden: true });
    links.get("status").append(badge);
    document.getElementById("skip").addEventListener("click", (event) => {
        event.preventDefault();
        main.focus();
    });
    document.getElementById("theme").addEventListener("click", () => {
        const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
        document.documentElement.dataset.theme = theme;
        themeChanged();
        try {
            localStorage.setItem("muster-theme", theme);
        } catch (e) {
            // The choice then holds for this page only.
        }
        show();
    });
}

/* The token has become a cookie: nobody should copy it from the address by accident. */
function hideToken() {
    const query = new URLSearchParams(location.search);
    if (query.has("token")) {
        query.delete("token");
        history.replaceState(null, "", location.pathname + (query.size ? "?" + query : "") + location.hash);
    }
}

hideToken();
frame();
addEventListener("hashchange", show);
live.on("state", connection);
live.on("summary", vitals);
live.on("restarted", restarted);
live.on("trouble", trouble);
show();
live.start();
getJson("api/summary").then(
    (summary) => live.tell("summary", summary),
    () => {},
);
