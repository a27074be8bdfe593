package io.muster;

import io.muster.config.DurationText;
import io.muster.scheduler.TaskTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How tasks are to be run: immutable; each method gives a changed copy. Used through {@link Client#with}.
 *
 * <p>Defaults: a key made from the function's name, no retries, priority 0, any worker, no resources, no time limit, as many runs as it
 * takes, nothing known of how long it runs.
 */
public final class TaskOptions {
    /** The longest key, in characters: {@value}. */
    public static final int MAX_KEY_LENGTH = 1024;

    /** The most retries: {@value}. */
    public static final int MAX_RETRIES = Short.MAX_VALUE;

    /** As many {@link #replicas} as there are workers: {@value}. */
    public static final int EVERYWHERE = Integer.MAX_VALUE;

    static final TaskOptions DEFAULT = new TaskOptions(new Draft());

    private static final Pattern RESOURCE = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final double MAX_AMOUNT = 1e15;

    private final @Nullable String key;
    private final TaskTerms terms;
    private final boolean allowOtherWorkers;
    private final long timeoutNs;
    private final boolean once;
    private final int replicas;

    private TaskOptions(final Draft draft) {
        this.key = draft.key;
        this.terms = draft.terms();
        this.allowOtherWorkers = draft.allowOtherWorkers;
        this.timeoutNs = draft.timeoutNs;
        this.once = draft.once;
        this.replicas = draft.replicas;
    }

    /** A copy with one thing changed. */
    private TaskOptions changed(final Consumer<Draft> change) {
        final Draft draft = new Draft();
        draft.key = key;
        draft.retries = terms.retries();
        draft.priority = terms.priority();
        draft.workers = terms.workers();
        draft.allowOtherWorkers = allowOtherWorkers;
        draft.resources = terms.resources();
        draft.timeoutNs = timeoutNs;
        draft.once = once;
        draft.replicas = replicas;
        draft.expectedUs = terms.expectedUs();
        change.accept(draft);
        return new TaskOptions(draft);
    }

    /** What options are made from; at first the defaults. */
    private static final class Draft {
        private @Nullable String key;
        private int retries;
        private int priority;
        private List<String> workers = List.of();
        private boolean allowOtherWorkers;
        private Map<String, Double> resources = Map.of();
        private long timeoutNs;
        private boolean once;
        private int replicas = 1;
        private long expectedUs;

        private TaskTerms terms() {
            final TaskTerms terms =
                    new TaskTerms(priority, retries, workers, resources, TaskTerms.NO_PARENT, expectedUs);
            return terms.equals(TaskTerms.NONE) ? TaskTerms.NONE : terms;
        }
    }

    /**
     * Sets the name under which the task is known to people. {@code map} appends {@code -0}, {@code -1} and so on.
     * While a future of that key is held, the same function of the same inputs gives that future again, and anything
     * else is refused.
     *
     * @param value 1 to {@value #MAX_KEY_LENGTH} characters, none of them a control character
     * @return the changed options
     */
    public TaskOptions key(final String value) {
        checkKey(value);
        return changed(draft -> draft.key = value);
    }

    /**
     * Sets how often a failed run is repeated.
     *
     * @param value 0 to {@value #MAX_RETRIES}
     * @return the changed options
     */
    public TaskOptions retries(final int value) {
        if (value < 0 || value > MAX_RETRIES) {
            throw new IllegalArgumentException("retries=" + value + " must be >= 0 and <= " + MAX_RETRIES);
        }
        return changed(draft -> draft.retries = value);
    }

    /**
     * Sets the priority.
     *
     * @param value higher runs earlier
     * @return the changed options
     */
    public TaskOptions priority(final int value) {
        return changed(draft -> draft.priority = value);
    }

    /**
     * Sets the workers that may run the task. Copies of its result that are asked for are made on these too, and it is moved to none but
     * these, unless {@link #allowOtherWorkers} or the result would be lost with the last of them.
     *
     * @param namesOrHosts names or hosts of workers; none: any worker
     * @return the changed options
     */
    public TaskOptions workers(final String... namesOrHosts) {
        return workers(List.of(namesOrHosts));
    }

    /**
     * Sets the workers that may run the task. Copies of its result that are asked for are made on these too, and it is moved to none but
     * these, unless {@link #allowOtherWorkers} or the result would be lost with the last of them.
     *
     * @param namesOrHosts names or hosts of workers; empty: any worker
     * @return the changed options
     */
    public TaskOptions workers(final List<String> namesOrHosts) {
        for (final String worker : namesOrHosts) {
            if (worker.isBlank() || hasControlCharacter(worker)) {
                throw new IllegalArgumentException(
                        "worker=" + quoted(worker) + " must not be blank and have no control characters");
            }
        }
        return changed(draft -> draft.workers = List.copyOf(namesOrHosts));
    }

    /**
     * Allows other workers while none of the named ones is there.
     *
     * @param value whether to allow it; needs {@link #workers(String...)}
     * @return the changed options
     */
    public TaskOptions allowOtherWorkers(final boolean value) {
        return changed(draft -> draft.allowOtherWorkers = value);
    }

    /**
     * Sets how much of something the task needs while it runs, besides a thread. It runs only on workers that have as much, and no more
     * tasks run there at once than what they have is enough for. Workers say what they have with {@code worker.resources}.
     *
     * @param name 1 to 128 letters, digits and {@code . _ -}, such as {@code gpu}
     * @param amount 0 or more; 0: none after all
     * @return the changed options
     */
    public TaskOptions resource(final String name, final double amount) {
        if (!RESOURCE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "resource=" + quoted(name) + " must be 1 to 128 letters, digits, dots, dashes and underscores");
        }
        if (!(amount >= 0 && amount < MAX_AMOUNT)) {
            throw new IllegalArgumentException("resource " + name + "=" + amount + " must be >= 0 and < " + MAX_AMOUNT);
        }
        final Map<String, Double> more = new TreeMap<>(terms.resources());
        if (amount > 0) {
            more.put(name, amount);
        } else {
            more.remove(name);
        }
        return changed(draft -> draft.resources = Collections.unmodifiableMap(more));
    }

    /**
     * Sets how long a run may take, waiting for other tasks included, from the start of the user's code. One that takes longer is
     * interrupted and fails with {@link TaskTimeoutException}, after which {@link #retries} apply. Code that goes on all the same for
     * {@code worker.interrupt-patience} is left behind on its thread; another thread takes its place.
     *
     * @param value more than 0
     * @return the changed options
     */
    public TaskOptions timeout(final Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout=" + value + " must be > 0");
        }
        return changed(draft -> draft.timeoutNs = Waiting.nanos(value));
    }

    /**
     * Has the task begin at most once, for what must not happen twice, such as charging an account. If the worker is lost while it runs,
     * the task fails with {@link UnknownOutcomeException} instead of running again, and neither does it run again when its result is lost.
     * An exception that it throws is a known outcome: {@link #retries} apply to it, so give none unless the function can stand that. A
     * result that it returns counts even if its {@link #timeout} was over.
     *
     * @return the changed options
     */
    public TaskOptions once() {
        return changed(draft -> draft.once = true);
    }

    /**
     * Sets how many workers shall hold the result, so that it is not lost with one; see {@link Client#replicate}. Of the {@link #workers}
     * that may run the task, where they are named; with {@link Submitter#compute}, the results of the nodes that are asked for.
     *
     * @param copies at least 1, the default; {@link #EVERYWHERE}: all workers
     * @return the changed options
     */
    public TaskOptions replicas(final int copies) {
        return changed(draft -> draft.replicas = checkReplicas(copies));
    }

    /**
     * Sets how long the task is expected to run, where you know. Of tasks that tell, those of a graph go first from which the longest way is
     * left to its end, and a task's place is chosen by its own time instead of by its function's. It is no limit: see {@link #timeout}.
     * With {@link Submitter#compute} it is meant for the nodes that have none of their own: {@link Delayed#expected}.
     *
     * @param value more than 0
     * @return the changed options
     */
    public TaskOptions expected(final Duration value) {
        return changed(draft -> draft.expectedUs = checkExpected(value));
    }

    TaskOptions expectedUs(final long microseconds) {
        return changed(draft -> draft.expectedUs = microseconds);
    }

    static long checkExpected(final Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("expected=" + value + " must be > 0");
        }
        return Math.max(1, Waiting.nanos(value) / 1_000);
    }

    static int checkReplicas(final int copies) {
        if (copies < 1) {
            throw new IllegalArgumentException("copies=" + copies + " must be >= 1; 1 is the result itself");
        }
        return copies;
    }

    static void checkKey(final String key) {
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "key length=" + key.length() + " must be >= 1 and <= " + MAX_KEY_LENGTH + " characters");
        }
        if (hasControlCharacter(key)) {
            throw new IllegalArgumentException("key=" + quoted(key) + " must have no control characters");
        }
    }

    TaskOptions checked() {
        if (allowOtherWorkers && workers().isEmpty()) {
            throw new IllegalArgumentException(
                    "allowOtherWorkers=true must come with workers: name the preferred ones");
        }
        return this;
    }

    TaskOptions numbered(final int index) {
        return key == null ? this : key(key + "-" + index);
    }

    @Nullable
    String key() {
        return key;
    }

    /** What the scheduler is told of a task with these options, if it is submitted by this one. */
    TaskTerms terms(final long parent) {
        return parent == TaskTerms.NO_PARENT ? terms : terms.by(parent);
    }

    List<String> workers() {
        return terms.workers();
    }

    /** 0 for no limit. */
    long timeoutNs() {
        return timeoutNs;
    }

    boolean isOnce() {
        return once;
    }

    int replicas() {
        return replicas;
    }

    /** In microseconds; 0 for unknown. */
    long expectedUs() {
        return terms.expectedUs();
    }

    boolean allowsOtherWorkers() {
        return allowOtherWorkers;
    }

    @Override
    public String toString() {
        final List<String> parts = new ArrayList<>();
        if (key != null) {
            parts.add("key=" + key);
        }
        parts.add("retries=" + terms.retries());
        parts.add("priority=" + terms.priority());
        if (!workers().isEmpty()) {
            parts.add("workers=" + workers() + (allowOtherWorkers ? " or others" : ""));
        }
        terms.resources().forEach((name, amount) -> parts.add(name + "=" + amount));
        if (timeoutNs > 0) {
            parts.add("timeout=" + DurationText.format(Duration.ofNanos(timeoutNs)));
        }
        if (expectedUs() > 0) {
            parts.add("expected=" + DurationText.format(Duration.ofNanos(expectedUs() * 1_000)));
        }
        if (once) {
            parts.add("once");
        }
        if (replicas > 1) {
            parts.add("replicas=" + (replicas == EVERYWHERE ? "everywhere" : replicas));
        }
        return "TaskOptions(" + String.join(", ", parts) + ")";
    }

    private static boolean hasControlCharacter(final String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String quoted(final String text) {
        final StringBuilder quoted = new StringBuilder("'");
        text.chars().limit(80).forEach(c -> {
            if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append(text.length() > 80 ? "…'" : "'").toString();
    }
}
