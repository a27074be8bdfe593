package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.config.Json;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.Dashboard;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DashboardServerTest {
    private static final int WORKERS = 3;
    private static final int TASKS = 10;

    private final SyntheticSource source = new SyntheticSource(WORKERS, TASKS);
    private Dashboard dashboard = start(Settings.defaults());

    private int port;
    private String token = "";

    @BeforeEach
    void readLink() {
        final URI link = URI.create(dashboard.url());
        port = link.getPort();
        token = link.getQuery().substring("token=".length());
    }

    @AfterEach
    void close() {
        dashboard.close();
    }

    @Test
    void itsLinkOpensThePageAndSetsACookieForTheFolderThatTheBrowserSees() throws IOException {
        final String page = get("/?token=" + token, "");

        assertThat(page).startsWith("HTTP/1.1 200 ").contains("Content-Type: text/html");
        assertThat(header(page, "Set-Cookie"))
                .contains("HttpOnly", "SameSite=Strict")
                .doesNotContainIgnoringCase("path");
        assertThat(get("/", "Cookie: a=b; " + header(page, "Set-Cookie").split(";", -1)[0] + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void everyAnswerForbidsWhatAPageDoesNotNeed() throws IOException {
        for (final String answer : List.of(get("/", ""), get("/?token=" + token, ""), api("/api/summary"))) {
            assertThat(header(answer, "Content-Security-Policy"))
                    .contains("default-src 'self'", "frame-ancestors 'none'");
            assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(answer, "Cache-Control")).contains("no-store");
            assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
        }
    }

    @Test
    void theTokenAlsoComesInAHeader() throws IOException {
        assertThat(get("/metrics", "Authorization: Bearer " + token + "\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/metrics", "Authorization: Bearer " + token + "x\r\n")).startsWith("HTTP/1.1 401 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "PROPFIND"})
    void everyMethodIsRefusedWithoutTheToken(final String method) throws IOException {
        for (final String path : List.of("/", "/api/summary", "/events", "/metrics", "/nothing", "/index.html")) {
            assertThat(ask(method, path, "")).as(method + " " + path).startsWith("HTTP/1.1 401 ");
            assertThat(ask(method, path + "?token=" + "A".repeat(43), "")).startsWith("HTTP/1.1 401 ");
        }
        assertThat(source.asked).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"})
    void withTheTokenOnlyReadingIsAllowed(final String method) throws IOException {
        assertThat(ask(method, "/api/summary?token=" + token, ""))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD");
    }

    @Test
    void onlyHealthNeedsNoToken() throws IOException {
        assertThat(get("/health", "")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok\n");
        assertThat(ask("POST", "/health", "")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void anAnswerToHeadHasNoBody() throws IOException {
        assertThat(ask("HEAD", "/api/summary?token=" + token, ""))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
        assertThat(ask("HEAD", "/events?token=" + token, "")).endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8787",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "[::1].evil.example",
                "localhost@evil.example",
                "8.8.8.8",
                "",
                "localhost localhost"
            })
    void aForeignHostIsRefusedEvenWithTheToken(final String host) throws IOException {
        try (Wire wire = new Wire(port)) {
            final String answer = wire.say("GET /api/summary?token=" + token + " HTTP/1.1\r\nHost: " + host
                            + "\r\nConnection: close\r\n\r\n")
                    .hearAll();
            assertThat(answer).startsWith("HTTP/1.1 403 ").doesNotContain("c-1").contains("dashboard.allowed-hosts");
        }
        assertThat(source.asked).hasValue(0);
    }

    @Test
    void aRequestNamesItsHostOnce() throws IOException {
        try (Wire none = new Wire(port);
                Wire two = new Wire(port)) {
            assertThat(none.say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").hearAll())
                    .startsWith("HTTP/1.1 400 ");
            assertThat(two.say("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
                            .hearAll())
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void aProxysNameMayBeAllowed() throws IOException {
        dashboard.close();
        dashboard = start(Settings.defaults()
                .with(Options.DASHBOARD_PORT, 0)
                .with(Options.DASHBOARD_ALLOWED_HOSTS, List.of("Hub.example")));
        readLink();
        try (Wire wire = new Wire(port)) {
            assertThat(wire.say("GET /api/summary?token=" + token
                                    + " HTTP/1.1\r\nHost: localhost:1\r\nOrigin: https://hub.example\r\n"
                                    + "Connection: close\r\n\r\n")
                            .hearAll())
                    .startsWith("HTTP/1.1 200 ");
        }
        try (Wire wire = new Wire(port)) {
            assertThat(wire.say("GET /api/summary?token=" + token
                                    + " HTTP/1.1\r\nHost: hub.example:443\r\nConnection: close\r\n\r\n")
                            .hearAll())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "http://localhost:1",
                "http://127.0.0.1",
                "file://",
                "http://",
                "%"
            })
    void aForeignOriginIsRefusedEvenWithTheToken(final String origin) throws IOException {
        assertThat(get("/api/summary?token=" + token, "Origin: " + origin + "\r\n"))
                .as(origin)
                .startsWith("HTTP/1.1 403 ");
        assertThat(get("/events?token=" + token, "Origin: " + origin + "\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(get("/api/summary?token=" + token, "Origin: http://127.0.0.1:" + port + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/..%2f..%2f..%2fetc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%5c..%5cetc/passwd",
                "/web/..%2fApi.class",
                "/index.html%00.png",
                "/%",
                "/%zz",
                "/a%0d%0aSet-Cookie:x",
                "http://127.0.0.1/",
                "*",
                "/./index.html"
            })
    void aPathThatLeavesTheFolderIsRefused(final String path) throws IOException {
        assertThat(get(path + "?token=" + token, ""))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("root:", "Set-Cookie: x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nothing", "//etc/passwd", "/Api.class", "/web/index.html", "/.html", "/index.html/", "/api/"})
    void whatIsNoPageIsNotFound(final String path) throws IOException {
        assertThat(get(path + "?token=" + token, "")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void aRequestOfTheWrongFormIsRefused() throws IOException {
        for (final String request : List.of(
                "GET\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n",
                "G\u0000T / HTTP/1.1\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: local\u0001host\r\n\r\n",
                "GET /\u00e9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\r\n\r\n",
                "GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(10) + "x".repeat(200) + "\r\n\r\n")) {
            try (Wire wire = new Wire(port)) {
                assertThat(wire.say(request).hearAll()).as(request).startsWith("HTTP/1.1 400 ");
            }
        }
        assertThat(api("/api/tasks?limit=x")).startsWith("HTTP/1.1 400 ");
        assertThat(api("/api/tasks?limit=-1")).startsWith("HTTP/1.1 400 ");
        assertThat(api("/api/task?id=99999999999999999999")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aUrlOrHeadBeyondTheBoundIsRefusedAndStillAnswered() throws IOException {
        try (Wire url = new Wire(port);
                Wire head = new Wire(port)) {
            url.say("GET /" + "x".repeat(1 << 20) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(url.hearAll()).startsWith("HTTP/1.1 414 ");
            head.say("GET / HTTP/1.1\r\nHost: localhost\r\n" + "a: b\r\n".repeat(20_000) + "\r\n");
            assertThat(head.hearAll()).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void aBodyIsNotTakenForTheNextRequest() throws IOException {
        try (Wire wire = new Wire(port)) {
            final String answer = wire.say("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n"
                            + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .hearAll();
            assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
        }
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws IOException {
        try (Wire wire = new Wire(port)) {
            final String request =
                    "GET /api/tasks?limit=1&offset=%d&token=" + token + " HTTP/1.1\r\nHost: localhost\r\n%s\r\n";
            wire.say(request.formatted(1, "")
                    + request.formatted(2, "")
                    + request.formatted(3, "Connection: close\r\n"));
            assertThat(wire.hearAll()).containsSubsequence("\"id\":1,", "\"id\":2,", "\"id\":3,");
        }
    }

    @Test
    void theApiAnswersInJsonInWhichNamesAreText() throws IOException {
        for (final String path : List.of(
                "/api/summary",
                "/api/workers",
                "/api/progress",
                "/api/stream",
                "/api/jobs",
                "/api/system?since=5",
                "/api/profile?function=f&worker=w",
                "/api/events?topic=all&limit=3",
                "/api/logs?worker=w",
                "/api/tasks?limit=5&offset=2",
                "/api/task?id=1",
                "/api/graph",
                "/api/graph?limit=5",
                "/api/findings")) {
            final String answer = api(path);
            assertThat(answer).as(path).startsWith("HTTP/1.1 200 ").contains("Content-Type: application/json");
            assertThat(Json.parse(body(answer))).as(path).isInstanceOf(Map.class);
        }
        final Map<?, ?> task = (Map<?, ?>) Json.parse(body(api("/api/task?id=1")));
        assertThat(String.valueOf(task.get("failure"))).isEqualTo(SyntheticSource.EVIL);
        assertThat(String.valueOf(task.get("key"))).isEqualTo(SyntheticSource.EVIL + 1);
        assertThat(body(api("/api/task?id=" + TASKS))).contains("\"state\":\"forgotten\"", "\"story\":[{");
        assertThat(body(api("/api/logs?level=warn"))).contains("ERROR").doesNotContain("INFO");
    }

    @Test
    void numbersForPrometheusHaveTheirNamesTypesAndEscapedLabels() throws IOException {
        final String text = body(api("/metrics"));

        assertThat(text)
                .contains("# TYPE muster_scheduler_workers gauge", "# HELP muster_scheduler_tasks Tasks by state.")
                .contains("muster_scheduler_workers{state=\"partially_saturated\"} 3")
                .contains("muster_scheduler_tasks{state=\"memory\"} 10")
                .contains("worker=\"<script>alert(\\\"1\\\")</script>\\n\\\\ ");
        assertThat(text.lines())
                .allMatch(line -> line.matches("# (HELP|TYPE) muster_[a-z_]+ .+")
                        || line.matches("muster_[a-z_]+(\\{([a-z_]+=\"([^\"\\\\]|\\\\.)*\",?)*})? [-0-9.E]+"));
    }

    @Test
    void anOpenPageIsToldWhatChangesAndNobodyLooksWhenItIsClosed() throws IOException {
        try (Wire page = new Wire(port)) {
            page.say("GET /events?token=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(page.hear("event: findings"))
                    .contains("Content-Type: text/event-stream", "Transfer-Encoding: chunked")
                    .contains("event: summary\ndata: {\"cluster_id\":\"c-1\"", "event: workers\n", "event: progress\n")
                    .doesNotContain(SyntheticSource.EVIL);
            page.hear("event: summary");
        }
        final AtomicInteger before = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(1_100))
                .until(() -> before.getAndSet(source.asked.get()) == source.asked.get());
    }

    @Test
    void aPageGetsOnlyWhatItWants() throws IOException {
        try (Wire page = new Wire(port)) {
            page.say("GET /events?only=summary&token=" + token + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
            assertThat(page.hear("\"uptime_s\":2.0")).doesNotContain("event: workers", "chunked");
        }
    }

    @Test
    void openPagesAreBoundedAndThousandsOfConnectionsTakeNoThreads() throws IOException {
        final int threads = Thread.activeCount();
        final List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                final Wire wire = new Wire(port);
                wires.add(wire);
                wire.say("GET /events?token=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                if (i < Feed.MAX_STREAMS) {
                    assertThat(wire.hear("\r\n")).startsWith("HTTP/1.1 200 ");
                } else if (i == Feed.MAX_STREAMS) {
                    assertThat(wire.hear("open pages")).startsWith("HTTP/1.1 503 ");
                }
            }
            assertThat(Thread.activeCount()).isLessThan(threads + 5);
            assertThat(api("/api/summary")).startsWith("HTTP/1.1 200 ");
            assertThat(wires.get(0).hear("event: summary")).contains("text/event-stream");
        } finally {
            for (final Wire wire : wires) {
                wire.close();
            }
        }
        await().untilAsserted(() -> {
            try (Wire page = new Wire(port)) {
                page.say("GET /events?token=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(page.hear("\r\n")).startsWith("HTTP/1.1 200 ");
            }
        });
    }

    @Test
    void halfRequestsKeepNobodyOut() throws IOException {
        final List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                wires.add(new Wire(port).say("GET /api/summary HTTP/1.1\r\nHost: loc"));
            }
            assertThat(api("/api/summary")).startsWith("HTTP/1.1 200 ");
        } finally {
            for (final Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNoReasonToHaveNoDashboard() {
        try (Dashboard other = start(Settings.defaults().with(Options.DASHBOARD_PORT, port))) {
            assertThat(URI.create(other.url()).getPort()).isNotEqualTo(port).isPositive();
            assertThat(other.url()).doesNotContain(token);
        }
    }

    @Test
    void aClosedDashboardHangsUp() throws IOException {
        try (Wire page = new Wire(port)) {
            page.say("GET /events?token=" + token + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            page.hear("event: summary");
            dashboard.close();
            page.hearAll();
        }
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new Wire(port).close()))
                .isInstanceOf(IOException.class);
    }

    private Dashboard start(final Settings settings) {
        final Settings anyPort =
                settings.isSet(Options.DASHBOARD_PORT) ? settings : settings.with(Options.DASHBOARD_PORT, 0);
        return new HttpDashboardFactory().start(source, anyPort);
    }

    private String api(final String path) throws IOException {
        return get(path + (path.contains("?") ? "&" : "?") + "token=" + token, "");
    }

    private String get(final String path, final String headers) throws IOException {
        return ask("GET", path, headers);
    }

    private String ask(final String method, final String path, final String headers) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.say(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers
                            + "Connection: close\r\n\r\n")
                    .hearAll();
        }
    }

    private static String body(final String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static String header(final String answer, final String name) {
        return answer.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }
}
