package io.muster.progress;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bars, one below the other, that are drawn over on a terminal, ten times a second at most; in a log file a line every five seconds, less
 * often when it takes long. Safe for use by several threads.
 */
public final class ProgressBars implements AutoCloseable {
    /*
     * On a terminal the cursor stays behind the last bar, and goes up from there to draw anew. Two of these would draw over each other, so
     * the first one to draw has the screen until it is closed, and the others wait. What else is written to the terminal meanwhile is
     * drawn over or pushes the bars down; that is the same for all programs that draw over lines.
     */
    private static final long REDRAW_NS = 100_000_000;
    private static final long LINE_NS = 5_000_000_000L;
    private static final long LONGEST_LINE_NS = 60_000_000_000L;
    private static final int MAX_BARS = 8;
    private static final int MAX_NAMED = 4;
    private static final int LEAST_BAR = 5;
    private static final int LEAST_LABEL = 9;
    private static final AtomicReference<@Nullable ProgressBars> SCREEN = new AtomicReference<>();

    private final PrintWriter out;
    private final Terminal terminal;
    private final LongSupplier nanoClock;
    private final long startNs;
    private final Thread lastWords = new Thread(this::close, "muster-progress-end");
    private List<Bar> bars = List.of();
    private List<Bar> shown = List.of();
    private long shownNs;
    private int drawn;
    private boolean closed;

    /**
     * Makes one that shows nothing yet.
     *
     * @param out where to
     * @param terminal what that is shown on
     * @param nanoClock tells the time
     */
    public ProgressBars(final PrintWriter out, final Terminal terminal, final LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        startNs = nanoClock.getAsLong();
        shownNs = terminal.moves() ? startNs - REDRAW_NS : startNs;
    }

    /**
     * Makes one that shows nothing yet, for standard error.
     *
     * @return the bars
     */
    public static ProgressBars onStandardError() {
        final PrintStream err = System.err;
        return new ProgressBars(
                new PrintWriter(err, true, Charset.defaultCharset()),
                Terminal.ofStandardError(System.getenv()),
                System::nanoTime);
    }

    /**
     * Says how far it is; shown when it is time to.
     *
     * @param now a bar for each kind of work
     */
    public synchronized void show(final List<Bar> now) {
        bars = List.copyOf(now);
        final long nowNs = nanoClock.getAsLong();
        if (closed || bars.isEmpty()) {
            return;
        }
        if (!terminal.moves()) {
            final long dueNs = Math.min(LONGEST_LINE_NS, Math.max(LINE_NS, (nowNs - startNs) / 20));
            if (nowNs - shownNs >= dueNs) {
                log(nowNs);
            }
        } else if (nowNs - shownNs >= REDRAW_NS && hasScreen()) {
            draw(nowNs);
        }
    }

    /** Shows the last that was said, and ends the lines. Further calls do nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!bars.isEmpty() && !terminal.moves()) {
            if (!bars.equals(shown)) {
                log(nanoClock.getAsLong());
            }
        } else if (!bars.isEmpty() && hasScreen()) {
            draw(nanoClock.getAsLong());
            out.println();
            out.flush();
        }
        if (SCREEN.compareAndSet(this, null)) {
            forgetLastWords();
        }
    }

    private boolean hasScreen() {
        if (SCREEN.get() != this && SCREEN.compareAndSet(null, this)) {
            try {
                Runtime.getRuntime().addShutdownHook(lastWords);
            } catch (final IllegalStateException e) {
                closed = true;
            }
        }
        return SCREEN.get() == this;
    }

    private void forgetLastWords() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastWords);
        } catch (final IllegalStateException e) {
            closed = true;
        }
    }

    private void draw(final long nowNs) {
        shownNs = nowNs;
        final List<Bar> drawnBars = fewer();
        final StringBuilder text = new StringBuilder("\r");
        if (drawn > 1) {
            text.append("\u001b[").append(drawn - 1).append('A');
        }
        int labels = 0;
        for (final Bar bar : drawnBars) {
            labels = Math.max(labels, bar.label().length());
        }
        final int width = terminal.columns() - 1;
        for (int i = 0; i < Math.max(drawn, drawnBars.size()); i++) {
            text.append(i == 0 ? "" : "\n");
            final String line = i < drawnBars.size()
                    ? line(drawnBars.get(i), Math.min(labels, Math.max(LEAST_LABEL, width / 3)), nowNs)
                    : "";
            text.append(line).append(" ".repeat(Math.max(0, width - line.length())));
        }
        drawn = Math.max(drawn, drawnBars.size());
        out.print(text);
        out.flush();
    }

    /** The first ones, and one for all the others. */
    private List<Bar> fewer() {
        if (bars.size() <= MAX_BARS) {
            return bars;
        }
        final List<Bar> some = new ArrayList<>(bars.subList(0, MAX_BARS - 1));
        final String others = bars.size() - MAX_BARS + 1 + " others";
        some.add(bars.subList(MAX_BARS - 1, bars.size()).stream()
                .reduce((sum, bar) -> sum.plus(bar, others))
                .orElseThrow());
        return some;
    }

    /** What there is room for: the label, a bar, and as many of the figures as fit. */
    private String line(final Bar bar, final int labelWidth, final long nowNs) {
        final int width = terminal.columns() - 1;
        final String label = fitted(bar.label(), labelWidth);
        String figures = "";
        for (final String candidate : figures(bar, nowNs)) {
            figures = candidate;
            if (label.length() + 1 + candidate.length() <= width) {
                break;
            }
        }
        final int room = width - label.length() - figures.length() - 4;
        final int filled = (int) (room * bar.done() / Math.max(1, bar.total()));
        final String drawnBar = room < LEAST_BAR ? "" : "[" + "#".repeat(filled) + "-".repeat(room - filled) + "] ";
        final String line = label + " " + drawnBar + figures;
        return line.length() <= width ? line : line.substring(0, width);
    }

    private static String fitted(final String label, final int width) {
        if (label.length() <= width) {
            return label + " ".repeat(width - label.length());
        }
        return label.substring(0, Math.max(1, width - 1)) + "~";
    }

    private List<String> figures(final Bar bar, final long nowNs) {
        final String time = time(Duration.ofNanos(nowNs - startNs));
        final String failed = bar.failed() == 0 ? "" : " " + bar.failed() + " failed";
        final String count = bar.done() + "/" + bar.total();
        return List.of(
                String.format(Locale.ROOT, "%s %s %7s/s %6s%s", count, bar.unit(), rate(bar, nowNs), time, failed),
                count + " " + time + failed,
                count + failed,
                count,
                100 * bar.done() / Math.max(1, bar.total()) + "%");
    }

    private String rate(final Bar bar, final long nowNs) {
        final double seconds = (nowNs - startNs) / 1e9;
        final double rate = seconds > 0 ? bar.done() / seconds : 0;
        return String.format(Locale.ROOT, rate < 100 ? "%.1f" : "%.0f", rate);
    }

    private void log(final long nowNs) {
        shownNs = nowNs;
        shown = bars;
        final Bar all = bars.stream().reduce((sum, bar) -> sum.plus(bar, "")).orElseThrow();
        if (bars.size() == 1) {
            out.println(bars.get(0).label() + " " + figures(all, nowNs).get(0));
        } else {
            final StringJoiner parts = new StringJoiner(", ", ": ", "");
            bars.stream()
                    .limit(MAX_NAMED)
                    .forEach(bar -> parts.add(bar.label() + " " + bar.done() + "/" + bar.total()));
            out.println(figures(all, nowNs).get(0) + parts + (bars.size() > MAX_NAMED ? ", …" : ""));
        }
        out.flush();
    }

    /**
     * A time in the units that matter: {@code 0.3s}, {@code 12.5s}, {@code 3m05s}, {@code 2h07m}, {@code 3d04h}.
     *
     * @param time the time
     * @return as text
     */
    public static String time(final Duration time) {
        final long seconds = time.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
        }
        final long hours = time.toHours();
        return hours < 24
                ? String.format(Locale.ROOT, "%dh%02dm", hours, time.toMinutesPart())
                : String.format(Locale.ROOT, "%dd%02dh", time.toDays(), time.toHoursPart());
    }
}
