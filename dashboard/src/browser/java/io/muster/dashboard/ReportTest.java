package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The performance report opens from a file, whatever names are in it. */
class ReportTest {
    private static final String EVIL = "</script><script>alert(1)</script>";

    @TempDir
    private Path folder;

    @Test
    void aReportWithEvilNamesOpensFromAFileAndLoadsNothing() throws IOException {
        final CrowdSource crowd = new CrowdSource(1, 10);
        final Map<String, Object> stream = crowd.stream(0, 10_000).toJson();
        final Map<String, Object> data = Map.of(
                "made_us", 1_700_000_000_000_000L,
                "stream", List.of(stream, crowd.stream(10_000, 10_000).toJson()),
                "workers", List.of(Map.of("name", EVIL, "number", 1L, "threads", 2L)),
                "profile",
                        Map.of(
                                "samples",
                                9L,
                                "tree",
                                Map.of(
                                        "name",
                                        "all",
                                        "count",
                                        9L,
                                        "children",
                                        List.of(Map.of("name", EVIL, "count", 9L, "children", List.of())))),
                "system",
                        Map.of(
                                "interval_s",
                                2L,
                                "scheduler",
                                Map.of("cpu", List.of(1L, 2L)),
                                "workers",
                                List.of(Map.of("number", 1L, "net_read_per_s", List.of(5L, 7L)))));
        final Path file = folder.resolve("report.html");
        Files.writeString(file, ReportPage.of(Json.write(data)));
        try (Chromium chromium = new Chromium()) {
            final Page page = chromium.window(ColorScheme.LIGHT).newPage();
            page.navigate(file.toUri().toString());
            Chromium.until(page, "Number(document.querySelector('.stream canvas').dataset.seen) > 19000");
            assertThat(page.locator("h2").allTextContents())
                    .startsWith("Summary", "Task stream", "Profile", "Workers", "Bandwidth and system");
            assertThat(page.locator("td").allTextContents()).contains(EVIL);
            assertThat(page.locator("script").count()).isEqualTo(2);
            assertThat(page.evaluate("performance.getEntriesByType('resource').length"))
                    .isEqualTo(0);
            Chromium.checkAccess(page, "report");
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots/report-evil.png"))
                    .setFullPage(true));
            assertThat(chromium.complaints()).isEmpty();
        }
    }
}
