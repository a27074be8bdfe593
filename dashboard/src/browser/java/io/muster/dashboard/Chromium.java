package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless Chromium of this host; the tests that ask for one are skipped where there is none. */
final class Chromium implements AutoCloseable {
    static final int WIDTH = 1440;
    static final int HEIGHT = 900;

    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    Chromium() {
        final Path executable = find();
        assumeTrue(executable != null, "there is no chromium on the PATH");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of("--no-sandbox")));
    }

    /** A window of its own, with its own cookies; what its pages complain about is kept. */
    BrowserContext window(final ColorScheme scheme) {
        final BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(WIDTH, HEIGHT).setColorScheme(scheme));
        context.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())) {
                complaints.add(message.type() + ": " + message.text() + " at " + message.location());
            }
        });
        context.onWebError(error -> complaints.add("uncaught: " + error.error()));
        context.setDefaultTimeout(20_000);
        return context;
    }

    /** What pages complained about since the last time. */
    List<String> complaints() {
        final List<String> all = new ArrayList<>(complaints);
        complaints.clear();
        return all;
    }

    /** Goes to one of the pages, and waits until it is there. */
    static void show(final Page page, final String name) {
        page.evaluate("name => { location.hash = '#' + name; }", name);
        page.waitForSelector("main[data-page=" + name.replaceAll("[/?].*", "") + "]");
        page.waitForSelector("main .panel");
    }

    static void until(final Page page, final String expression) {
        until(page, expression, null);
    }

    /** Waits until an expression, maybe of a value, is true on a page; what Playwright has for that is forbidden by the dashboard's policy. */
    static void until(final Page page, final String expression, final @Nullable Object of) {
        final long endNs = System.nanoTime() + PATIENCE_NS;
        while (!Boolean.TRUE.equals(page.evaluate("of => " + expression, of))) {
            assertThat(System.nanoTime())
                    .as("waited in vain for " + expression + " on " + page.url())
                    .isLessThan(endNs);
            page.waitForTimeout(50);
        }
    }

    /** Keeps a picture below target/screenshots. */
    static void keep(final Page page, final String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    /** Fails with what axe-core finds that is serious or critical. */
    static void checkAccess(final Page page, final String name) {
        if (Boolean.FALSE.equals(page.evaluate("'axe' in window"))) {
            page.evaluate(axe());
        }
        final Object violations = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations"
                + ".filter(v => v.impact === 'serious' || v.impact === 'critical')"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 5).join(' | '))");
        assertThat((List<?>) Objects.requireNonNull(violations))
                .as("axe on " + name)
                .isEmpty();
    }

    private static String axe() {
        try (InputStream script = Objects.requireNonNull(Chromium.class.getResourceAsStream("/axe/axe.min.js"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Path find() {
        final String named = System.getProperty("muster.browser");
        final Stream<Path> candidates = named != null
                ? Stream.of(Path.of(named))
                : Arrays.stream(Objects.requireNonNullElse(System.getenv("PATH"), "")
                                .split(File.pathSeparator))
                        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                                .map(name -> Path.of(folder, name)));
        return candidates.filter(Files::isExecutable).findFirst().orElse(null);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
