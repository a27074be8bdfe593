package io.muster.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The page that lists all options; made from {@link Options}. */
final class ConfigurationReference {
    private static final String INTRODUCTION = """
        # Configuration

        Every setting has a default. Where one is set more than once, the last of these counts:

        1. the site's file: `/etc/muster/muster.yaml`, or the one that `MUSTER_SITE_CONFIG` names;
        2. the user's file: `~/.config/muster/muster.yaml`, or the one that `MUSTER_CONFIG` names;
        3. environment variables;
        4. the command line: `muster worker --set worker.threads=4`, or an option of its own such as `--threads 4`;
        5. the program: `Settings.with(Options.WORKER_THREADS, 4)`.

        In a file, the parts of a key are nested maps, or are written as one:

        ```yaml
        scheduler:
          lease: 30 s
          interface: ib0
        worker.resources: [gpu=2, licence=1]
        ```

        A duration is a number and a unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d`), such as `15s`, `500 ms` or `1h30m`, or
        in ISO form, `PT15S`. A memory size is a number and a unit: `24GB` is 24·10⁹ bytes, `24GiB` is 24·2³⁰ bytes. A
        list is written with commas, in a file also as a YAML list. A name that is not in this table is an error,
        except for the variables that the `muster` command itself reads: `MUSTER_HOME`, `MUSTER_JAVA_HOME`,
        `MUSTER_JAVA_OPTS` and `MUSTER_CLASSPATH`.

        This page is made from the options in the code; a test fails when the two differ.

        ## Settings
        """;

    private static final String INTERNAL = """

        ## Internal settings

        Muster's processes set these for each other.
        """;

    private static final String HEADER = """

        | key | environment | type | default | text |
        |---|---|---|---|---|
        """;

    private ConfigurationReference() {}

    /**
     * Writes the page.
     *
     * @param arguments the file to write
     */
    public static void main(final String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("arguments=" + List.of(arguments) + " must be the file to write");
        }
        Files.writeString(Path.of(arguments[0]), markdown());
    }

    static String markdown() {
        final StringBuilder page = new StringBuilder(INTRODUCTION);
        appendTable(page, false);
        page.append(INTERNAL);
        appendTable(page, true);
        return page.toString();
    }

    private static void appendTable(final StringBuilder page, final boolean internal) {
        page.append(HEADER);
        for (final Option<?> option : Options.all()) {
            if (option.internal() == internal) {
                page.append("| `%s` | `%s` | %s | %s | %s |\n"
                        .formatted(
                                option.key(),
                                option.environmentName(),
                                option.typeName(),
                                defaultOf(option),
                                option.text()));
            }
        }
    }

    private static <T> String defaultOf(final Option<T> option) {
        final String text = option.format(option.defaultValue());
        return text.isEmpty() ? "empty" : "`" + text + "`";
    }
}
