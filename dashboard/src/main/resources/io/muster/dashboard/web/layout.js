/**
 * A layered layout of a task graph: inputs to the left of what uses them, crossings reduced by barycentres, layers that
 * are much taller than the graph is long are folded into several columns.
 */

const SWEEPS = 4;

/**
 * Places for n nodes with edges [[from, to], …] (indices): {x, y, columns, rows} in units of one column and one row.
 * Edges that close a cycle, as between groups, are left out of the layering.
 */
export function layered(n, edges, { aspect = 2.2 } = {}) {
    const after = Array.from({ length: n }, () => []);
    const before = Array.from({ length: n }, () => []);
    for (const [from, to] of acyclic(n, edges)) {
        after[from].push(to);
        before[to].push(from);
    }
    const layer = layersOf(n, after, before);
    const layers = [];
    for (let i = 0; i < n; i++) {
        (layers[layer[i]] ||= []).push(i);
    }
    order(layers, before, after, n);
    return place(layers, n, aspect);
}

function acyclic(n, edges) {
    const out = Array.from({ length: n }, () => []);
    edges.forEach(([from, to], i) => from !== to && out[from].push(i));
    const mark = new Uint8Array(n);
    const kept = [];
    for (let root = 0; root < n; root++) {
        if (mark[root]) {
            continue;
        }
        const stack = [[root, 0]];
        mark[root] = 1;
        while (stack.length) {
            const top = stack[stack.length - 1];
            if (top[1] < out[top[0]].length) {
                const edge = edges[out[top[0]][top[1]++]];
                if (mark[edge[1]] === 1) {
                    continue;
                }
                kept.push(edge);
                if (mark[edge[1]] === 0) {
                    mark[edge[1]] = 1;
                    stack.push([edge[1], 0]);
                }
            } else {
                mark[top[0]] = 2;
                stack.pop();
            }
        }
    }
    return kept;
}

/* The longest way from a source; sources move next to the first that uses them. */
function layersOf(n, after, before) {
    const layer = new Int32Array(n);
    const missing = Int32Array.from(before, (list) => list.length);
    const ready = [];
    for (let i = 0; i < n; i++) {
        if (missing[i] === 0) {
            ready.push(i);
        }
    }
    for (let k = 0; k < ready.length; k++) {
        for (const to of after[ready[k]]) {
            layer[to] = Math.max(layer[to], layer[ready[k]] + 1);
            if (--missing[to] === 0) {
                ready.push(to);
            }
        }
    }
    for (const i of ready) {
        if (before[i].length === 0 && after[i].length > 0) {
            layer[i] = after[i].reduce((least, to) => Math.min(least, layer[to]), Infinity) - 1;
        }
    }
    return layer;
}

function order(layers, before, after, n) {
    const at = new Float64Array(n);
    layers.forEach((list) => list.forEach((node, i) => (at[node] = i / list.length)));
    const sort = (list, beside) => {
        const weight = new Map(
            list.map((node, i) => {
                const near = beside[node];
                return [
                    node,
                    near.length ? near.reduce((sum, other) => sum + at[other], 0) / near.length : i / list.length,
                ];
            }),
        );
        list.sort((a, b) => weight.get(a) - weight.get(b) || a - b);
        list.forEach((node, i) => (at[node] = (i + 0.5) / list.length));
    };
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
        for (let k = 1; k < layers.length; k++) {
            sort(layers[k], before);
        }
        for (let k = layers.length - 2; k >= 0; k--) {
            sort(layers[k], after);
        }
    }
}

function place(layers, n, aspect) {
    const height = Math.max(4, bestHeight(layers, aspect));
    const x = new Float64Array(n);
    const y = new Float64Array(n);
    let column = 0;
    let rows = 1;
    for (const list of layers) {
        const folds = Math.max(1, Math.ceil(list.length / height));
        const tall = Math.ceil(list.length / folds);
        rows = Math.max(rows, tall);
        list.forEach((node, i) => {
            x[node] = column + (i % folds) * 0.5;
            y[node] = Math.floor(i / folds) - (tall - 1) / 2;
        });
        column += 1 + (folds - 1) * 0.5 + (folds > 1 ? 0.5 : 0);
    }
    for (let i = 0; i < n; i++) {
        y[i] += (rows - 1) / 2;
    }
    return { x, y, columns: Math.max(1, column), rows };
}

/* The least height whose picture is at most `aspect` times as wide as high; a column is three rows wide. */
function bestHeight(layers, aspect) {
    let low = 1;
    let high = layers.reduce((most, list) => Math.max(most, list.length), 1);
    const wide = (height) => layers.reduce((sum, list) => sum + 1 + Math.ceil(list.length / height) * 0.5, 0) * 3;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (wide(middle) <= aspect * middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}
