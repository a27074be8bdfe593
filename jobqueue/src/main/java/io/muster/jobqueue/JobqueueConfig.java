package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
import io.muster.config.NearestName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a site's or a user's {@code jobqueue.yaml} is. The file that is named counts alone. Else the user's one in
 * {@code ~/.config/muster} lies on top of the site's one in {@code /etc/muster}; where neither is, dask's one in
 * {@code ~/.config/dask} is read, which is written alike.
 */
public final class JobqueueConfig {
    private static final String FILE = "jobqueue.yaml";

    private final Path home;
    private final Path etc;

    JobqueueConfig(final Path home, final Path etc) {
        this.home = home;
        this.etc = etc;
    }

    /**
     * Those of this host and user.
     *
     * @return the configuration
     */
    public static JobqueueConfig ofThisUser() {
        return new JobqueueConfig(Path.of(System.getProperty("user.home")), Path.of("/etc"));
    }

    /**
     * Reads a section.
     *
     * @param system the batch system that the section is for
     * @param file the file to read; null for the usual ones, which may be missing
     * @param section the section's name; null for that of the batch system
     * @return the settings
     * @throws ConfigurationException if a file cannot be read, has no such section, an unknown key or a value that is
     *     not valid
     */
    public JobSettings load(final BatchSystem system, final @Nullable Path file, final @Nullable String section) {
        final JobSettings defaults = JobSettings.of(system);
        if (file != null) {
            if (!Files.isRegularFile(file)) {
                throw new ConfigurationException("config=" + Shown.of(file.toString()) + " must be a file that exists");
            }
            return read(List.of(file), defaults, section, true);
        }
        final List<Path> own = Stream.of(etc.resolve("muster"), home.resolve(".config/muster"))
                .map(folder -> folder.resolve(FILE))
                .filter(Files::exists)
                .toList();
        final Path dask = home.resolve(".config/dask").resolve(FILE);
        if (!own.isEmpty() || !Files.exists(dask)) {
            return read(own, defaults, section, false);
        }
        return read(
                List.of(dask),
                defaults.withNote("settings are read from " + dask + ", because there is no "
                        + home.resolve(".config/muster").resolve(FILE)),
                section,
                false);
    }

    private static JobSettings read(
            final List<Path> files,
            final JobSettings defaults,
            final @Nullable String section,
            final boolean isRequired) {
        final String name = section == null ? defaults.system().name() : section;
        final List<JobqueueFile> read = new ArrayList<>();
        files.forEach(file -> read.add(JobqueueFile.read(file)));
        if ((section != null || isRequired) && read.stream().noneMatch(file -> file.has(name))) {
            throw missing(name, files, read);
        }
        JobSettings settings = defaults;
        for (final JobqueueFile file : read) {
            settings = file.on(settings, name);
        }
        return settings;
    }

    private static ConfigurationException missing(
            final String name, final List<Path> files, final List<JobqueueFile> read) {
        final Set<String> names = new LinkedHashSet<>();
        read.forEach(file -> names.addAll(file.names()));
        final String where = files.isEmpty()
                ? "there is no jobqueue.yaml to have it; name one with --config"
                : String.join(" and ", files.stream().map(Path::toString).toList())
                        + (names.isEmpty()
                                ? " has no sections"
                                : " has " + String.join(", ", names) + ", the nearest is --section "
                                        + NearestName.of(name, names));
        return new ConfigurationException("section=" + Shown.of(name) + " must be in the configuration: " + where);
    }
}
