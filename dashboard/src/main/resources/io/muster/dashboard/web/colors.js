/**
 * Colours: one per function, the same on every page; one per task state; and those of the theme.
 */

// From Paul Tol's qualitative schemes, apart for the common kinds of colour blindness; red and orange mean transfers
// and spills in the task stream, so no function has them.
const PALETTE = [
    "#4477aa",
    "#66ccee",
    "#228833",
    "#ccbb44",
    "#aa3377",
    "#7a68d6",
    "#44aa99",
    "#999933",
    "#ddcc77",
    "#882255",
    "#bb66bb",
    "#8ab8e6",
    "#a5c13c",
    "#3d8270",
];

const memory = new Map();
const taken = new Set();

/**
 * The colour of a function. Its name says which; if that one is taken and others are free, it is the next free one, so
 * that a handful of functions are told apart.
 */
export function functionColor(name) {
    let color = memory.get(name);
    if (color === undefined) {
        let hash = 2166136261;
        for (let i = 0; i < name.length; i++) {
            hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
        }
        hash ^= hash >>> 15;
        let place = (hash >>> 0) % PALETTE.length;
        for (let i = 0; i < PALETTE.length && taken.size < PALETTE.length && taken.has(place); i++) {
            place = (place + 5) % PALETTE.length;
        }
        taken.add(place);
        color = PALETTE[place];
        memory.set(name, color);
    }
    return color;
}

/** The states of a task in the order of a bar, each with its colour's name in app.css. */
export const STATES = ["memory", "released", "erred", "processing", "queued", "no-worker", "waiting", "forgotten"];

const theme = new Map();

/** A colour of the theme, as the style sheet has it: `themeColor("accent")`. */
export function themeColor(name) {
    let color = theme.get(name);
    if (color === undefined) {
        color =
            getComputedStyle(document.documentElement)
                .getPropertyValue("--" + name)
                .trim() || "#888888";
        theme.set(name, color);
    }
    return color;
}

/** The colour of a task state. */
export function stateColor(state) {
    return themeColor(STATES.includes(state) ? "state-" + state : "state-waiting");
}

/** Forgets the theme's colours, after it was switched. */
export function themeChanged() {
    theme.clear();
}

/** "#rrggbb" as a pixel of an ImageData seen as 32-bit numbers on a little-endian machine. */
export function pixel(color) {
    const n = parseInt(color.slice(1, 7), 16);
    return ((255 << 24) | ((n & 255) << 16) | (((n >> 8) & 255) << 8) | (n >> 16)) >>> 0;
}

/** Black or white, whichever reads better on a colour. */
export function inkOn(color) {
    const n = parseInt(color.slice(1, 7), 16);
    const linear = (c) => (c <= 10 ? c / 3294 : Math.pow((c / 255 + 0.055) / 1.055, 2.4));
    const light = 0.2126 * linear(n >> 16) + 0.7152 * linear((n >> 8) & 255) + 0.0722 * linear(n & 255);
    return light > 0.19 ? "#0d1117" : "#ffffff";
}
