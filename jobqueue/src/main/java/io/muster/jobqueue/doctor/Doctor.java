package io.muster.jobqueue.doctor;

import io.muster.MusterException;
import io.muster.config.DurationText;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobScript;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.WorkerLaunch;
import io.muster.jobqueue.doctor.Finding.Verdict;
import io.muster.security.RandomName;
import io.muster.transport.HostAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Examines a site, from the host that jobs are submitted from: commands, request, shared folder, and by one short job Java on a node and
 * the network both ways. Each check tells what it found as soon as it has.
 */
public final class Doctor {
    private static final long POLL_MS = 500;
    private static final Duration ASK = Duration.ofSeconds(3);
    private static final Duration FILE_PATIENCE = Duration.ofSeconds(30);
    private static final int TAIL_CHARS = 2_000;
    private static final long LEAST_FREE = 1L << 30;

    private final JobSpec spec;
    private final BatchQueue queue;
    private final List<String> program;
    private final @Nullable Path javaHome;
    private final Duration timeout;
    private final Consumer<Finding> taker;
    private final String word = RandomName.hex(16);
    private boolean isWell = true;

    /**
     * Makes one.
     *
     * @param spec the jobs that the site is to run
     * @param queue its batch queue
     * @param program the command that starts Muster, as the nodes see it
     * @param javaHome the Java to run on unless the job's environment says otherwise; null to leave it to the command
     * @param timeout how long the short job may take to begin
     * @param taker takes what is found
     */
    public Doctor(
            final JobSpec spec,
            final BatchQueue queue,
            final List<String> program,
            final @Nullable Path javaHome,
            final Duration timeout,
            final Consumer<Finding> taker) {
        this.spec = spec;
        this.queue = queue;
        this.program = List.copyOf(program);
        this.javaHome = javaHome;
        this.timeout = timeout;
        this.taker = taker;
    }

    /**
     * Examines.
     *
     * @param folder where to make a folder for the examination; nodes must see it under the same path
     * @return whether nothing failed
     * @throws InterruptedException if interrupted; the job is cancelled then
     */
    public boolean examine(final Path folder) throws InterruptedException {
        if (!checkCommands()) {
            return false;
        }
        final Path own = folder.resolve("doctor-" + word.substring(0, 12));
        try {
            Files.createDirectories(own.resolve("logs"));
            say("folder", Verdict.OK, own + " can be written from here");
        } catch (final IOException e) {
            say("folder", Verdict.FAILED, own + " can't be made: " + e + "; name another one with --directory");
            return false;
        }
        try (Reach port = new Reach(word)) {
            examine(own, port);
        } catch (final IOException e) {
            say("port", Verdict.FAILED, "this host can't listen: " + e);
        } finally {
            delete(own);
        }
        return isWell;
    }

    private boolean checkCommands() {
        try {
            say("commands", Verdict.OK, queue.version());
            return true;
        } catch (final MusterException e) {
            say("commands", Verdict.FAILED, e.getMessage());
            return false;
        }
    }

    private void examine(final Path own, final Reach port) throws InterruptedException {
        final JobRequest request = request(own, port);
        if (!tryOut(request)) {
            return;
        }
        final String id;
        try {
            id = queue.submit(request).get(0);
            say("submission", Verdict.OK, "job " + id);
        } catch (final SubmissionException e) {
            say("submission", Verdict.FAILED, e.kind().text() + ": " + e.getMessage());
            return;
        }
        boolean isOver = false;
        try {
            isOver = follow(request, id, own);
        } finally {
            if (!isOver) {
                cancel(id);
            }
        }
    }

    private JobRequest request(final Path own, final Reach port) {
        final String addresses = HostAddress.advertised("", "").stream()
                .map(host -> NodeCheck.withPort(host, port.port()))
                .collect(Collectors.joining(","));
        final String script = JobScript.ofNodeCheck(
                        spec,
                        new WorkerLaunch(program, own.resolve("none"), javaHome, ""),
                        List.of("--folder", own.toString(), "--word", word, "--addresses", addresses))
                .text();
        return new JobRequest(
                spec, script, "muster-doctor-" + word, 1, own.resolve("logs").toString());
    }

    private boolean tryOut(final JobRequest request) {
        try {
            final String said = queue.tryOut(request);
            say(
                    "request",
                    said.isEmpty() ? Verdict.SKIPPED : Verdict.OK,
                    said.isEmpty() ? "this batch system has no way to try a request without submitting it" : said);
            return true;
        } catch (final SubmissionException e) {
            say("request", Verdict.FAILED, e.kind().text() + ": " + e.getMessage());
            return false;
        } catch (final QueueUnavailableException e) {
            say("request", Verdict.WARNING, e.getMessage());
            return true;
        }
    }

    /** Waits for the job's report; true if the job needs no cancelling. */
    private boolean follow(final JobRequest request, final String id, final Path own) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final Path report = own.resolve(NodeReport.FILE);
        @Nullable JobStatus status = null;
        long askedNs = System.nanoTime();
        long endedNs = 0;
        while (!Files.exists(report)) {
            if (System.nanoTime() - askedNs > ASK.toNanos()) {
                askedNs = System.nanoTime();
                status = status(id, status);
                endedNs = status != null && status.state() == JobState.ENDED && endedNs == 0 ? askedNs : endedNs;
            }
            if (endedNs != 0 && System.nanoTime() - endedNs > FILE_PATIENCE.toNanos()
                    || endedNs != 0 && status != null && status.exitCode() != null && status.exitCode() != 0) {
                failed(request, id, status);
                return true;
            }
            if (System.nanoTime() > deadlineNs && endedNs == 0) {
                final String now = status == null ? "not known" : status.word() + " " + status.reason();
                say(
                        "job",
                        Verdict.WARNING,
                        "job " + id + " has not begun within --timeout=" + DurationText.format(timeout) + ", it is "
                                + now + "; what comes after is not examined. Give it more time, or another queue");
                return false;
            }
            Thread.sleep(POLL_MS);
        }
        return reported(report);
    }

    private @Nullable JobStatus status(final String id, final @Nullable JobStatus before) {
        try {
            return queue.query(List.of(id)).stream().findFirst().orElse(before);
        } catch (final QueueUnavailableException e) {
            say("queue", Verdict.WARNING, e.getMessage());
            return before;
        }
    }

    private void failed(final JobRequest request, final String id, final @Nullable JobStatus status) {
        final String cause = status == null || status.end() == null
                ? "it ended"
                : status.end().text();
        final String tail = tail(queue.logFiles(request, id));
        say(
                "job",
                Verdict.FAILED,
                "job " + id + " left no report in the shared folder: " + cause
                        + (status == null || status.exitCode() == null ? "" : ", exit code " + status.exitCode())
                        + (tail.isEmpty()
                                ? "; it wrote nothing that is seen here, so perhaps the nodes do not see this folder"
                                : "; its output ends with:\n" + tail));
    }

    private boolean reported(final Path file) {
        final NodeReport node;
        try {
            node = NodeReport.ofJson(Files.readString(file));
        } catch (final IOException e) {
            say("job", Verdict.FAILED, file + " can't be read: " + e);
            return false;
        }
        say("job", Verdict.OK, "ran on " + node.host() + ", and the folder is shared");
        say("java", Verdict.OK, "Java " + node.java() + " on " + node.host());
        say(
                "scratch",
                node.freeBytes() < LEAST_FREE ? Verdict.WARNING : Verdict.OK,
                node.scratch() + " on " + node.host() + " has " + (node.freeBytes() >> 20) + " MiB free"
                        + (node.freeBytes() < LEAST_FREE ? "; set local-directory to a larger disk" : ""));
        say(
                "walltime",
                node.secondsLeft() < 0 ? Verdict.WARNING : Verdict.OK,
                node.secondsLeft() < 0
                        ? "workers will not know when their job ends: set walltime"
                        : "the job knows that it has " + node.secondsLeft() + " s left");
        final List<String> good = node.reached().entrySet().stream()
                .filter(entry -> entry.getValue().equals(NodeReport.OK))
                .map(Map.Entry::getKey)
                .toList();
        say(
                "node to here",
                good.isEmpty() ? Verdict.FAILED : Verdict.OK,
                (good.isEmpty()
                                ? "workers cannot reach a scheduler on this host; run it in a job: scheduler(JOB)."
                                        + " Tried: "
                                : "reached: ")
                        + answers(node.reached()));
        reachNode(node);
        return true;
    }

    private void reachNode(final NodeReport node) {
        final Map<String, String> answers = new LinkedHashMap<>();
        boolean isReached = false;
        for (int i = 0; i < node.listening().size() && !isReached; i++) {
            final String address = node.listening().get(i);
            final String answer = Reach.ask(address, word);
            answers.put(address, answer);
            isReached = answer.equals(NodeReport.OK);
        }
        say(
                "here to node",
                isReached ? Verdict.OK : Verdict.FAILED,
                (isReached ? "reached: " : "clients here cannot fetch results from workers. Tried: ")
                        + answers(answers));
    }

    private static String answers(final Map<String, String> answers) {
        return answers.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private void say(final String check, final Verdict verdict, final @Nullable String text) {
        isWell &= verdict != Verdict.FAILED;
        taker.accept(new Finding(check, verdict, String.valueOf(text)));
    }

    private void cancel(final String id) {
        try {
            queue.cancel(List.of(id));
        } catch (final QueueUnavailableException e) {
            say("clean-up", Verdict.WARNING, "job " + id + " could not be cancelled: " + e.getMessage());
        }
    }

    private static String tail(final List<String> files) {
        final List<String> texts = new ArrayList<>();
        for (final String file : files) {
            try {
                final String text = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1)
                        .strip();
                if (!text.isEmpty() && !texts.contains(text)) {
                    texts.add(text.substring(Math.max(0, text.length() - TAIL_CHARS)));
                }
            } catch (final IOException e) {
                continue;
            }
        }
        return String.join("\n", texts);
    }

    private void delete(final Path own) {
        try (var files = Files.walk(own)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException | UncheckedIOException e) {
            say("clean-up", Verdict.WARNING, own + " could not be deleted: " + e);
        }
    }
}
