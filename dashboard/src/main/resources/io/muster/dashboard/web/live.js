/**
 * What comes from the scheduler: JSON on request, and one stream of events while the page is seen.
 *
 * States: "connecting", "live", "paused" (the tab is hidden, the stream is closed), "lost" (nobody answers; tried again
 * with growing pauses), "denied" (the token is no longer the scheduler's: it was restarted; tried again every few
 * seconds, because a new link that is opened in another tab lets this page in, too).
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const SILENCE_MS = 20000;
const TOPICS = ["summary", "workers", "progress", "stream", "findings", "trouble"];

/** An answer that is not the one asked for. */
export class RequestFailed extends Error {
    constructor(status, path) {
        super(
            status === 0 ? "The scheduler does not answer." : "The scheduler answered " + status + " to " + path + ".",
        );
        this.status = status;
    }
}

/** The JSON at a relative path; parameters that are empty are left out. */
export async function getJson(path, parameters = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== null && value !== undefined && value !== "") {
            query.set(name, value);
        }
    }
    const url = query.size > 0 ? path + "?" + query : path;
    let response;
    try {
        response = await fetch(url, { cache: "no-store", credentials: "same-origin" });
    } catch (e) {
        throw new RequestFailed(0, path);
    }
    if (!response.ok) {
        if (response.status === 401) {
            live.denied();
        }
        throw new RequestFailed(response.status, path);
    }
    return response.json();
}

class Live {
    constructor() {
        this.state = "connecting";
        this.summary = null;
        this.topics = ["summary"];
        this.listeners = new Map();
        this.source = null;
        this.pause = FIRST_PAUSE_MS;
        this.timer = 0;
        this.heard = 0;
    }

    /** Calls `listener(data)` for each event of a topic; what comes back ends that. */
    on(topic, listener) {
        if (!this.listeners.has(topic)) {
            this.listeners.set(topic, new Set());
        }
        this.listeners.get(topic).add(listener);
        return () => this.listeners.get(topic).delete(listener);
    }

    /** Starts; the tab's visibility decides from then on whether there is a stream. */
    start() {
        document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.open()));
        addEventListener("pagehide", () => this.stop());
        addEventListener("pageshow", () => document.hidden || this.open());
        setInterval(() => {
            if (this.source && performance.now() - this.heard > SILENCE_MS) {
                this.lost();
            }
        }, 5000);
        if (document.hidden) {
            this.become("paused");
        } else {
            this.open();
        }
    }

    /** Says which topics the page on show needs. */
    want(topics) {
        const wanted = ["summary", ...topics.filter((topic) => topic !== "summary")];
        if (wanted.join() !== this.topics.join()) {
            this.topics = wanted;
            if (this.source) {
                this.open();
            }
        }
    }

    open() {
        this.close();
        this.heard = performance.now();
        const source = new EventSource("events?only=" + this.topics.join(","));
        this.source = source;
        source.onopen = () => {
            this.heard = performance.now();
            this.pause = FIRST_PAUSE_MS;
            this.become("live");
        };
        source.onerror = () => this.source === source && this.lost();
        for (const topic of TOPICS) {
            source.addEventListener(topic, (event) => {
                this.heard = performance.now();
                this.tell(topic, JSON.parse(event.data));
            });
        }
    }

    tell(topic, data) {
        if (topic === "summary") {
            const before = this.summary;
            this.summary = data;
            if (before && (before.cluster_id !== data.cluster_id || before.epoch !== data.epoch)) {
                this.emit("restarted", data);
            }
        }
        this.emit(topic, data);
    }

    emit(topic, data) {
        for (const listener of this.listeners.get(topic) || []) {
            listener(data);
        }
    }

    close() {
        clearTimeout(this.timer);
        if (this.source) {
            this.source.close();
            this.source = null;
        }
    }

    stop() {
        this.close();
        this.become("paused");
    }

    lost() {
        this.close();
        if (this.state !== "denied") {
            this.become("lost");
        }
        this.retry();
    }

    denied() {
        if (this.state !== "denied" && this.state !== "paused") {
            this.close();
            this.become("denied");
            this.pause = LONGEST_PAUSE_MS;
            this.retry();
        }
    }

    retry() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.probe(), this.pause);
        this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
    }

    /* An EventSource doesn't say why it failed; a plain request does. */
    async probe() {
        let status;
        try {
            status = (await fetch("api/summary", { cache: "no-store", credentials: "same-origin" })).status;
        } catch (e) {
            status = 0;
        }
        if (document.hidden) {
            return;
        }
        if (status === 200) {
            this.open();
        } else {
            this.become(status === 401 ? "denied" : "lost");
            this.retry();
        }
    }

    become(state) {
        if (this.state !== state) {
            const before = this.state;
            this.state = state;
            this.emit("state", { state, before });
        }
    }
}

export const live = new Live();
