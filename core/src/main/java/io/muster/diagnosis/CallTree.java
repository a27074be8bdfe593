package io.muster.diagnosis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Samples of stacks, added up as a tree of calls for each function. Bounded: what does not fit in is counted where it was called from. */
public final class CallTree {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_FUNCTIONS = 1_000;
    private static final int MAX_NAME = 300;
    private static final String LAMBDA = "$$Lambda";
    private static final String OTHER = "other";

    private final int maxNodes;
    private final Map<String, Node> functions = new LinkedHashMap<>();
    private int nodes;

    /**
     * Makes a tree without samples.
     *
     * @param maxNodes how many calls it tells apart, in all functions
     */
    public CallTree(final int maxNodes) {
        this.maxNodes = maxNodes;
    }

    /** A call, and how many samples had it. */
    private static final class Node {
        private final Map<String, Node> children = new LinkedHashMap<>();
        private long count;
    }

    /**
     * Whether there are no samples.
     *
     * @return true once it was cleared
     */
    public boolean isEmpty() {
        return functions.isEmpty();
    }

    /** Forgets all samples. */
    public void clear() {
        functions.clear();
        nodes = 0;
    }

    /**
     * Adds one sample.
     *
     * @param function the function that a task ran
     * @param stack the innermost call first
     * @param size how many of the calls are the function's
     */
    public void add(final String function, final StackTraceElement[] stack, final int size) {
        Node node = function(function);
        node.count++;
        for (int i = size - 1; i >= Math.max(0, size - MAX_DEPTH); i--) {
            node = child(node, name(stack[i]));
            if (node == null) {
                return;
            }
            node.count++;
        }
    }

    /**
     * All samples as text, for {@link #merge}.
     *
     * @return a line for each function, a blank before its name, and for each call its depth, count and name
     */
    public String toText() {
        final StringBuilder text = new StringBuilder();
        functions.forEach((name, root) -> {
            text.append(' ').append(line(name)).append('\n');
            write(root, 0, text);
        });
        return text.toString();
    }

    /**
     * Adds samples from a text.
     *
     * @param text as {@link #toText} made it
     * @throws IllegalArgumentException if it is no such text; some of it may have been added
     */
    public void merge(final String text) {
        final @Nullable Node[] path = new Node[MAX_DEPTH + 2];
        int depth = -1;
        for (final String line : text.split("\n")) {
            if (line.startsWith(" ")) {
                path[0] = function(line.substring(1));
                depth = 0;
            } else if (!line.isEmpty()) {
                final String[] parts = line.split(" ", 3);
                if (parts.length < 3) {
                    throw new IllegalArgumentException("line=" + line + " must be a depth, a count and a call");
                }
                final int at = Integer.parseInt(parts[0]);
                final long count = Long.parseLong(parts[1]);
                if (at < 0 || at > depth || at > MAX_DEPTH || count < 0) {
                    throw new IllegalArgumentException("depth=" + at + " must be from 0 to " + Math.max(0, depth)
                            + ", and count=" + count + " must be >= 0");
                }
                final Node parent = path[at];
                final Node node = parent == null ? null : child(parent, parts[2]);
                if (node != null) {
                    node.count += count;
                }
                if (parent != null && at == 0) {
                    parent.count += count;
                }
                path[at + 1] = node;
                depth = at + 1;
            }
        }
    }

    /**
     * As the dashboard's {@code api/profile} writes it.
     *
     * @param function which function's; empty: all
     * @return for {@link io.muster.config.Json#write}
     */
    public Map<String, Object> toJson(final String function) {
        long samples = 0;
        final List<Object> children = new ArrayList<>();
        for (final Map.Entry<String, Node> entry : functions.entrySet()) {
            if (function.isEmpty() || entry.getKey().equals(function)) {
                samples += entry.getValue().count;
                children.add(json(entry.getKey(), entry.getValue(), 0));
            }
        }
        final Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", "all");
        tree.put("count", samples);
        tree.put("children", children);
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("samples", samples);
        json.put("tree", tree);
        return json;
    }

    private static Map<String, Object> json(final String name, final Node node, final int depth) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("count", node.count);
        final List<Object> children = new ArrayList<>();
        if (depth < 40) {
            node.children.forEach((childName, child) -> children.add(json(childName, child, depth + 1)));
        }
        json.put("children", children);
        return json;
    }

    private static void write(final Node node, final int depth, final StringBuilder text) {
        node.children.forEach((name, child) -> {
            text.append(depth)
                    .append(' ')
                    .append(child.count)
                    .append(' ')
                    .append(line(name))
                    .append('\n');
            write(child, depth + 1, text);
        });
    }

    private static String line(final String name) {
        return name.replace('\n', ' ');
    }

    private Node function(final String name) {
        final String cut = cut(name);
        final String kept = functions.size() < MAX_FUNCTIONS || functions.containsKey(cut) ? cut : OTHER;
        return functions.computeIfAbsent(kept, added -> new Node());
    }

    private @Nullable Node child(final Node parent, final String name) {
        final String cut = cut(name);
        final Node known = parent.children.get(cut);
        if (known != null || nodes >= maxNodes) {
            return known;
        }
        nodes++;
        final Node added = new Node();
        parent.children.put(cut, added);
        return added;
    }

    private static String cut(final String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    }

    /** Class and method; lambdas without the numbers that each JVM gives them. */
    private static String name(final StackTraceElement call) {
        final String type = call.getClassName();
        final int lambda = type.indexOf(LAMBDA);
        return (lambda < 0 ? type : type.substring(0, lambda + LAMBDA.length())) + "." + call.getMethodName();
    }
}
