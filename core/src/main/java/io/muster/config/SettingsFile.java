package io.muster.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML file with settings: nested maps or dotted keys, with scalars or lists of scalars as values. */
final class SettingsFile {
    private static final long MAX_BYTES = 1 << 20;

    private final Path file;

    SettingsFile(final Path file) {
        this.file = file;
    }

    Settings on(final Settings settings) {
        final Optional<Node> root = parse();
        return root.isPresent() ? merge(settings, root.get(), "", new HashSet<>()) : settings;
    }

    private Optional<Node> parse() {
        final String text = text();
        try {
            final LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setAllowNonScalarKeys(true)
                    .build();
            return new Compose(settings).composeString(text);
        } catch (final MarkedYamlEngineException e) {
            throw new ConfigurationException(
                    place(e.getProblemMark()) + " is not valid YAML: " + String.valueOf(e.getProblem()), e);
        } catch (final YamlEngineException e) {
            throw new ConfigurationException(file + " is not valid YAML: " + e.getMessage(), e);
        }
    }

    private String text() {
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

    private Settings merge(final Settings settings, final Node node, final String key, final Set<String> seen) {
        if (node instanceof ScalarNode scalar && scalar.getTag() == Tag.NULL) {
            return settings;
        }
        final Option<?> option = Options.find(key);
        if (option != null) {
            return settings.withText(option, value(node, key), place(node.getStartMark()));
        }
        if (!(node instanceof MappingNode mapping)) {
            throw new ConfigurationException(place(node.getStartMark()) + ": " + (key.isEmpty() ? "the file" : key)
                    + " must be a map of settings");
        }
        Settings result = settings;
        for (final NodeTuple entry : mapping.getValue()) {
            final String inner = (key.isEmpty() ? "" : key + ".") + keyOf(entry.getKeyNode());
            checkKey(inner, entry.getKeyNode(), seen);
            result = merge(result, entry.getValueNode(), inner, seen);
        }
        return result;
    }

    private void checkKey(final String key, final Node node, final Set<String> seen) {
        if (Options.find(key) == null && !Options.isGroup(key)) {
            throw new ConfigurationException(place(node.getStartMark()) + ": " + Options.unknown(key));
        }
        if (!seen.add(key) && Options.find(key) != null) {
            throw new ConfigurationException(place(node.getStartMark()) + ": " + key + " is set twice, remove one");
        }
    }

    private String keyOf(final Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw new ConfigurationException(place(node.getStartMark()) + ": a key must be plain text");
    }

    private String value(final Node node, final String key) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        if (node instanceof SequenceNode sequence
                && sequence.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
            return sequence.getValue().stream()
                    .map(element -> ((ScalarNode) element).getValue())
                    .collect(Collectors.joining(","));
        }
        throw new ConfigurationException(
                place(node.getStartMark()) + ": " + key + " takes a value or a list of values");
    }

    private String place(final Optional<Mark> mark) {
        return place(mark.orElse(null));
    }

    private String place(final @Nullable Mark mark) {
        return mark == null ? file.toString() : file + " line " + (mark.getLine() + 1);
    }
}
