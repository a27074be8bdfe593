package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command that submits, and what its output means. An option on the command line takes the place of the same one in
 * the script.
 */
final class LsfSubmission {
    private static final Pattern TAKEN =
            Pattern.compile("Job <([1-9][0-9]{0,17})> is submitted to (?:default )?queue <[^>]*>");
    private static final String[] OUTPUT = {"o", "oo"};
    private static final String[] ERRORS = {"e", "eo"};
    private static final String NUMBER = "%J";
    private static final String INDEX = "%I";

    private final JobRequest request;
    private final LsfDirectives directives;

    LsfSubmission(final JobRequest request) {
        this.request = request;
        this.directives = new LsfDirectives(request.script());
    }

    /** The command. The script is its input, or in a file of that path. */
    Command command(final boolean isModern, final int count, final @Nullable String file) {
        final List<String> words = new ArrayList<>(List.of("bsub"));
        if (!isModern || count > 1) {
            words.addAll(List.of("-J", name(isModern) + (count > 1 ? "[1-" + count + "]" : "")));
        }
        if (isModern) {
            final String own = Objects.requireNonNullElse(directives.value("Jd"), "");
            words.addAll(List.of("-Jd", LsfMark.description(own, request.token())));
        }
        addPattern(words, "-o", directives.value(OUTPUT), "out", count);
        if (directives.value(OUTPUT) == null || directives.value(ERRORS) != null) {
            addPattern(words, "-e", directives.value(ERRORS), "err", count);
        }
        if (file == null) {
            return Command.of(words).withInput(request.script());
        }
        words.add(file);
        return Command.of(words);
    }

    /** Where the script is put for an LSF that does not read it from its input. */
    String scriptFile() {
        return folder() + "muster-" + request.token() + ".sh";
    }

    /** The number in an output that says that a job was taken; null if it does not say it of one job. */
    static @Nullable Long number(final CommandResult result) {
        final List<Long> numbers = TAKEN.matcher(result.output() + "\n" + result.errors())
                .results()
                .map((MatchResult match) -> Long.valueOf(match.group(1)))
                .distinct()
                .toList();
        return numbers.size() == 1 ? numbers.get(0) : null;
    }

    /** Where a job's output goes. */
    List<String> logFiles(final LsfId id) {
        final int count = id.index() == 0 ? 1 : 2;
        final String output = directives.value(OUTPUT);
        final String errors = directives.value(ERRORS);
        final List<String> files = new ArrayList<>();
        files.add(file(pattern(output, "out", count), id, "out"));
        if (output == null || errors != null) {
            files.add(file(pattern(errors, "err", count), id, "err"));
        }
        return files;
    }

    /** The script's own pattern stays unless jobs of an array would write into one file. */
    private void addPattern(
            final List<String> words,
            final String option,
            final @Nullable String own,
            final String ending,
            final int count) {
        final String pattern = pattern(own, ending, count);
        if (!pattern.equals(own)) {
            words.addAll(List.of(option, pattern));
        }
    }

    private String pattern(final @Nullable String own, final String ending, final int count) {
        final String pattern = own == null ? folder() + baseName() + "-" + NUMBER + "." + ending : own;
        final boolean isShared = count > 1 && pattern.contains(NUMBER) && !pattern.contains(INDEX);
        return isShared ? pattern.replace(NUMBER, NUMBER + "." + INDEX) : pattern;
    }

    private static String file(final String pattern, final LsfId id, final String ending) {
        final String path = pattern.endsWith("/") ? pattern + NUMBER + "." + ending : pattern;
        return path.replace(NUMBER, Long.toString(id.number())).replace(INDEX, Integer.toString(id.index()));
    }

    private String folder() {
        return request.logFolder().endsWith("/") ? request.logFolder() : request.logFolder() + "/";
    }

    private String name(final boolean isModern) {
        final String own = baseName();
        return isModern ? own : LsfMark.name(own, request.token());
    }

    private String baseName() {
        return Objects.requireNonNullElse(request.spec().name(), "muster-worker");
    }
}
