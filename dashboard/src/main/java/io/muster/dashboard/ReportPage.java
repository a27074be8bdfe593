package io.muster.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The performance report as one HTML file: the scripts of the pages in one, and the data as JSON that no name can break out of. */
final class ReportPage {
    private static final List<String> MODULES = List.of(
            "theme.js",
            "dom.js",
            "format.js",
            "colors.js",
            "table.js",
            "chart.js",
            "stream.js",
            "flame.js",
            "history.js",
            "report.js");
    private static final Pattern IMPORT = Pattern.compile("(?ms)^import [^;]*;$");
    private static final Pattern EXPORT = Pattern.compile("(?m)^export (?=class|const|function)");

    private ReportPage() {}

    /**
     * Puts it together.
     *
     * @param json what {@code report.js} reads
     * @return a document that loads nothing
     */
    static String of(final String json) {
        final String style = file("app.css");
        final String script = script();
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '%s'; style-src '%s'">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Performance report – Muster</title>
                <style>%s</style>
                </head>
                <body class="paper">
                <main id="report" class="report"></main>
                <script type="application/json" id="data">%s</script>
                <script>%s</script>
                </body>
                </html>
                """.formatted(hash(script), hash(style), style, escaped(json), script);
    }

    private static String script() {
        final StringBuilder script = new StringBuilder("(function () {\n\"use strict\";\n");
        for (final String module : MODULES) {
            script.append(EXPORT.matcher(IMPORT.matcher(file(module)).replaceAll(""))
                            .replaceAll(""))
                    .append('\n');
        }
        return script.append("})();\n").toString();
    }

    /** JSON that may stand between script tags. */
    private static String escaped(final String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static String hash(final String text) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String file(final String name) {
        try (InputStream file = Objects.requireNonNull(ReportPage.class.getResourceAsStream("web/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException("the jar of the dashboard can't be read", e);
        }
    }
}
