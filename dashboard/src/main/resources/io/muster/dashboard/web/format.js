/**
 * Numbers as people read them.
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** 1536 → "1.5 KiB"; an unknown size is "–". */
export function bytes(n) {
    if (n === null || n === undefined || n < 0 || Number.isNaN(n)) {
        return "–";
    }
    let unit = 0;
    let value = n;
    while (value >= 1024 && unit < UNITS.length - 1) {
        value /= 1024;
        unit++;
    }
    return (unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + " " + UNITS[unit];
}

/** 1234567 → "1,234,567". */
export function count(n) {
    return n === null || n === undefined ? "–" : Math.round(n).toLocaleString("en");
}

/** 1234567 → "1.2 M", where space is short. */
export function short(n) {
    if (n === null || n === undefined) {
        return "–";
    }
    if (n >= 1e6) {
        return (n / 1e6).toFixed(n >= 1e7 ? 0 : 1) + " M";
    }
    return n >= 1e4 ? (n / 1e3).toFixed(n >= 1e5 ? 0 : 1) + " k" : count(n);
}

/** Seconds → "850 µs", "12 ms", "3.4 s", "2 min 5 s", "1 h 4 min", "3 d 2 h". */
export function seconds(s) {
    if (s === null || s === undefined || Number.isNaN(s)) {
        return "–";
    }
    if (s < 0) {
        return "-" + seconds(-s);
    }
    if (s === 0) {
        return "0 s";
    }
    if (s < 1e-3) {
        return Math.round(s * 1e6) + " µs";
    }
    if (s < 1) {
        return (s * 1e3).toFixed(s < 0.01 ? 1 : 0) + " ms";
    }
    if (s < 60) {
        return s.toFixed(s < 10 ? 1 : 0) + " s";
    }
    if (s < 3600) {
        return Math.floor(s / 60) + " min " + Math.floor(s % 60) + " s";
    }
    if (s < 86400) {
        return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
    }
    return Math.floor(s / 86400) + " d " + Math.floor((s % 86400) / 3600) + " h";
}

/** 42.123 → "42 %". */
export function percent(n) {
    return n === null || n === undefined || Number.isNaN(n) ? "–" : (n < 9.95 ? n.toFixed(1) : Math.round(n)) + " %";
}

/** Microseconds since the epoch → "12:03:04", with digits of the second. */
export function clock(us, digits = 0) {
    if (!us) {
        return "–";
    }
    const date = new Date(us / 1000);
    const two = (n) => String(n).padStart(2, "0");
    const text = two(date.getHours()) + ":" + two(date.getMinutes()) + ":" + two(date.getSeconds());
    if (digits === 0) {
        return text;
    }
    const fraction = Math.floor(us % 1e6)
        .toString()
        .padStart(6, "0");
    return text + "." + fraction.slice(0, digits);
}

/** Microseconds since the epoch → "2026-01-31 12:03:04". */
export function moment(us) {
    if (!us) {
        return "–";
    }
    const date = new Date(us / 1000);
    const two = (n) => String(n).padStart(2, "0");
    return date.getFullYear() + "-" + two(date.getMonth() + 1) + "-" + two(date.getDate()) + " " + clock(us);
}
