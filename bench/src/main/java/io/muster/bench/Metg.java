package io.muster.bench;

import io.muster.MusterException;
import java.util.List;

/**
 * The minimum effective task granularity: how short tasks may be for half of the peak to be reached.
 *
 * @param granularityUs in microseconds
 * @param reached whether shorter tasks fell below half of the peak; if not, the true value is smaller
 * @param leastUs the least granularity that was seen at any efficiency, in microseconds
 */
record Metg(double granularityUs, boolean reached, double leastUs) {
    private static final double EFFICIENT = 0.5;

    /** Finds it between measured points, from long tasks to short ones; interpolates linearly. */
    static Metg of(final List<Point> points, final double peak) {
        double leastUs = Double.POSITIVE_INFINITY;
        int last = -1;
        for (int i = 0; i < points.size(); i++) {
            leastUs = Math.min(leastUs, points.get(i).granularityUs());
            if (points.get(i).flopsPerS() >= EFFICIENT * peak) {
                last = i;
            }
        }
        if (last < 0) {
            throw new MusterException("points=" + points.size()
                    + " must have one with half of the peak: use more iterations in the first run");
        }
        final Point good = points.get(last);
        if (last + 1 == points.size()) {
            return new Metg(good.granularityUs(), false, leastUs);
        }
        final Point bad = points.get(last + 1);
        final double share = (good.flopsPerS() - EFFICIENT * peak) / (good.flopsPerS() - bad.flopsPerS());
        return new Metg(good.granularityUs() + share * (bad.granularityUs() - good.granularityUs()), true, leastUs);
    }

    static double[] granularitiesUs(final List<Point> points) {
        return points.stream().mapToDouble(Point::granularityUs).toArray();
    }

    /** Shares of the peak. */
    static double[] efficiencies(final List<Point> points, final double peak) {
        return points.stream().mapToDouble(point -> point.flopsPerS() / peak).toArray();
    }

    /**
     * A run.
     *
     * @param granularityUs its wall time × cores / tasks, in microseconds
     * @param flopsPerS what its kernels did
     */
    record Point(double granularityUs, double flopsPerS) {}
}
