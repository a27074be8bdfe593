package io.muster.jobqueue.pbs;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.command.Command;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command that submits, and what its output means. An option on the command line would take the place of the same
 * one in the script, so what the script has itself is not put there: the mark joins the script's own list of variables.
 */
final class PbsSubmission {
    private static final String ALL_OUTPUT = "oe";
    private static final String ALL_ERRORS = "eo";

    private final JobRequest request;
    private final PbsDirectives directives;

    PbsSubmission(final JobRequest request) {
        this.request = request;
        this.directives = new PbsDirectives(request.script());
    }

    /** Submits one job. */
    Command job() {
        return command(List.of());
    }

    /** Submits an array. */
    Command array(final PbsDialect dialect, final int count) {
        return command(dialect.array(count));
    }

    /**
     * The id in an output, if it is certain: alone on its line, with a server's name or without any other line, and the
     * only one.
     */
    static @Nullable PbsId id(final String output, final boolean isArray) {
        final List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        final Set<PbsId> ids = new LinkedHashSet<>();
        for (final String line : lines) {
            final PbsId id = PbsId.of(line);
            if (id != null
                    && id.isArray() == isArray
                    && !id.isElement()
                    && (lines.size() == 1 || !id.server().isEmpty())) {
                ids.add(id);
            }
        }
        return ids.size() == 1 ? ids.iterator().next() : null;
    }

    /** Where a job's output goes, as PBS and Torque name files in a folder. */
    List<String> logFiles(final String id, final boolean isTorque) {
        final String joined = Objects.requireNonNullElse(directives.value('j'), "");
        final List<String> files = new ArrayList<>();
        if (!joined.startsWith(ALL_ERRORS)) {
            files.add(file('o', ".OU", id, isTorque));
        }
        if (!joined.startsWith(ALL_OUTPUT)) {
            files.add(file('e', ".ER", id, isTorque));
        }
        return files;
    }

    private Command command(final List<String> array) {
        final String mark = PbsJob.MARK + "=" + PbsJob.MARK_PREFIX + request.token();
        final boolean hasVariables = directives.has('v');
        final List<String> words = new ArrayList<>(List.of("qsub"));
        if (!hasVariables) {
            words.addAll(List.of("-v", mark));
        }
        for (final char stream : new char[] {'o', 'e'}) {
            if (!directives.has(stream)) {
                words.addAll(List.of("-" + stream, folder()));
            }
        }
        words.addAll(array);
        return Command.of(words).withInput(hasVariables ? directives.withVariable(mark) : request.script());
    }

    private String folder() {
        return request.logFolder().endsWith("/") ? request.logFolder() : request.logFolder() + "/";
    }

    private String file(final char stream, final String ending, final String id, final boolean isTorque) {
        final String written = Objects.requireNonNullElseGet(directives.value(stream), this::folder);
        final String path = written.matches("[^/:]+:.*") ? written.substring(written.indexOf(':') + 1) : written;
        if (!path.endsWith("/")) {
            return path;
        }
        return path + (isTorque ? torqueName(stream, id) : id + ending);
    }

    private String torqueName(final char stream, final String id) {
        final PbsId parsed = PbsId.of(id);
        final String name = Objects.requireNonNullElse(directives.value('N'), "STDIN");
        final String number = parsed == null ? id : parsed.number();
        return name + "." + stream + number + (parsed != null && parsed.isElement() ? "-" + parsed.place() : "");
    }
}
