package io.muster.jobqueue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arguments of {@code muster worker} as words of a shell's command line. Extra ones win over those of the same name.
 * Those of dask's worker are put in Muster's terms, or left out with a note where Muster has nothing alike.
 */
final class WorkerArguments {
    private static final Map<String, String> RENAMED = Map.of(
            "--nthreads", "--threads",
            "--nworkers", "--processes",
            "--nprocs", "--processes");
    private static final Set<String> LEFT_OUT = Set.of(
            "--lifetime",
            "--lifetime-stagger",
            "--dashboard-address",
            "--dashboard-prefix",
            "--bokeh-port",
            "--preload",
            "--preload-argv",
            "--preload-nanny",
            "--preload-nanny-argv",
            "--protocol",
            "--worker-port",
            "--nanny-port",
            "--listen-address",
            "--contact-address",
            "--pid-file",
            "--worker-class",
            "--scheduler-sni",
            "--tls-ca-file",
            "--tls-cert",
            "--tls-key");
    private static final Set<String> FLAGS = Set.of("--nanny", "--no-nanny");
    private static final Set<String> FLAGS_LEFT_OUT = Set.of(
            "--lifetime-restart",
            "--no-lifetime-restart",
            "--dashboard",
            "--no-dashboard",
            "--bokeh",
            "--no-bokeh",
            "--reconnect",
            "--no-reconnect");

    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<String> others = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** An option of Muster's worker with its value, which is a word of the shell already; empty for a flag. */
    void put(final String option, final String word) {
        final String other = option.startsWith("--no-") ? "--" + option.substring(5) : "--no-" + option.substring(2);
        options.remove(other);
        options.put(option, word);
    }

    /** What a site added: any words of the shell, several to a line or one. */
    void addExtra(final List<String> lines) {
        final List<String> words = List.of(String.join(" ", lines).strip().split("\\s+"));
        for (int i = 0; i < words.size(); i++) {
            final String word = words.get(i);
            final int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            final String written = equals < 0 ? word : word.substring(0, equals);
            final String option = RENAMED.getOrDefault(written, written);
            if (FLAGS.contains(option)) {
                put(option, "");
            } else if (FLAGS_LEFT_OUT.contains(option)) {
                leaveOut(option);
            } else if (!LEFT_OUT.contains(option) && !options.containsKey(option) && !option.equals("--interface")) {
                if (!word.isEmpty()) {
                    others.add(word);
                }
            } else {
                final boolean isNext = equals < 0 && i + 1 < words.size();
                final String value = isNext ? words.get(i + 1) : word.substring(equals + 1);
                i += isNext ? 1 : 0;
                take(option, value);
            }
        }
    }

    List<String> words() {
        final List<String> words = new ArrayList<>();
        options.forEach((option, word) -> {
            words.add(option);
            if (!word.isEmpty()) {
                words.add(word);
            }
        });
        words.addAll(others);
        return words;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private void take(final String option, final String value) {
        if (LEFT_OUT.contains(option)) {
            leaveOut(option);
        } else if (option.equals("--interface")) {
            others.add("--set");
            others.add("worker.interface=" + value);
        } else if (option.equals("--death-timeout") && value.matches("[0-9]+(\\.[0-9]+)?")) {
            put(option, value + "s");
        } else {
            put(option, value);
        }
    }

    private void leaveOut(final String option) {
        notes.add("the worker argument " + option + " is left out: "
                + (option.contains("lifetime")
                        ? "workers know when their job ends, and leave before"
                        : "Muster's workers have nothing alike"));
    }
}
