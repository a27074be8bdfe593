package io.muster.scheduler;

import io.muster.config.Json;
import io.muster.worker.ThreadStacks;
import io.muster.worker.Worker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a scheduler for others: whether something is stuck, and dumps. Its methods block, and are for threads other than the
 * scheduler's; where that does not answer within {@value #PATIENCE_MS} ms, they say what can be seen from outside.
 */
final class Examiner {
    /*
     * The scheduler's thread copies what a dump holds of the core, which takes milliseconds, and asks the workers; all else happens here.
     * If that thread is stuck, the columns of the task table are read from here without it: they may be in the middle of a change, so no
     * list is followed, and whatever is thrown ends only that part.
     */
    static final int PATIENCE_MS = 3_000;

    /** How many tasks a dump lists; the others are only counted. */
    static final int MAX_TASKS = 20_000;

    /** How many of the last transitions of tasks a dump holds. */
    private static final int MAX_TRANSITIONS = 10_000;

    /** How much text a dump holds at most before workers' reports are left out. */
    private static final int MAX_CHARS = 64 << 20;

    private static final String UNRESPONSIVE = "unresponsive";

    private final SchedulerCore core;
    private final StuckWatch watch;
    private final Executor scheduler;
    private final Supplier<String> info;
    private final String threadName;
    private final List<String> settings;
    private final LongUnaryOperator epochUs;

    /**
     * Makes one.
     *
     * @param scheduler has something done by the scheduler's thread, soon
     * @param info the scheduler's view of the cluster, as JSON
     * @param threadName of the scheduler's thread; empty if it has none of its own
     * @param settings what is set, each {@code key=value}
     * @param epochUs a time of the core's story in microseconds since 1970
     */
    Examiner(
            final SchedulerCore core,
            final StuckWatch watch,
            final Executor scheduler,
            final Supplier<String> info,
            final String threadName,
            final List<String> settings,
            final LongUnaryOperator epochUs) {
        this.core = core;
        this.watch = watch;
        this.scheduler = scheduler;
        this.info = info;
        this.threadName = threadName;
        this.settings = settings;
        this.epochUs = epochUs;
    }

    /** Whether something makes no progress: a JSON object with {@code ok} and {@code findings}. */
    String check() {
        final List<Finding> found = asked(() -> watch.look(true));
        final List<Finding> findings = new ArrayList<>();
        if (found == null) {
            findings.add(unresponsive());
            findings.addAll(watch.last().findings());
        } else {
            findings.addAll(found);
        }
        final Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ok", findings.isEmpty());
        answer.put("findings", findings.stream().map(Finding::json).toList());
        return Json.write(answer);
    }

    /** All that helps to find out later what was the matter: compressed, see {@link Dump}. One at a time. */
    synchronized byte[] dump() {
        final Copy copy = asked(this::copy);
        final List<Map<String, Object>> lines = new ArrayList<>();
        lines.add(head(copy == null));
        if (copy == null) {
            addStuck(lines);
        } else {
            addAnswered(lines, copy);
        }
        return compressed(lines);
    }

    private Finding unresponsive() {
        final String where = threadName.isEmpty() ? "" : ThreadStacks.where(threadName);
        final StuckWatch.Seen last = watch.last();
        return new Finding(
                UNRESPONSIVE,
                "the scheduler's own thread does not answer within " + PATIENCE_MS + " ms"
                        + (where.isEmpty() ? "" : ", it is at " + where) + "; a dump shows more (muster dump)",
                null,
                null,
                null,
                Math.max(0, Instant.now().getEpochSecond() - last.at().getEpochSecond()),
                0);
    }

    /** What the scheduler's thread says; null if it does not within the time that it has. */
    private <T> @Nullable T asked(final Supplier<T> question) {
        final CompletableFuture<T> answer = CompletableFuture.supplyAsync(question, scheduler);
        try {
            return answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            return null;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (final ExecutionException e) {
            throw new IllegalStateException("looking at the scheduler failed; this is a bug in Muster", e.getCause());
        }
    }

    /** What the scheduler's thread hands over. */
    private record Copy(
            String info,
            List<Finding> findings,
            List<Map<String, Object>> tasks,
            List<Map<String, Object>> transitions,
            Map<Integer, CompletableFuture<String>> reports) {}

    private Copy copy() {
        final List<Finding> findings = watch.look(true);
        final TaskRows rows = new TaskRows(core);
        final IntArrayList slots = rows.slots(MAX_TASKS);
        final List<Map<String, Object>> tasks = new ArrayList<>(slots.size());
        for (int i = 0; i < slots.size(); i++) {
            tasks.add(rows.full(slots.getInt(i), watch.why(slots.getInt(i))));
        }
        final Map<Integer, CompletableFuture<String>> reports = new LinkedHashMap<>();
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                final CompletableFuture<String> report = new CompletableFuture<>();
                reports.put(worker.number, report);
                if (worker.peer instanceof Described described) {
                    described.report(report::complete);
                } else if (worker.peer instanceof Worker local) {
                    report.completeAsync(() -> Json.write(local.describe()));
                }
            }
        }
        return new Copy(info.get(), findings, tasks, rows.transitions(MAX_TRANSITIONS, epochUs), reports);
    }

    private static Map<String, Object> head(final boolean isStuck) {
        final Map<String, Object> head = section("dump");
        head.put("format", Dump.FORMAT);
        head.put("version", Version.current());
        head.put("taken_at", Instant.now().toString());
        head.put("stuck", isStuck);
        return head;
    }

    private void addAnswered(final List<Map<String, Object>> lines, final Copy copy) {
        final Map<?, ?> described = Json.parse(copy.info()) instanceof Map<?, ?> members ? members : Map.of();
        addScheduler(lines, described);
        addFindings(lines, copy.findings());
        final long deadlineNs = System.nanoTime() + PATIENCE_MS * 1_000_000L;
        long chars = 0;
        for (final Object worker : described.get("workers") instanceof List<?> all ? all : List.of()) {
            if (worker instanceof Map<?, ?> members) {
                final Map<String, Object> line = section("worker");
                members.forEach((name, value) -> line.put(String.valueOf(name), value));
                final int number = members.get("number") instanceof Number found ? found.intValue() : -1;
                final String report = report(copy.reports().get(number), deadlineNs);
                chars += report.length();
                line.put("answered", !report.isEmpty());
                if (!report.isEmpty() && chars <= MAX_CHARS) {
                    line.put("report", Json.parse(report));
                }
                lines.add(line);
            }
        }
        copy.tasks().forEach(task -> lines.add(line("task", task)));
        copy.transitions().forEach(transition -> lines.add(line("transition", transition)));
    }

    private static String report(final @Nullable CompletableFuture<String> report, final long deadlineNs) {
        try {
            return report == null ? "" : report.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException | ExecutionException e) {
            return "";
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Without the scheduler's thread: what it saw last, and what can be read without it. */
    private void addStuck(final List<Map<String, Object>> lines) {
        final StuckWatch.Seen last = watch.last();
        final Map<String, Object> described = new LinkedHashMap<>();
        described.put("seen_at", last.at().toString());
        described.put("tasks", last.tasks());
        addScheduler(lines, described);
        final List<Finding> findings = new ArrayList<>();
        findings.add(unresponsive());
        findings.addAll(last.findings());
        addFindings(lines, findings);
        for (int number = 0; number < core.workers().size(); number++) {
            addOrSkip(lines, worker(number));
        }
        final TaskRows rows = new TaskRows(core);
        addOrSkip(lines, () -> {
            rows.transitions(MAX_TRANSITIONS, epochUs).forEach(transition -> lines.add(line("transition", transition)));
            return null;
        });
        final int count = Math.min(MAX_TASKS, core.tasks().limit());
        for (int slot = 0, listed = 0; slot < core.tasks().limit() && listed < count; slot++) {
            final int each = slot;
            if (core.tasks().phase(slot) != TaskPhase.FORGOTTEN) {
                listed++;
                addOrSkip(lines, () -> line("task", rows.brief(each)));
            }
        }
    }

    private Supplier<@Nullable Map<String, Object>> worker(final int number) {
        return () -> {
            final WorkerState worker = core.workers().get(number);
            if (worker == null) {
                return null;
            }
            final Map<String, Object> line = section("worker");
            line.put("name", worker.name);
            line.put("number", worker.number);
            line.put("host", worker.host);
            line.put("threads", worker.threads);
            line.put("assigned", worker.assigned);
            line.put("paused", worker.paused);
            line.put("draining", worker.draining);
            line.put("answered", false);
            return line;
        };
    }

    private static void addOrSkip(
            final List<Map<String, Object>> lines, final Supplier<@Nullable Map<String, Object>> line) {
        try {
            final Map<String, Object> made = line.get();
            if (made != null) {
                lines.add(made);
            }
        } catch (final RuntimeException e) {
            final Map<String, Object> skipped = section("skipped");
            skipped.put("because", e.toString());
            lines.add(skipped);
        }
    }

    private void addScheduler(final List<Map<String, Object>> lines, final Map<?, ?> described) {
        final Map<String, Object> line = section("scheduler");
        described.forEach((name, value) -> {
            if (!name.equals("workers") && !name.equals("dashboard_url")) {
                line.put(String.valueOf(name), value);
            }
        });
        line.put("settings", settings);
        lines.add(line);
        final Map<String, Object> threads = section("threads");
        threads.put("threads", ThreadStacks.take());
        lines.add(threads);
    }

    private static void addFindings(final List<Map<String, Object>> lines, final List<Finding> findings) {
        for (final Finding finding : findings) {
            final Map<String, Object> line = section("finding");
            line.putAll(finding.json());
            lines.add(line);
        }
    }

    private static Map<String, Object> line(final String name, final Map<String, Object> row) {
        final Map<String, Object> line = section(name);
        line.putAll(row);
        return line;
    }

    private static Map<String, Object> section(final String name) {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("section", name);
        return line;
    }

    private static byte[] compressed(final List<Map<String, Object>> lines) {
        final Map<String, Object> end = section(Dump.END);
        end.put("lines", lines.size());
        lines.add(end);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (final Map<String, Object> line : lines) {
                gzip.write(Json.write(line).getBytes(StandardCharsets.UTF_8));
                gzip.write('\n');
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
