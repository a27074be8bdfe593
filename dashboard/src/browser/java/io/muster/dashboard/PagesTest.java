package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every page, in a browser, over a cluster of processes that works. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private static final List<String> PAGES =
            List.of("status", "workers", "jobs", "tasks", "graph", "profile", "system", "events", "logs");

    private Chromium chromium;
    private LocalCluster cluster;
    private Client client;
    private Study study;
    private TaskFuture<Integer> broken;
    private TaskFuture<Integer> stuck;
    private String url;
    private BrowserContext window;
    private Page page;

    @BeforeAll
    void start() {
        chromium = new Chromium();
        cluster = LocalCluster.builder()
                .processes(true)
                .workers(3)
                .threadsPerWorker(2)
                .set("dashboard.port", "0")
                .start();
        client = cluster.connect();
        url = cluster.dashboardLink();
        study = new Study(client);
        broken = client.with(o -> o.key("broken <script>alert(1)</script>")).submit(Study::diverges);
        stuck = client.with(o -> o.key("stuck").resource("gpu", 1)).submit(() -> 1);
        assertThatThrownBy(broken::join).hasMessageContaining("the residual grows");
    }

    @BeforeEach
    void open() {
        window = chromium.window(ColorScheme.LIGHT);
        page = window.newPage();
        page.navigate(url);
        page.waitForSelector("[data-state=live]");
    }

    @AfterEach
    void close() {
        if (window != null) {
            window.close();
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    @AfterAll
    void stop() {
        if (study != null) {
            study.close();
            client.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void everyPageOpensInLightAndDarkAndPassesAxe() {
        for (final String theme : List.of("light", "dark")) {
            page.waitForSelector("html[data-theme=" + theme + "]");
            for (final String name : PAGES) {
                Chromium.show(page, name);
                page.waitForTimeout(400);
                Chromium.keep(page, name + "-" + theme);
                Chromium.checkAccess(page, name + " " + theme);
            }
            page.getByLabel("Switch between light and dark").click();
        }
    }

    @Test
    void theTokenDoesNotStayInTheAddressAndAReloadStillWorks() {
        assertThat(page.url()).doesNotContain("token");
        page.reload();
        page.waitForSelector("[data-state=live]");
    }

    @Test
    void figuresAndProgressMoveWhileOneLooks() {
        Chromium.until(page, "document.querySelector('[data-figure=workers]').textContent === '3'");
        Chromium.until(page, "Number(document.querySelector('.stream canvas').dataset.seen) > 100");
        final String seen = "Number(document.querySelector('.stream canvas').dataset.seen)";
        final double before = ((Number) page.evaluate(seen)).doubleValue();
        Chromium.until(page, seen + " > " + (before + 50));
        assertThat(page.locator(".progress li").count()).isGreaterThanOrEqualTo(3);
        Chromium.until(page, "document.querySelector('.findings').textContent.includes('gpu')");
    }

    @Test
    void theTaskStreamZoomsByWheelAndDragAndFollowsAgain() {
        Chromium.until(page, "Number(document.querySelector('.stream canvas').dataset.seen) > 100");
        final Locator canvas = page.locator(".stream canvas");
        final double wide = span(canvas);
        final BoundingBox box = Objects.requireNonNull(canvas.boundingBox());
        page.mouse().move(box.x + box.width * 0.7, box.y + box.height / 2);
        page.mouse().wheel(0, -400);
        page.waitForSelector(".stream canvas[data-following=false]");
        final double zoomed = span(canvas);
        assertThat(zoomed).isLessThan(wide * 0.8);
        page.mouse().move(box.x + box.width * 0.5, box.y + box.height / 2);
        page.mouse().down();
        page.mouse().move(box.x + box.width * 0.6, box.y + box.height / 2 + 2);
        page.mouse().up();
        assertThat(span(canvas)).isLessThan(zoomed * 0.2);
        canvas.focus();
        page.keyboard().press("ArrowRight");
        page.keyboard().press("-");
        page.keyboard().press("Escape");
        page.waitForSelector(".stream canvas[data-following=true]");
    }

    private static double span(final Locator canvas) {
        return Double.parseDouble(Objects.requireNonNull(canvas.getAttribute("data-span")));
    }

    @Test
    void workersSortByAClickAndByTheKeyboard() {
        Chromium.show(page, "workers");
        Chromium.until(page, "document.querySelectorAll('tbody tr').length === 3");
        final List<String> names = page.locator("tbody tr td:first-child").allTextContents();
        final Locator head = page.locator("th button").first();
        head.click();
        page.waitForSelector("th[aria-sort=descending]");
        Chromium.until(page, "document.querySelector('tbody td').textContent === of", names.get(2));
        head.press("Enter");
        page.waitForSelector("th[aria-sort=ascending]");
        Chromium.until(page, "document.querySelector('tbody td').textContent === of", names.get(0));
    }

    @Test
    void aTaskSaysWhyItWaitsAndAFailedOneHow() {
        Chromium.show(page, "tasks?state=erred");
        page.getByText("broken <script>").click();
        page.waitForSelector("main[data-page=task] pre");
        assertThat(page.locator("h1").textContent()).isEqualTo("broken <script>alert(1)</script>");
        assertThat(page.locator("pre").textContent()).contains("the residual grows: <script>");
        Chromium.keep(page, "task-erred");
        Chromium.checkAccess(page, "task");
        Chromium.show(page, "tasks?state=no-worker");
        page.getByText("stuck").click();
        page.waitForSelector("main[data-page=task] .why");
        assertThat(page.locator(".why").textContent()).contains("gpu");
        Chromium.keep(page, "task-stuck");
    }

    @Test
    void aBoxOfTheTaskStreamOpensItsTask() {
        Chromium.until(page, "Number(document.querySelector('.stream canvas').dataset.seen) > 100");
        final BoundingBox box =
                Objects.requireNonNull(page.locator(".stream canvas").boundingBox());
        for (int i = 0; i < 40 && !page.url().contains("task/"); i++) {
            page.mouse().click(box.x + box.width * (0.95 - i * 0.01), box.y + 20);
        }
        page.waitForSelector("main[data-page=task] h1");
        Chromium.until(
                page,
                "document.querySelector('main').textContent.includes('Where it ran')"
                        + " || document.querySelector('main').textContent.includes('does not know')");
    }

    @Test
    void theKeyboardReachesEveryPage() {
        page.keyboard().press("Tab");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("skip");
        page.keyboard().press("Tab");
        for (final String name : PAGES) {
            page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.getAttribute('href')"))
                    .isEqualTo("#" + name);
        }
        page.keyboard().press("Enter");
        page.waitForSelector("main[data-page=logs]");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("main");
    }

    @Test
    void aHiddenTabHasNoStream() {
        page.evaluate("() => { Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
                + "document.dispatchEvent(new Event('visibilitychange')); }");
        page.waitForSelector("[data-state=paused]");
        page.evaluate("() => { Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
                + "document.dispatchEvent(new Event('visibilitychange')); }");
        page.waitForSelector("[data-state=live]");
    }

    @Test
    void thePerformanceReportShowsWhatRan(@TempDir final Path folder) {
        final Path file = folder.resolve("report.html");
        client.performanceReport(file);
        page.navigate(file.toUri().toString());
        Chromium.until(page, "Number(document.querySelector('.stream canvas').dataset.seen) > 100");
        assertThat(page.locator("#part-0").textContent()).contains("residual").contains("loadCells");
        assertThat(page.locator("#part-3").textContent()).contains("w-0");
        Chromium.until(page, "document.querySelector('#part-4').textContent.includes('Network in')");
        Chromium.keep(page, "report");
    }

    @Test
    void everyThingAPageLoadsIsItsOwn() {
        final List<?> urls = (List<?>) Objects.requireNonNull(
                page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).origin)"));
        assertThat(urls).isNotEmpty().allMatch(origin -> url.startsWith(String.valueOf(origin)));
    }
}
