/**
 * Elements without a framework. Names of tasks, workers and hosts come from users: text is only ever set as text.
 */

/** An element with attributes (on… are listeners, null and false are left out) and children (strings become text). */
export function h(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (key.startsWith("on")) {
            element.addEventListener(key.slice(2), value);
        } else {
            element.setAttribute(key, value === true ? "" : String(value));
        }
    }
    append(element, children);
    return element;
}

function append(element, children) {
    for (const child of children) {
        if (Array.isArray(child)) {
            append(element, child);
        } else if (child !== null && child !== undefined && child !== false) {
            element.append(child instanceof Node ? child : document.createTextNode(String(child)));
        }
    }
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
    element.textContent = "";
    append(element, children);
    return element;
}

/** Sets an element's text, if it is another one. */
export function setText(element, text) {
    const value = String(text);
    if (element.textContent !== value) {
        element.textContent = value;
    }
}

/** A titled box; `body` is where its content goes. */
export function panel(title, options = {}) {
    const body = h("div", { class: "body" });
    const tools = h("div", { class: "tools" });
    const heading = h("h2", {}, title);
    const element = h(
        "section",
        { class: "panel " + (options.class || ""), "aria-label": options.label || title },
        h("div", { class: "head" }, heading, tools),
        body,
    );
    return { element, body, tools, heading };
}

/** What stands where nothing is to be shown yet: one sentence, and what to do. */
export function empty(sentence, ...advice) {
    return h("div", { class: "empty" }, h("p", {}, sentence), advice.length ? h("p", {}, advice) : null);
}

/** Calls a function at the next frame, once for however many requests. */
export function eachFrame(draw) {
    let asked = false;
    return () => {
        if (!asked) {
            asked = true;
            requestAnimationFrame(() => {
                asked = false;
                draw();
            });
        }
    };
}

/** Calls a function when nothing was asked for some milliseconds. */
export function afterPause(ms, action) {
    let timer = 0;
    return (...args) => {
        clearTimeout(timer);
        timer = setTimeout(() => action(...args), ms);
    };
}

/** The one box that follows the pointer; lines are text. */
export const tip = {
    element: null,
    show(x, y, lines) {
        if (!this.element) {
            this.element = h("div", { class: "tip", role: "presentation" });
            document.body.append(this.element);
        }
        const box = this.element;
        fill(
            box,
            lines.map((line, i) => h(i === 0 ? "strong" : "div", {}, line)),
        );
        box.hidden = false;
        const width = box.offsetWidth;
        const height = box.offsetHeight;
        box.style.left = Math.max(4, Math.min(x + 14, innerWidth - width - 8)) + "px";
        box.style.top = (y + 18 + height > innerHeight ? Math.max(4, y - height - 10) : y + 18) + "px";
    },
    hide() {
        if (this.element) {
            this.element.hidden = true;
        }
    },
};
