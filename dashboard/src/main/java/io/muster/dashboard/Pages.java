package io.muster.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files that make the pages, as they lie in the jar. */
final class Pages {
    private static final String FOLDER = "web/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    private Pages() {}

    /** The file of a path; null if there is none. */
    static @Nullable Response find(final String path) {
        final String name = path.equals("/") ? "index.html" : path.substring(1);
        final String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || !name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")) {
            return null;
        }
        try (InputStream file = Pages.class.getResourceAsStream(FOLDER + name)) {
            return file == null ? null : Response.of(200, type, file.readAllBytes());
        } catch (final IOException e) {
            throw new UncheckedIOException("the jar of the dashboard can't be read", e);
        }
    }
}
