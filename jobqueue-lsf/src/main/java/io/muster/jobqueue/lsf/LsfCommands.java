package io.muster.jobqueue.lsf;

import io.muster.config.JsonException;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Questions to LSF, and whether an answer is one. Whether this is an LSF with JSON and job descriptions, or an older
 * relative, is asked of {@code lsid} and {@code bjobs} once, and never tried out with an option that the older ones
 * read as something else.
 */
final class LsfCommands {
    private static final int MOST_SAID = 2000;
    private static final int LEAST_MAJOR = 10;
    private static final Pattern VERSION = Pattern.compile("\\bLSF\\b[^0-9\\n]*([0-9]{1,4})\\.[0-9]");
    private static final Pattern NO_SERVICE =
            Pattern.compile("(?i)not responding|cannot connect|\\bis down\\b|time ?out|timed out|connection"
                    + " refused|not connected|unable to contact|internal error|not registered|failed in an lsf library"
                    + " call|system call failed|cannot fork|still trying|please wait");
    private static final Pattern USAGE = Pattern.compile("(?i)\\busage:|(invalid|illegal|unrecognized|unknown) option");
    private static final Pattern NO_JOBS = Pattern.compile("(?i)no (unfinished |matching |pending )?job found");
    private static final Pattern NOT_FOUND =
            Pattern.compile("(?i)Job <([0-9]+(?:\\[[0-9]+\\])?)>:? ?(is not found|.*no matching job found)");

    private final CommandRunner runner;
    private final Clock clock;
    private final ZoneId zone;
    private volatile @Nullable Boolean known;

    LsfCommands(final CommandRunner runner, final Clock clock, final ZoneId zone) {
        this.runner = runner;
        this.clock = clock;
        this.zone = zone;
    }

    /** Whether jobs have descriptions and {@code bjobs} writes JSON. */
    boolean isModern() {
        final Boolean answer = known;
        if (answer != null) {
            return answer;
        }
        final Matcher version = VERSION.matcher(identity());
        final boolean isModern = version.find() && Integer.parseInt(version.group(1)) >= LEAST_MAJOR && hasJson();
        known = isModern;
        return isModern;
    }

    /** What {@code lsid} says. */
    String identity() {
        final Command command = Command.of("lsid");
        final CommandResult result = run(command);
        if (!result.isSuccess()) {
            throw unavailable(command, result);
        }
        return result.output();
    }

    /** All that is known of jobs; of all of the user's if none is named. */
    LsfAnswer status(final Collection<LsfId> ids) {
        return isModern() ? modern(ids) : classic(ids);
    }

    /** Runs a command; there is no result only if it is not here, or did not end in time. */
    CommandResult run(final Command command) {
        try {
            return runner.run(command);
        } catch (final CommandException e) {
            throw new QueueUnavailableException("LSF did not answer: " + e.getMessage(), e);
        }
    }

    /** What a command said, cut to what a message can bear. */
    static String said(final CommandResult result) {
        final String said = result.said();
        final String shown = said.length() <= MOST_SAID ? said : said.substring(0, MOST_SAID) + "…";
        return "exitCode=" + result.exitCode() + (shown.isEmpty() ? ", and said nothing" : ", and said: " + shown);
    }

    static boolean isWithoutService(final CommandResult result) {
        return NO_SERVICE.matcher(result.errors()).find();
    }

    static QueueUnavailableException unavailable(final Command command, final CommandResult result) {
        return new QueueUnavailableException(
                "LSF gave no answer: " + command.words().get(0) + " ended with " + said(result), null);
    }

    private boolean hasJson() {
        final Command command = Command.of("bjobs", "-json", "-o", "jobid");
        final CommandResult result = run(command);
        if (result.output().contains("RECORDS")
                || NO_JOBS.matcher(result.errors()).find()) {
            return true;
        }
        if (USAGE.matcher(result.errors()).find()) {
            return false;
        }
        throw unavailable(command, result);
    }

    private LsfAnswer modern(final Collection<LsfId> ids) {
        final Command command = bjobs(ids, "-a", "-json", "-o", LsfJson.FIELDS);
        final CommandResult result = run(command);
        final Set<LsfId> unknown = unknown(result, ids);
        if (!result.output().contains("RECORDS")) {
            checkAnswer(command, result);
            return new LsfAnswer(Map.of(), unknown);
        }
        try {
            final LsfAnswer answer = LsfJson.answer(result.output(), time());
            unknown.addAll(answer.unknown());
            return new LsfAnswer(answer.jobs(), unknown);
        } catch (final JsonException e) {
            throw new QueueUnavailableException("LSF gave no answer that makes sense: " + e.getMessage(), e);
        }
    }

    /** The table first, and one more command for those that wait or have failed. */
    private LsfAnswer classic(final Collection<LsfId> ids) {
        final Command command = bjobs(ids, "-a", "-w");
        final CommandResult result = run(command);
        checkAnswer(command, result);
        final Map<LsfId, JobStatus> jobs = LsfTable.jobs(result.output(), time());
        final Set<LsfId> asked = Set.copyOf(ids);
        final List<LsfId> open = jobs.entrySet().stream()
                .filter(job -> asked.contains(job.getKey()))
                .filter(job -> job.getValue().state() == JobState.PENDING
                        || job.getValue().state() == JobState.ENDED)
                .map(Map.Entry::getKey)
                .toList();
        if (!open.isEmpty()) {
            final Command detailed = bjobs(open, "-a", "-l");
            final CommandResult details = run(detailed);
            checkAnswer(detailed, details);
            LsfLong.details(details.output())
                    .forEach((id, told) -> jobs.computeIfPresent(id, (key, job) -> told.complete(job, time())));
        }
        jobs.replaceAll((id, job) -> job.state() == JobState.ENDED && job.end() == null ? bareEnd(job) : job);
        return new LsfAnswer(jobs, unknown(result, ids));
    }

    private LsfTime time() {
        return new LsfTime(zone, clock.instant());
    }

    private static Command bjobs(final Collection<LsfId> ids, final String... options) {
        final List<String> words = new ArrayList<>(List.of("bjobs"));
        words.addAll(List.of(options));
        ids.forEach(id -> words.add(id.toString()));
        return Command.of(words);
    }

    private static JobStatus bareEnd(final JobStatus job) {
        return job.word().equals("DONE") ? LsfEnd.done(job) : LsfEnd.exit(job, "", null, null);
    }

    /** It is none if a command failed for another reason than that there are no such jobs. */
    private static void checkAnswer(final Command command, final CommandResult result) {
        final boolean isForUnknown = NO_JOBS.matcher(result.errors()).find()
                || NOT_FOUND.matcher(result.errors()).find();
        if (!result.isSuccess() && (!isForUnknown || isWithoutService(result))) {
            throw unavailable(command, result);
        }
    }

    private static Set<LsfId> unknown(final CommandResult result, final Collection<LsfId> ids) {
        final Set<LsfId> unknown = NOT_FOUND
                .matcher(result.errors())
                .results()
                .map(match -> LsfId.of(match.group(1)))
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        if (unknown.isEmpty() && NO_JOBS.matcher(result.errors()).find()) {
            unknown.addAll(ids);
        }
        return unknown;
    }
}
