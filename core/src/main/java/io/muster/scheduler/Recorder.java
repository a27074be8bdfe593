package io.muster.scheduler;

import io.muster.ClusterEvent;
import io.muster.StoryLine;
import io.muster.config.Json;
import io.muster.diagnosis.CallTree;
import io.muster.diagnosis.LogRing;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.TaskStreamLog.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what happened, for people who look at it: outside the core, whose decisions it never touches. For the scheduler's thread; what it
 * hands out stays as it is. All times that it is told are of this JVM's {@link System#nanoTime()}.
 */
final class Recorder {
    private static final int MAX_PROFILE_NODES = 50_000;
    private static final int MAX_WORKER_NODES = 5_000;
    private static final long STEALS_NS = 10_000_000_000L;
    private static final int MAX_LOG_LINES = 10_000;
    private static final String SCHEDULER = "scheduler";

    private final SchedulerCore core;
    private final TaskStreamLog stream;
    private final SystemLog system = new SystemLog();
    private final EventLog events;
    private final Stories stories;
    private final CallTree profile = new CallTree(MAX_PROFILE_NODES);
    private final Map<Integer, CallTree> profiles = new HashMap<>();
    private final long startNs = System.nanoTime();
    private final long startUs = System.currentTimeMillis() * 1_000;
    private long steals;
    private long stealsTold;
    private long stealsToldNs;

    Recorder(final SchedulerCore core, final int streamRows) {
        this.core = core;
        stream = new TaskStreamLog(streamRows);
        events = new EventLog(core.state().coordination::announce);
        stories = new Stories(core, stream, this::epochUs);
    }

    TaskStreamLog stream() {
        return stream;
    }

    SystemLog system() {
        return system;
    }

    EventLog events() {
        return events;
    }

    /** Samples of all workers. */
    CallTree profile() {
        return profile;
    }

    /** Samples of one worker; empty if there are none. */
    CallTree profile(final int worker) {
        final CallTree tree = profiles.get(worker);
        return tree == null ? new CallTree(0) : tree;
    }

    /** Tells what happened to a task, once the workers have answered or had the time to. */
    void story(final long task, final Consumer<List<StoryLine>> taker) {
        stories.tell(task, System.nanoTime(), taker);
    }

    /** Microseconds since 1970. */
    long epochUs(final long ns) {
        return startUs + Math.floorDiv(ns - startNs, 1_000L);
    }

    /** Answers a client. */
    void ask(
            final RecordKind kind, final long since, final int limit, final String name, final Consumer<String> taker) {
        switch (kind) {
            case STREAM -> taker.accept(Json.write(stream.since(since, limit).toJson()));
            case STORY -> {
                final Long task = name.isEmpty() ? Long.valueOf(since) : stories.find(name);
                if (task == null) {
                    taker.accept(RecordText.refusal("there is no task with key=" + name
                            + ": it may be forgotten; a future of it, or a key of the form name-client-number, tells"
                            + " more"));
                } else {
                    story(task, lines -> taker.accept(Json.write(RecordText.story(lines))));
                }
            }
            case SYSTEM -> taker.accept(Json.write(system.toJson()));
            case PROFILE -> taker.accept(Json.write(profile.toJson(name)));
            case LOGS -> logs(name, limit, taker);
            case EVENTS -> taker.accept(Json.write(RecordText.events(events.last(name, limit))));
            case NULL_VAL, SBE_UNKNOWN -> taker.accept(RecordText.refusal("kind=" + kind + " is not known here"));
        }
    }

    /** The scheduler's log lines, or those of a worker, as JSON. */
    void logs(final String worker, final int limit, final Consumer<String> taker) {
        if (worker.isEmpty() || worker.equals(SCHEDULER)) {
            taker.accept(Json.write(RecordText.logs(LogRing.ofProcess().last(limit))));
            return;
        }
        final WorkerState found = core.workers().stream()
                .filter(each -> each != null && each.name.equals(worker))
                .findFirst()
                .orElse(null);
        if (found == null) {
            taker.accept(RecordText.refusal("worker=" + worker + " is not there"));
            return;
        }
        final TreeSet<Integer> one = new TreeSet<>(List.of(found.number));
        final int lines = Math.min(MAX_LOG_LINES, limit);
        stories.ask(one, RecordKind.LOGS, 0, lines, System.nanoTime(), answers -> {
            final Stories.Answer answer = answers.get(found.number);
            taker.accept(
                    answer == null
                            ? RecordText.refusal("worker=" + worker + " did not answer; it may be busy or gone")
                            : answer.json());
        });
    }

    /** A worker answers what it was asked. */
    void told(final WorkerState worker, final long requestId, final String json, final long offsetNs) {
        stories.told(worker.number, requestId, json, offsetNs);
    }

    /** A worker's samples, as text; one that is none is a breach of the protocol. */
    void profiled(final WorkerState worker, final String text) {
        profile.merge(text);
        profiles.computeIfAbsent(worker.number, number -> new CallTree(MAX_WORKER_NODES))
                .merge(text);
    }

    /** A worker says what it uses. */
    void heard(final WorkerState worker, final WorkerFigures figures, final long nowNs) {
        system.heard(nowNs, epochUs(nowNs), worker, figures);
    }

    /** Somebody tells of something. */
    void event(final String topic, final String who, final String text) {
        events.add(new ClusterEvent(RecordText.instant(epochUs(System.nanoTime())), topic, who, text));
    }

    /** The scheduler tells of something about a worker. */
    void workerEvent(final WorkerState worker, final String text) {
        event(EventLog.ALL, SCHEDULER, "worker " + worker.name + " " + text);
        event(worker.name, SCHEDULER, text);
    }

    /** The scheduler tells of something about the cluster. */
    void clusterEvent(final String text) {
        event(EventLog.ALL, SCHEDULER, text);
    }

    /** A task says something to its user: to the client that submitted it, or to all if a task did. */
    void said(final WorkerState worker, final long task, final boolean isLog, final String text) {
        event(isLog ? EventLog.LOG : EventLog.PRINT, worker.name, text);
        final ClientState owner = core.clients().get((int) (task >>> 32));
        if (owner != null && !owner.isOfWorker) {
            say(owner, worker, isLog, text);
        } else {
            core.clients().values().stream()
                    .filter(client -> !client.isOfWorker)
                    .sorted(Comparator.comparingInt(client -> client.number))
                    .forEach(client -> say(client, worker, isLog, text));
        }
    }

    private static void say(
            final ClientState client, final WorkerState worker, final boolean isLog, final String text) {
        if (client.peer instanceof ClientEvents told) {
            told.said(isLog, isLog ? worker.name + ": " + text : text);
        }
    }

    void workerJoined(final WorkerState worker) {
        stream.worker(worker.number, worker.name);
        workerEvent(worker, "joined: threads=" + worker.threads + " host=" + worker.host);
    }

    void workerLeft(final WorkerState worker, final String reason) {
        system.workerLeft(worker.number);
        profiles.remove(worker.number);
        stories.workerLeft(worker.number);
        workerEvent(worker, "left: " + reason);
    }

    /** Does what is due. */
    void tick(final long nowNs) {
        system.tick(nowNs, epochUs(nowNs), core);
        stories.tick(nowNs);
        if (steals > stealsTold && nowNs - stealsToldNs > STEALS_NS) {
            clusterEvent(
                    "tasks taken back from busy workers: " + (steals - stealsTold) + ", since the start: " + steals);
            stealsTold = steals;
            stealsToldNs = nowNs;
        }
    }

    /** A worker gave a run back unstarted. */
    void stolen() {
        steals++;
    }

    /** How many runs workers have given back unstarted. */
    long steals() {
        return steals;
    }

    /**
     * A run ended, of which the core is told next; times are by the worker's clock. One that is not current any more is not kept.
     *
     * @param offsetNs what is to be added to the worker's times
     * @param nowNs when the report came: nothing in it can be later
     */
    void ran(
            final WorkerState worker,
            final long runId,
            final long task,
            final boolean failed,
            final long offsetNs,
            final long nowNs,
            final int thread,
            final long runStartNs,
            final long runStopNs,
            final long fetchStartNs,
            final long fetchStopNs,
            final long diskNs) {
        system.ran();
        if (runStartNs == 0 || !stream.isOn()) {
            return;
        }
        final int slot = core.state().currentRun(worker, runId, task);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        final FunctionState function = core.function(slot);
        if (function.streamIndex < 0) {
            function.streamIndex = stream.functionIndex(function.name);
        }
        final @Nullable String key = core.tasks().key(slot);
        final long shiftNs = offsetNs + Math.min(0, nowNs - runStopNs - offsetNs);
        final int number = worker.number;
        final int index = function.streamIndex;
        if (fetchStartNs != 0) {
            final long fromUs = epochUs(fetchStartNs + shiftNs);
            stream.add(number, thread, index, fromUs, epochUs(fetchStopNs + shiftNs), Kind.TRANSFER, task, key);
        }
        final long beginNs = runStartNs + Math.max(0, diskNs);
        final long beginUs = epochUs(beginNs + shiftNs);
        if (diskNs > 0) {
            stream.add(number, thread, index, epochUs(runStartNs + shiftNs), beginUs, Kind.SPILL, task, key);
        }
        final long endUs = epochUs(Math.max(beginNs, runStopNs) + shiftNs);
        stream.add(number, thread, index, beginUs, endUs, failed ? Kind.ERRED : Kind.COMPUTE, task, key);
    }
}
