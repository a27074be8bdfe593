package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import io.muster.config.Json;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a dashboard tells of a cluster that works. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"IN_PROCESS", "TCP"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class DashboardTest implements ShowLogs.OnCluster {
    private static final String EVIL = "<script>alert('x')</script>";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static LocalCluster shared;

    private final Client client = shared.connect();
    private final String link = shared.dashboardLink();

    DashboardTest(final ClusterKind kind) {
        assertThat(kind).isNotNull();
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder().workers(2).threadsPerWorker(1).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void theLinkOpensItAndNothingElseDoes() throws IOException {
        assertThat(link).matches("http://127\\.0\\.0\\.1:[0-9]+/\\?token=[A-Za-z0-9_-]{43}");
        assertThat(status(link)).isEqualTo(200);
        assertThat(status(link.substring(0, link.length() - 1))).isEqualTo(401);
        assertThat(status(link.replaceAll("\\?.*", "api/workers"))).isEqualTo(401);
        assertThat(status(link.replaceAll("\\?.*", "health"))).isEqualTo(200);
    }

    @Test
    void workersTasksAndTheirBarsAreTold() throws IOException {
        final List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            final int n = i;
            futures.add(client.submit(() -> n * n));
        }
        futures.forEach(TaskFuture::join);

        final List<?> workers = (List<?>) json("api/workers").get("workers");
        assertThat(workers).hasSize(2);
        assertThat(((Map<?, ?>) workers.get(0)).get("threads")).isEqualTo(1L);
        assertThat(((Map<?, ?>) workers.get(0)).get("state")).isEqualTo("running");
        assertThat(json("api/summary").get("workers")).isEqualTo(2L);
        assertThat((Long) json("api/tasks?state=memory&limit=5").get("total")).isGreaterThanOrEqualTo(20);
        assertThat((List<?>) json("api/tasks?state=memory&limit=5").get("tasks"))
                .hasSize(5);
        await().untilAsserted(() ->
                assertThat((List<?>) json("api/stream").get("rows")).hasSizeGreaterThanOrEqualTo(20));
        assertThat(get("metrics")).contains("muster_scheduler_workers{state=\"idle\"} 2\n", "muster_worker_threads{");
        assertThat(json("api/jobs").get("jobs")).isEqualTo(List.of());
    }

    @Test
    void aTaskSaysWhyItWaitsAndHowItFailedWhateverItIsCalled() throws IOException {
        final TaskFuture<Integer> failed = client.with(options -> options.key(EVIL))
                .submit(() -> {
                    throw new IllegalStateException(EVIL);
                });
        final TaskFuture<Integer> waits =
                client.with(options -> options.key("waits").resource("gpu", 1)).submit(() -> 1);
        await().atMost(SOON).until(failed::isDone);

        final Map<?, ?> erred = only("api/tasks?state=erred");
        assertThat(erred.get("key")).isEqualTo(EVIL);
        assertThat(String.valueOf(json("api/task?id=" + erred.get("id")).get("failure")))
                .contains("IllegalStateException", EVIL);
        await().atMost(SOON).untilAsserted(() -> {
            final Map<?, ?> homeless = only("api/tasks?state=no-worker");
            assertThat(String.valueOf(json("api/task?id=" + homeless.get("id")).get("why")))
                    .contains("gpu");
        });
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get("api/findings")).contains("\"what\":\"no-worker\"", "gpu"));
        waits.cancel(true);
        failed.release();
    }

    @Test
    void whatHappenedIsTold() throws IOException {
        final TaskFuture<Integer> first =
                client.with(options -> options.key("first")).submit(() -> 1);
        final TaskFuture<Integer> second = first.then(one -> one + 1);
        assertThat(second.join()).isEqualTo(2);
        client.logEvent("hello", EVIL);

        await().atMost(SOON).untilAsserted(() -> {
            final Map<?, ?> task = json("api/task?id=" + idOf("first"));
            assertThat((List<?>) task.get("story")).isNotEmpty();
            assertThat((List<?>) task.get("runs")).hasSize(1);
            assertThat((List<?>) task.get("dependents")).hasSize(1);
        });
        assertThat(json("api/graph").get("mode")).isEqualTo("tasks");
        assertThat((List<?>) json("api/graph").get("edges")).isNotEmpty();
        assertThat(json("api/graph?limit=0").get("mode")).isEqualTo("groups");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get("api/events?topic=hello")).contains(EVIL));
        assertThat(json("api/profile").get("samples")).isInstanceOf(Long.class);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat((List<?>) json("api/system").get("workers")).hasSize(2));
        assertThat((List<?>) json("api/logs?worker=w-0").get("lines")).isNotNull();
    }

    @Test
    void aClusterWithoutOneHasNoLinkAndOneThatCannotStartHindersNobody() {
        for (final String[] setting :
                new String[][] {{"dashboard.enabled", "false"}, {"dashboard.host", "host.invalid"}}) {
            try (LocalCluster other = LocalCluster.builder()
                            .workers(1)
                            .set(setting[0], setting[1])
                            .start();
                    Client its = other.connect()) {
                assertThat(other.dashboardLink()).isEmpty();
                assertThat(its.submit(() -> 6 * 7).join()).isEqualTo(42);
            }
        }
    }

    private Object idOf(final String key) throws IOException {
        return ((List<?>) json("api/tasks?limit=1000").get("tasks"))
                .stream()
                        .map(task -> (Map<?, ?>) task)
                        .filter(task -> key.equals(task.get("key")))
                        .map(task -> task.get("id"))
                        .findFirst()
                        .orElseThrow();
    }

    private Map<?, ?> only(final String path) throws IOException {
        final List<?> tasks = (List<?>) json(path).get("tasks");
        assertThat(tasks).hasSize(1);
        return (Map<?, ?>) tasks.get(0);
    }

    private Map<?, ?> json(final String path) throws IOException {
        return (Map<?, ?>) Json.parse(get(path));
    }

    private String get(final String path) throws IOException {
        final String token = link.substring(link.indexOf('?') + 1);
        final HttpURLConnection connection =
                open(link.replaceAll("\\?.*", path) + (path.contains("?") ? "&" : "?") + token);
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int status(final String url) throws IOException {
        return open(url).getResponseCode();
    }

    private static HttpURLConnection open(final String url) throws IOException {
        return (HttpURLConnection) URI.create(url).toURL().openConnection();
    }
}
