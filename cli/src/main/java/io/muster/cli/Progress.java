package io.muster.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How far a number of tasks is: a bar that moves on a terminal, in a log file a line for every tenth. */
final class Progress implements AutoCloseable {
    private static final long REDRAW_NS = 100_000_000;
    private static final int TENTHS = 10;
    private static final int LEAST_BAR = 5;

    private final PrintWriter out;
    private final Terminal terminal;
    private final LongSupplier nanoClock;
    private final String label;
    private final int total;
    private final long startNs;
    private long drawnNs;
    private int drawn = -1;
    private int done;

    Progress(
            final PrintWriter out,
            final Terminal terminal,
            final LongSupplier nanoClock,
            final String label,
            final int total) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.label = label;
        this.total = total;
        startNs = nanoClock.getAsLong();
        drawnNs = startNs - REDRAW_NS;
        show();
    }

    /** One more is done. */
    void step() {
        done++;
        show();
    }

    /** Ends the bar's line. */
    @Override
    public void close() {
        if (terminal.moves()) {
            draw(nanoClock.getAsLong());
            out.println();
            out.flush();
        }
    }

    private void show() {
        final long nowNs = nanoClock.getAsLong();
        if (terminal.moves()) {
            if (nowNs - drawnNs >= REDRAW_NS) {
                draw(nowNs);
            }
        } else if (done > 0 && tenths(done) > tenths(done - 1)) {
            out.println(label + " " + figures(nowNs));
            out.flush();
        }
    }

    private int tenths(final int count) {
        return (int) ((long) count * TENTHS / total);
    }

    private void draw(final long nowNs) {
        if (drawn == done && nowNs - drawnNs < REDRAW_NS) {
            return;
        }
        drawn = done;
        drawnNs = nowNs;
        final String figures = figures(nowNs);
        final int room = terminal.columns() - label.length() - figures.length() - 5;
        final int filled = (int) ((long) room * done / Math.max(1, total));
        final String bar = room < LEAST_BAR ? "" : "[" + "#".repeat(filled) + "-".repeat(room - filled) + "] ";
        final int width = terminal.columns() - 1;
        out.print("\r" + String.format("%-" + width + "." + width + "s", label + " " + bar + figures));
        out.flush();
    }

    private String figures(final long nowNs) {
        final double seconds = (nowNs - startNs) / 1e9;
        final double rate = seconds > 0 ? done / seconds : 0;
        return String.format(
                Locale.ROOT,
                "%d/%d tasks %7s/s %6s",
                done,
                total,
                String.format(Locale.ROOT, rate < 100 ? "%.1f" : "%.0f", rate),
                Texts.time(Duration.ofNanos(nowNs - startNs)));
    }
}
