package io.muster.bench;

import java.util.Locale;

/** A picture as text: lines, marks and words, which a browser shows and a document embeds. */
final class Svg {
    static final int WIDTH = 640;
    static final int HEIGHT = 360;

    private final StringBuilder body = new StringBuilder();
    private final int height;

    Svg(final int height) {
        this.height = height;
    }

    Svg line(final double x1, final double y1, final double x2, final double y2, final String color) {
        return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", x1, y1, x2, y2, color);
    }

    Svg path(final String points, final String color) {
        return add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", points, color);
    }

    Svg dot(final double x, final double y, final String color) {
        return add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", x, y, color);
    }

    /** Words; {@code anchor} is start, middle or end. */
    Svg text(final double x, final double y, final String anchor, final String words) {
        return add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, escaped(words));
    }

    private Svg add(final String format, final Object... values) {
        body.append(String.format(Locale.ROOT, format, values)).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n%s</svg>%n",
                WIDTH,
                height,
                WIDTH,
                height,
                body);
    }

    static String escaped(final String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
