package io.muster.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Puts the layers of {@link Settings#load()} on each other. */
final class SettingsLoader {
    private static final String PREFIX = "MUSTER_";
    private static final String SITE_VARIABLE = "MUSTER_SITE_CONFIG";
    private static final String USER_VARIABLE = "MUSTER_CONFIG";
    private static final Set<String> NOT_SETTINGS = Set.of(
            SITE_VARIABLE, USER_VARIABLE, "MUSTER_HOME", "MUSTER_JAVA_HOME", "MUSTER_JAVA_OPTS", "MUSTER_CLASSPATH");

    private final Map<String, String> environment;
    private final Path siteFile;
    private final Path userFile;

    SettingsLoader(final Map<String, String> environment, final Path siteFile, final Path home) {
        this.environment = new TreeMap<>(environment);
        this.siteFile = siteFile;
        this.userFile = home.resolve(".config").resolve("muster").resolve("muster.yaml");
    }

    Settings load() {
        Settings settings = withFile(Settings.defaults(), SITE_VARIABLE, siteFile);
        settings = withFile(settings, USER_VARIABLE, userFile);
        return withEnvironment(settings);
    }

    private Settings withFile(final Settings settings, final String variable, final Path usual) {
        final String named = environment.getOrDefault(variable, "");
        if (named.isEmpty()) {
            return Files.exists(usual) ? new SettingsFile(usual).on(settings) : settings;
        }
        final Path file = Path.of(named);
        if (!Files.exists(file)) {
            throw new ConfigurationException(variable + "=" + named + " must name a file that exists");
        }
        return new SettingsFile(file).on(settings);
    }

    private Settings withEnvironment(final Settings settings) {
        Settings result = settings;
        for (final Map.Entry<String, String> variable : environment.entrySet()) {
            final String name = variable.getKey();
            if (name.startsWith(PREFIX) && !NOT_SETTINGS.contains(name)) {
                result = result.withText(optionOf(name), variable.getValue(), "the environment variable " + name);
            }
        }
        return result;
    }

    private static Option<?> optionOf(final String name) {
        final List<String> names = new ArrayList<>(NOT_SETTINGS);
        for (final Option<?> option : Options.all()) {
            if (option.environmentName().equals(name)) {
                return option;
            }
            names.add(option.environmentName());
        }
        throw new ConfigurationException("environment variable " + name + " is no setting of Muster, the nearest is "
                + NearestName.of(name, names) + "; correct or unset it");
    }
}
