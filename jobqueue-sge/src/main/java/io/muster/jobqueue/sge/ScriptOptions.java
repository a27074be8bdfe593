package io.muster.jobqueue.sge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that {@code qsub} finds in a job's script; of those given twice the last one counts. */
final class ScriptOptions {
    private static final String PREFIX = "#$";
    private static final Pattern SHEBANG = Pattern.compile("#! ?(/\\S*/)?(\\S+)(?: +(\\S+))?.*");
    private static final List<String> SHELLS = List.of("bash", "sh", "ksh", "zsh", "dash");
    private static final String SCRIPT_FROM_STANDARD_INPUT = "STDIN";

    private final Map<String, String> values = new HashMap<>();
    private final String shell;

    ScriptOptions(final String script) {
        script.lines()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> line.substring(PREFIX.length()).strip())
                .forEach(this::add);
        shell = shell(script.lines().findFirst().orElse(""));
    }

    boolean has(final String option) {
        return values.containsKey(option);
    }

    String value(final String option) {
        return values.getOrDefault(option, "");
    }

    String jobName() {
        return values.getOrDefault("-N", SCRIPT_FROM_STANDARD_INPUT);
    }

    boolean isErrorsMerged() {
        return value("-j").startsWith("y");
    }

    /**
     * The shell that the first line names, as a path; empty if it names none. Most queues start a script in the shell of their own
     * choice, which need not be a Bourne shell, unless the job names one.
     */
    String shell() {
        return shell;
    }

    private void add(final String line) {
        final String[] words = line.split("\\s+");
        for (int i = 0; i < words.length; i++) {
            if (words[i].startsWith("-")) {
                final boolean hasValue = i + 1 < words.length && !words[i + 1].startsWith("-");
                values.put(words[i], hasValue ? words[i + 1] : "");
            }
        }
    }

    private static String shell(final String line) {
        final Matcher matcher = SHEBANG.matcher(line);
        if (!matcher.matches() || matcher.group(1) == null) {
            return "";
        }
        if (!matcher.group(2).equals("env")) {
            return matcher.group(1) + matcher.group(2);
        }
        final String name = String.valueOf(matcher.group(3));
        return SHELLS.contains(name) ? "/bin/" + name : "";
    }
}
