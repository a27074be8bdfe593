package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.muster.LocalCluster;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.SchedulerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page that is left open while its scheduler is restarted says so, and goes on with the new one. */
class RestartTest {
    @Test
    void aPageLeftOpenOverARestartSaysSoAndRecovers() throws IOException {
        try (Chromium chromium = new Chromium()) {
            final String port = freePort();
            final BrowserContext window = chromium.window(ColorScheme.LIGHT);
            final Page page = window.newPage();
            try (LocalCluster cluster = cluster(port, 1)) {
                page.navigate(cluster.dashboardLink());
                Chromium.until(page, "document.querySelector('[data-figure=workers]').textContent === '1'");
            }
            page.waitForSelector("[data-state=lost]");
            assertThat(page.locator("#notice").textContent()).startsWith("The scheduler does not answer.");
            try (LocalCluster cluster = cluster(port, 2)) {
                page.waitForSelector("[data-state=denied]");
                assertThat(page.locator("#notice").textContent())
                        .contains("was restarted")
                        .contains("muster info");
                window.newPage().navigate(cluster.dashboardLink());
                page.waitForSelector("[data-state=live]");
                Chromium.until(page, "document.querySelector('#notice').textContent.includes('this is the new one')");
                Chromium.until(page, "document.querySelector('[data-figure=workers]').textContent === '2'");
            }
        }
    }

    @Test
    void aSchedulerWithTheSameFileGoesOnInTheSamePage(@TempDir final Path directory) throws IOException {
        final Settings settings = Settings.defaults()
                .with(
                        Options.SCHEDULER_FILE,
                        directory.resolve("scheduler.json").toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                .with(Options.DASHBOARD_PORT, Integer.parseInt(freePort()));
        try (Chromium chromium = new Chromium()) {
            final Page page = chromium.window(ColorScheme.LIGHT).newPage();
            final String link;
            try (SchedulerServer first = SchedulerServer.start(settings)) {
                link = first.dashboardUrl();
                page.navigate(link);
                page.waitForSelector("[data-state=live]");
                Chromium.until(page, "document.querySelector('#vitals').textContent.includes('workers')");
            }
            page.waitForSelector("[data-state=lost]");
            try (SchedulerServer second = SchedulerServer.start(settings)) {
                assertThat(second.dashboardUrl()).isEqualTo(link);
                page.waitForSelector("[data-state=live]");
                Chromium.until(page, "document.querySelector('#notice').textContent.includes('this is the new one')");
            }
        }
    }

    private static LocalCluster cluster(final String port, final int workers) {
        return LocalCluster.builder()
                .processes(true)
                .workers(workers)
                .threadsPerWorker(1)
                .set("dashboard.port", port)
                .start();
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }
}
