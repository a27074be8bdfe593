package io.muster.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network in virtual time in which each worker sends and receives so many bytes in a second, and transfers share that max-min fairly:
 * none could be faster without one that is no faster being slower. What goes from one worker to another goes in turn.
 */
public final class FairNetwork {
    private static final double NEARLY_ZERO_BYTES = 1e-6;

    private final VirtualClock clock;
    private final int workers;
    private final double bytesPerSecond;
    private final @Nullable Flow[] flows;
    private final List<Flow> active = new ArrayList<>();
    private final double[] capacity;
    private final int[] unfrozen;
    private double settledAt;
    private double sentBytes;
    private boolean mustShare;
    private long version;

    /**
     * Makes a network on which nothing is sent.
     *
     * @param clock the time
     * @param workers how many workers there are
     * @param bytesPerSecond what each sends, and receives, at most
     */
    public FairNetwork(final VirtualClock clock, final int workers, final double bytesPerSecond) {
        this.clock = clock;
        this.workers = workers;
        this.bytesPerSecond = bytesPerSecond;
        flows = new Flow[workers * workers];
        capacity = new double[2 * workers];
        unfrozen = new int[2 * workers];
    }

    /**
     * Sends something.
     *
     * @param from the worker that has it
     * @param to the worker that gets it
     * @param bytes how much it is
     * @param arrived called when all of it is there
     */
    public void send(final int from, final int to, final double bytes, final Runnable arrived) {
        sentBytes += bytes;
        if (bytes <= NEARLY_ZERO_BYTES) {
            clock.after(0, arrived);
            return;
        }
        Flow flow = flows[from * workers + to];
        if (flow == null) {
            flow = new Flow(from, workers + to);
            flows[from * workers + to] = flow;
        }
        flow.waiting.add(new Transfer(bytes, arrived));
        if (flow.waiting.size() == 1) {
            settle();
            flow.left = bytes;
            active.add(flow);
            shareAnew();
        }
    }

    /**
     * What was sent so far.
     *
     * @return in bytes
     */
    public double sentBytes() {
        return sentBytes;
    }

    private void shareAnew() {
        if (!mustShare) {
            mustShare = true;
            clock.after(0, this::share);
        }
    }

    private void settle() {
        final double elapsed = clock.now() - settledAt;
        settledAt = clock.now();
        for (final Flow flow : active) {
            flow.left -= flow.rate * elapsed;
        }
    }

    private void share() {
        mustShare = false;
        settle();
        Arrays.fill(capacity, bytesPerSecond);
        Arrays.fill(unfrozen, 0);
        for (final Flow flow : active) {
            flow.rate = -1;
            unfrozen[flow.up]++;
            unfrozen[flow.down]++;
        }
        for (int left = active.size(); left > 0; ) {
            final int link = narrowest();
            final double rate = Math.max(0, capacity[link]) / unfrozen[link];
            for (final Flow flow : active) {
                if (flow.rate < 0 && (flow.up == link || flow.down == link)) {
                    flow.rate = rate;
                    left--;
                    leave(flow.up, rate);
                    leave(flow.down, rate);
                }
            }
        }
        expectNext();
    }

    private void leave(final int link, final double rate) {
        capacity[link] -= rate;
        unfrozen[link]--;
    }

    private int narrowest() {
        int best = -1;
        for (int link = 0; link < capacity.length; link++) {
            if (unfrozen[link] > 0 && (best < 0 || capacity[link] * unfrozen[best] < capacity[best] * unfrozen[link])) {
                best = link;
            }
        }
        return best;
    }

    private void expectNext() {
        double soonest = Double.POSITIVE_INFINITY;
        for (final Flow flow : active) {
            soonest = Math.min(soonest, Math.max(0, flow.left) / flow.rate);
        }
        final long expected = ++version;
        if (!active.isEmpty()) {
            clock.after(soonest, () -> {
                if (expected == version && !mustShare) {
                    arrive();
                }
            });
        }
    }

    private void arrive() {
        settle();
        final List<Runnable> arrivals = new ArrayList<>();
        boolean isAnyOver = false;
        for (int i = 0; i < active.size(); i++) {
            final Flow flow = active.get(i);
            if (flow.left > Math.max(NEARLY_ZERO_BYTES, flow.rate * 1e-9)) {
                continue;
            }
            arrivals.add(flow.waiting.remove().arrived);
            final Transfer next = flow.waiting.peek();
            if (next != null) {
                flow.left = next.bytes;
            } else {
                active.remove(i--);
                isAnyOver = true;
            }
        }
        if (isAnyOver) {
            shareAnew();
        } else {
            expectNext();
        }
        arrivals.forEach(Runnable::run);
    }

    /** What one worker sends to another: the first transfer is under way. */
    private static final class Flow {
        final int up;
        final int down;
        final Deque<Transfer> waiting = new ArrayDeque<>();
        double left;
        double rate;

        Flow(final int up, final int down) {
            this.up = up;
            this.down = down;
        }
    }

    private record Transfer(double bytes, Runnable arrived) {}
}
