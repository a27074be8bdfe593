package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.ClusterEvent;
import io.muster.Coordinator;
import io.muster.LocalCluster;
import io.muster.LogLine;
import io.muster.MusterException;
import io.muster.StoryLine;
import io.muster.Subscription;
import io.muster.TaskContext;
import io.muster.TaskFuture;
import io.muster.WorkerInfo;
import io.muster.config.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What a client is told of what happened: stories, the task stream, events, what tasks print, logs. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"IN_PROCESS", "AERON"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class WhatHappenedTest implements ShowLogs.OnCluster {
    private static LocalCluster shared;

    @TempDir
    Path directory;

    private final ClusterKind kind;
    private Client client;

    WhatHappenedTest(final ClusterKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder().set("session.heartbeat", "200ms").start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        client.awaitWorkers(2, Duration.ofSeconds(30));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void aStoryTellsOfSchedulerAndWorkerInTheOrderOfTime() {
        final TaskFuture<Integer> first = client.with(o -> o.key("first")).submit(() -> {
            Coordinator.current().event("go").await();
            return 1;
        });
        final TaskFuture<Integer> second = client.then(first, x -> x + 1);
        client.event("go").set();
        assertThat(second.join()).isEqualTo(2);

        final List<StoryLine> story = client.story(second);

        assertThat(story).isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
        assertThat(told(story)).containsSubsequence("released → waiting", "waiting → queued", "queued → processing");
        final List<String> order = story.stream().map(StoryLine::what).toList();
        final String run = order.stream()
                .filter(what -> what.endsWith(" assigned"))
                .findFirst()
                .orElseThrow()
                .replace(" assigned", "");
        assertThat(order)
                .containsSubsequence(
                        "queued → processing",
                        run + " assigned",
                        run + " started",
                        run + " ended with a result",
                        "processing → memory");
        assertThat(story)
                .anySatisfy(line -> assertThat(line.what()).matches("run \\d+ ended with a result"))
                .anySatisfy(line ->
                        assertThat(line.cause()).startsWith("given to w-").contains(" as run "))
                .anySatisfy(line -> assertThat(line.cause()).matches("run \\d+ of first on .* ended with a result"));
        assertThat(story.get(0).cause()).startsWith("a client submitted it");
        assertThat(client.story("first")).isNotEmpty();
        assertThat(client.story(second.key()))
                .as("the same, though the clock of the worker may be known better by now")
                .extracting(StoryLine::what, StoryLine::cause)
                .containsExactlyElementsOf(story.stream()
                        .map(line -> tuple(line.what(), line.cause()))
                        .toList());
        assertThatThrownBy(() -> client.story("nobody knows"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("there is no task with key=nobody knows");
    }

    @Test
    void aStoryTellsOfFailuresAndOtherTries() {
        final TaskFuture<Integer> task = client.with(o -> o.retries(1)).submit(() -> {
            if (TaskContext.current().attempt() == 1) {
                throw new IllegalStateException("not yet");
            }
            return 5;
        });
        assertThat(task.join()).isEqualTo(5);

        final List<StoryLine> story = client.story(task);

        assertThat(story).anySatisfy(line -> assertThat(line.what()).matches("run \\d+ failed"));
        assertThat(story).anySatisfy(line -> assertThat(line.cause()).matches("run \\d+ of it on .* failed"));
        assertThat(told(story).stream().filter(what -> what.equals("queued → processing")))
                .hasSize(2);
    }

    @Test
    void theTaskStreamIsATraceInWhichTheBarsOfAThreadDoNotOverlap() throws Exception {
        final List<String> names =
                client.workers().stream().map(WorkerInfo::name).toList();
        final TaskFuture<int[]> here =
                client.with(o -> o.workers(names.get(0)).key("here")).submit(() -> new int[1000]);
        final TaskFuture<Integer> there =
                client.with(o -> o.workers(names.get(1))).then(here, array -> array.length);
        assertThat(there.join()).isEqualTo(1000);
        client.gather(client.map(x -> x + 1, List.of(1, 2, 3, 4, 5, 6, 7, 8)));
        final TaskFuture<Object> bad = client.submit(() -> {
            throw new IllegalStateException("bad");
        });
        assertThatThrownBy(bad::join).hasMessageContaining("bad");

        final Path file = directory.resolve("trace.json");
        final long bars = client.taskStream(file);

        assertThat(bars).isGreaterThanOrEqualTo(11);
        final Map<?, ?> trace = (Map<?, ?>) Json.parse(Files.readString(file));
        final List<Map<?, ?>> events = new ArrayList<>();
        ((List<?>) trace.get("traceEvents")).forEach(event -> events.add((Map<?, ?>) event));
        assertThat(events)
                .anySatisfy(e -> assertThat(args(e).get("name")).isEqualTo(names.get(0)))
                .anySatisfy(e -> assertThat(args(e).get("key")).isEqualTo("here"))
                .anySatisfy(e -> assertThat(e.get("cat")).isEqualTo("erred"))
                .anySatisfy(e -> assertThat(e.get("cat")).isEqualTo("transfer"));
        final Map<String, Long> ends = new HashMap<>();
        for (final Map<?, ?> event : events) {
            if (event.get("ph").equals("X")) {
                final String thread = event.get("pid") + "/" + event.get("tid");
                final long from = ((Number) event.get("ts")).longValue();
                assertThat(from).isGreaterThanOrEqualTo(ends.getOrDefault(thread, 0L));
                ends.put(thread, from + ((Number) event.get("dur")).longValue());
            }
        }
        final long nowUs = System.currentTimeMillis() * 1000;
        assertThat(ends.values()).allSatisfy(end -> assertThat(end).isBetween(nowUs - 300_000_000L, nowUs + 1_000_000));
    }

    @Test
    void eventsOfClientsAndTasksReachWhoSubscribedAndAreKept() {
        final List<ClusterEvent> heard = Collections.synchronizedList(new ArrayList<>());
        try (Subscription subscription = client.onEvent("progress", heard::add)) {
            client.logEvent("progress", Map.of("done", 3L));
            client.submit(() -> {
                        TaskContext.current().logEvent("progress", "half way");
                        return 1;
                    })
                    .join();
            await().until(() -> heard.size() == 2);
            assertThat(subscription.dropped()).isZero();
        }
        assertThat(heard.get(0).text()).isEqualTo("{\"done\":3}");
        assertThat(heard.get(0).who()).startsWith("client-");
        assertThat(heard.get(1).text()).isEqualTo("half way");
        assertThat(client.workers().stream().map(WorkerInfo::name))
                .contains(heard.get(1).who());
        assertThat(client.events("progress")).containsAll(heard);
        final String worker = client.workers().get(0).name();
        assertThat(client.events("all"))
                .anySatisfy(event -> assertThat(event.text()).startsWith("worker " + worker + " joined"));
        assertThat(client.events(worker))
                .anySatisfy(event -> assertThat(event.text()).startsWith("joined"));
        assertThat(client.events("")).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void whatATaskPrintsAppearsOnItsClientsConsole() {
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        final PrintStream before = System.out;
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            client.submit(() -> {
                        TaskContext.current().print("héllo from a task");
                        TaskContext.current().log("for the log");
                        return 1;
                    })
                    .join();
            await().until(() -> written.toString(StandardCharsets.UTF_8).contains("héllo from a task"));
        } finally {
            System.setOut(before);
        }
        assertThat(client.events("print")).extracting(ClusterEvent::text).contains("héllo from a task");
        assertThat(client.events("log")).extracting(ClusterEvent::text).contains("for the log");
    }

    @Test
    void theLogsOfSchedulerAndWorkersAreTold() {
        final String worker = client.workers().get(0).name();
        client.with(o -> o.workers(worker))
                .submit(() -> {
                    LoggerFactory.getLogger("mine").warn("something odd: {}", 7, new IllegalStateException("odd"));
                    return 1;
                })
                .join();

        final List<LogLine> lines = client.logs(worker);

        assertThat(lines).anySatisfy(line -> {
            assertThat(line.level()).isEqualTo("WARN");
            assertThat(line.who()).isEqualTo("mine");
            assertThat(line.text()).startsWith("something odd: 7").contains("IllegalStateException: odd");
        });
        assertThat(client.logs()).isNotNull();
        assertThatThrownBy(() -> client.logs("nobody")).hasMessage("worker=nobody is not there");
        assertThat(kind).isNotNull();
    }

    private static List<String> told(final List<StoryLine> story) {
        return story.stream()
                .filter(line -> line.who().equals("scheduler"))
                .map(StoryLine::what)
                .toList();
    }

    private static Map<?, ?> args(final Map<?, ?> event) {
        return event.get("args") instanceof Map<?, ?> args ? args : Map.of();
    }
}
