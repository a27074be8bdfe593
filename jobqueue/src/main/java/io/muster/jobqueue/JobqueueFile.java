package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
import io.muster.config.NearestName;
import io.muster.jobqueue.JobValue.Shape;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A {@code jobqueue.yaml}: sections with keys below {@code jobqueue}. What else is in the file is for others. Values
 * are taken as they are written, so that {@code 10:00:00} is a walltime with and without quotes. Maps are merged here
 * and not by the parser, which does not end when one merges itself.
 */
final class JobqueueFile {
    private static final String ROOT = "jobqueue";
    private static final String MERGE = "<<";
    private static final Set<String> NULLS = Set.of("~", "null", "Null", "NULL");
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_MERGES = 10;

    private final String label;
    private final Map<String, Node> sections;

    private JobqueueFile(final String label, final Map<String, Node> sections) {
        this.label = label;
        this.sections = sections;
    }

    static JobqueueFile read(final Path file) {
        final String label = file.toString();
        final Node root = compose(text(file), label)
                .orElseThrow(() -> new ConfigurationException(label + " is empty; it must have a map " + ROOT));
        final Map<String, Node> top = entries(root, label, 0);
        final Node jobqueue = top.get(ROOT);
        if (jobqueue == null) {
            throw new ConfigurationException(label + " must have a map " + ROOT
                    + (top.isEmpty() ? "" : ", the nearest is " + NearestName.of(ROOT, top.keySet())));
        }
        return new JobqueueFile(label, isNull(jobqueue) ? Map.of() : entries(jobqueue, label, 0));
    }

    /** A value as it would stand in a file; null is null. */
    static @Nullable JobValue value(final String yaml, final String label) {
        final Optional<Node> node = compose(yaml, label);
        return node.isEmpty() ? null : value(node.get(), label);
    }

    boolean has(final String section) {
        return sections.containsKey(section);
    }

    Set<String> names() {
        return sections.keySet();
    }

    JobSettings on(final JobSettings settings, final String section) {
        final Node node = sections.get(section);
        if (node == null || isNull(node)) {
            return settings;
        }
        JobSettings result = settings;
        final Set<String> seen = new HashSet<>();
        for (final Map.Entry<String, Node> entry : entries(node, label, 0).entrySet()) {
            final String place = place(entry.getValue().getStartMark().orElse(null), label);
            if (!seen.add(entry.getKey().replace('_', '-'))) {
                throw new ConfigurationException(place + ": " + Shown.of(entry.getKey()) + " is set twice, remove one");
            }
            result = result.with(entry.getKey(), value(entry.getValue(), label), place);
        }
        return result;
    }

    private static String text(final Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigurationException(
                        file + " has bytes=" + Files.size(file) + ", a file with settings must have <= " + MAX_BYTES);
            }
            return Files.readString(file);
        } catch (final CharacterCodingException e) {
            throw new ConfigurationException(file + " must be UTF-8", e);
        } catch (final IOException e) {
            throw new ConfigurationException("cannot read the settings in " + file + ": " + e, e);
        }
    }

    private static Optional<Node> compose(final String text, final String label) {
        try {
            return new Compose(LoadSettings.builder().setLabel(label).build()).composeString(text);
        } catch (final MarkedYamlEngineException e) {
            throw new ConfigurationException(
                    place(e.getProblemMark().orElse(null), label) + " is not valid YAML: " + e.getProblem(), e);
        } catch (final YamlEngineException e) {
            throw new ConfigurationException(label + " is not valid YAML: " + Shown.of(e.toString()), e);
        }
    }

    /** The entries of a map, after those that it merges in: what stands in the map itself wins. */
    private static Map<String, Node> entries(final Node node, final String label, final int depth) {
        final String place = place(node.getStartMark().orElse(null), label);
        if (!(node instanceof MappingNode mapping)) {
            throw new ConfigurationException(place + " must be a map");
        }
        if (depth > MAX_MERGES) {
            throw new ConfigurationException(place + " merges more than " + MAX_MERGES + " maps into each other");
        }
        final Map<String, Node> entries = new LinkedHashMap<>();
        final Set<String> seen = new HashSet<>();
        for (final NodeTuple tuple : mapping.getValue()) {
            if (key(tuple, label).equals(MERGE)) {
                merged(tuple.getValueNode()).forEach(each -> entries.putAll(entries(each, label, depth + 1)));
            }
        }
        for (final NodeTuple tuple : mapping.getValue()) {
            final String key = key(tuple, label);
            if (key.equals(MERGE)) {
                continue;
            }
            if (!seen.add(key)) {
                final Mark mark = tuple.getKeyNode().getStartMark().orElse(null);
                throw new ConfigurationException(
                        place(mark, label) + ": " + Shown.of(key) + " is set twice, remove one");
            }
            entries.put(key, tuple.getValueNode());
        }
        return entries;
    }

    private static List<Node> merged(final Node node) {
        if (!(node instanceof SequenceNode sequence)) {
            return List.of(node);
        }
        final List<Node> lastFirst = new ArrayList<>(sequence.getValue());
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    private static String key(final NodeTuple tuple, final String label) {
        if (tuple.getKeyNode() instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new ConfigurationException(
                place(tuple.getKeyNode().getStartMark().orElse(null), label) + ": a key must be plain text");
    }

    private static @Nullable JobValue value(final Node node, final String label) {
        if (isNull(node)) {
            return null;
        }
        if (node instanceof SequenceNode sequence) {
            return new JobValue(
                    Shape.LIST,
                    sequence.getValue().stream()
                            .filter(element -> !isNull(element))
                            .map(element -> scalar(element, label))
                            .toList());
        }
        if (node instanceof MappingNode) {
            return new JobValue(
                    Shape.MAP,
                    entries(node, label, 0).entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                            .toList());
        }
        return JobValue.text(scalar(node, label));
    }

    private static String text(final Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "…";
    }

    private static String scalar(final Node node, final String label) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new ConfigurationException(
                place(node.getStartMark().orElse(null), label) + ": a list must have only plain values");
    }

    private static boolean isNull(final Node node) {
        return node instanceof ScalarNode scalar
                && (scalar.getTag().equals(Tag.NULL)
                        || scalar.getScalarStyle() == ScalarStyle.PLAIN && NULLS.contains(scalar.getValue()));
    }

    private static String place(final @Nullable Mark mark, final String label) {
        return mark == null ? label : label + " line " + (mark.getLine() + 1);
    }
}
