package io.muster.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves over an axis in powers of ten, or values with their intervals on one. */
final class Plot {
    static final String[] COLORS = {"#1f6feb", "#d1570a", "#2da44e", "#8250df", "#bf3989", "#57606a"};

    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int ROW = 26;
    private static final int NAMES = 220;
    private static final int STEPS = 5;
    private static final String GRID = "#ddd";
    private static final String INK = "#24292f";

    /**
     * A curve.
     *
     * @param name what it is of
     * @param xs rising or falling, greater than 0
     * @param ys as many
     */
    record Curve(String name, double[] xs, double[] ys) {}

    /**
     * A value with its interval.
     *
     * @param name what it is of
     * @param value greater than 0
     * @param from where the interval begins
     * @param to where it ends
     */
    record Interval(String name, double value, double from, double to) {}

    private Plot() {}

    /** Curves; the vertical axis begins at 0. */
    static String curves(final String title, final String across, final String up, final List<Curve> curves) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        double highest = 0;
        for (final Curve curve : curves) {
            for (int i = 0; i < curve.xs().length; i++) {
                least = Math.min(least, curve.xs()[i]);
                most = Math.max(most, curve.xs()[i]);
                highest = Math.max(highest, curve.ys()[i]);
            }
        }
        final Axis axis = new Axis(least, most, LEFT, Svg.WIDTH - RIGHT);
        final double top = rounded(highest);
        final double bottom = Svg.HEIGHT - BOTTOM;
        final Svg svg = new Svg(Svg.HEIGHT);
        svg.text(LEFT, 20, "start", title);
        for (int i = 0; i <= STEPS; i++) {
            final double y = bottom - (bottom - TOP) * i / STEPS;
            svg.line(LEFT, y, Svg.WIDTH - RIGHT, y, GRID).text(LEFT - 6, y + 4, "end", number(top * i / STEPS));
        }
        axis.draw(svg, TOP, bottom);
        svg.text(Svg.WIDTH / 2.0, Svg.HEIGHT - 10, "middle", across).text(6, TOP - 8, "start", up);
        for (int i = 0; i < curves.size(); i++) {
            final Curve curve = curves.get(i);
            final String color = COLORS[i % COLORS.length];
            final StringBuilder points = new StringBuilder();
            for (int j = 0; j < curve.xs().length; j++) {
                final double x = axis.at(curve.xs()[j]);
                final double y = bottom - (bottom - TOP) * curve.ys()[j] / top;
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
                svg.dot(x, y, color);
            }
            final double y = TOP + 16 + 16.0 * i;
            svg.path(points.toString().strip(), color)
                    .line(LEFT + 10, y - 4, LEFT + 30, y - 4, color)
                    .text(LEFT + 36, y, "start", curve.name());
        }
        return svg.toString();
    }

    /** Values with their intervals, one below the other, and a line at 1. */
    static String intervals(final String title, final String across, final List<Interval> intervals) {
        double least = 1;
        double most = 1;
        for (final Interval interval : intervals) {
            least = Math.min(least, interval.from());
            most = Math.max(most, interval.to());
        }
        final Axis axis = new Axis(least, most, NAMES, Svg.WIDTH - RIGHT);
        final double bottom = TOP + ROW * intervals.size();
        final Svg svg = new Svg((int) bottom + BOTTOM);
        svg.text(6, 20, "start", title);
        axis.draw(svg, TOP, bottom);
        svg.line(axis.at(1), TOP, axis.at(1), bottom, INK);
        svg.text((NAMES + Svg.WIDTH) / 2.0, bottom + BOTTOM - 10, "middle", across);
        for (int i = 0; i < intervals.size(); i++) {
            final Interval interval = intervals.get(i);
            final double y = TOP + ROW * (i + 0.5);
            final String color = COLORS[interval.value() < 1 ? 1 : 0];
            svg.text(NAMES - 8, y + 4, "end", interval.name())
                    .line(axis.at(interval.from()), y, axis.at(interval.to()), y, color)
                    .dot(axis.at(interval.value()), y, color);
        }
        return svg.toString();
    }

    /** The least of 1, 2, 2.5 and 5 times a power of ten that is not below a value. */
    private static double rounded(final double value) {
        if (value <= 0) {
            return 1;
        }
        final double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (final double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= value) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(final double value) {
        if (value >= 1_000_000) {
            return plain(value / 1_000_000) + " M";
        }
        return value >= 10_000 ? plain(value / 1_000) + " k" : plain(value);
    }

    private static String plain(final double value) {
        return value == 0
                ? "0"
                : new BigDecimal(value)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    /** Powers of ten from left to right. */
    private record Axis(double from, double to, double left, double right) {
        Axis {
            from = Math.log10(from);
            to = Math.max(from + 1, Math.log10(to));
        }

        double at(final double value) {
            return left + (right - left) * (Math.log10(value) - from) / (to - from);
        }

        void draw(final Svg svg, final double top, final double bottom) {
            for (final double power : powers()) {
                final double x = at(Math.pow(10, power));
                svg.line(x, top, x, bottom, GRID).text(x, bottom + 18, "middle", number(Math.pow(10, power)));
            }
        }

        private List<Double> powers() {
            final List<Double> powers = new ArrayList<>();
            for (double power = Math.ceil(from - 1e-9); power <= to + 1e-9; power++) {
                powers.add(power);
            }
            return powers;
        }
    }
}
