package io.muster.jobqueue.lsf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The site's {@code lsf.conf}, which says in what unit LSF takes memory. The last of several such lines counts. */
final class LsfConf {
    private static final String FILE = "lsf.conf";
    private static final String DEFAULT = "kb";
    private static final Pattern UNIT = Pattern.compile("\\s*LSF_UNIT_FOR_LIMITS\\s*=\\s*\"?(\\w+).*");

    private final Path file;

    private LsfConf(final Path file) {
        this.file = file;
    }

    /** The file in {@code LSF_ENVDIR}, else in {@code LSF_CONFDIR}, else in {@code /etc}. */
    static LsfConf of(final Map<String, String> environment) {
        final String configured = environment.getOrDefault("LSF_CONFDIR", "");
        final String folder = environment.getOrDefault("LSF_ENVDIR", "");
        return new LsfConf(Path.of(folder.isEmpty() ? configured.isEmpty() ? "/etc" : configured : folder, FILE));
    }

    /** The unit, kilobytes if there is no such file or it does not say. */
    String units() {
        String unit = DEFAULT;
        for (final String line : lines()) {
            final Matcher matcher = UNIT.matcher(line);
            if (matcher.matches()) {
                unit = matcher.group(1);
            }
        }
        return unit;
    }

    @Override
    public String toString() {
        return file.toString();
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            return List.of();
        }
    }
}
