package io.muster.worker;

import io.muster.MusterException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Nanny} treats its worker process.
 *
 * @param directory private directory for what worker and nanny leave each other, see {@link NannyFiles}
 * @param log the file that the worker's output is appended to, or null
 * @param prefix without a log file: what each line of output begins with, or null to pass output through untouched
 * @param firstBackOff how long to wait before the first restart; doubles with each further one
 * @param maxBackOff the longest wait
 * @param resetAfter a process that lived so long starts the back-off anew
 * @param drainTimeout how long a worker may take to end when asked to
 * @param lifetime of the job: once it is time to leave, no other process is started
 * @param environment variables of the worker process, added to those of this one
 * @param terminateRule when the process is killed for its memory
 */
public record NannySettings(
        Path directory,
        @Nullable Path log,
        @Nullable String prefix,
        Duration firstBackOff,
        Duration maxBackOff,
        Duration resetAfter,
        Duration drainTimeout,
        Lifetime lifetime,
        Map<String, String> environment,
        TerminateRule terminateRule) {
    /**
     * Checks the settings, and copies the variables.
     *
     * @throws MusterException if a time is out of range
     */
    public NannySettings {
        if (firstBackOff.isNegative() || firstBackOff.isZero() || maxBackOff.compareTo(firstBackOff) < 0) {
            throw new MusterException("firstBackOff=" + firstBackOff + " must be > 0 and <= maxBackOff=" + maxBackOff);
        }
        if (drainTimeout.isNegative()) {
            throw new MusterException("drainTimeout=" + drainTimeout + " must be >= 0");
        }
        environment = Map.copyOf(environment);
    }

    /**
     * Settings with the defaults: output passed through, back-off from 1 s to 30 s anew after 60 s of life, 30 s to
     * drain, no end of the job, the environment of this process.
     *
     * @param directory private directory for what worker and nanny leave each other
     * @return the settings
     */
    public static NannySettings of(final Path directory) {
        return new NannySettings(
                directory,
                null,
                null,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Lifetime.unlimited(),
                Map.of(),
                TerminateRule.OFF);
    }

    /**
     * The same with the output in a file.
     *
     * @param file appended to
     * @return the settings
     */
    public NannySettings withLog(final Path file) {
        return new NannySettings(
                directory,
                file,
                prefix,
                firstBackOff,
                maxBackOff,
                resetAfter,
                drainTimeout,
                lifetime,
                environment,
                terminateRule);
    }

    /**
     * The same with a prefix before each line of output.
     *
     * @param text the prefix
     * @return the settings
     */
    public NannySettings withPrefix(final String text) {
        return new NannySettings(
                directory,
                log,
                text,
                firstBackOff,
                maxBackOff,
                resetAfter,
                drainTimeout,
                lifetime,
                environment,
                terminateRule);
    }

    /**
     * The same with other waits between restarts.
     *
     * @param first before the first restart
     * @param max the longest
     * @return the settings
     */
    public NannySettings withBackOff(final Duration first, final Duration max) {
        return new NannySettings(
                directory, log, prefix, first, max, resetAfter, drainTimeout, lifetime, environment, terminateRule);
    }

    /**
     * The same with another bound for draining.
     *
     * @param timeout how long a worker may take to end when asked to
     * @return the settings
     */
    public NannySettings withDrainTimeout(final Duration timeout) {
        return new NannySettings(
                directory,
                log,
                prefix,
                firstBackOff,
                maxBackOff,
                resetAfter,
                timeout,
                lifetime,
                environment,
                terminateRule);
    }

    /**
     * The same for a job that ends.
     *
     * @param jobs its lifetime
     * @return the settings
     */
    public NannySettings withLifetime(final Lifetime jobs) {
        return new NannySettings(
                directory,
                log,
                prefix,
                firstBackOff,
                maxBackOff,
                resetAfter,
                drainTimeout,
                jobs,
                environment,
                terminateRule);
    }

    /**
     * The same with variables in the worker's environment.
     *
     * @param variables added to those of this process
     * @return the settings
     */
    public NannySettings withEnvironment(final Map<String, String> variables) {
        return new NannySettings(
                directory,
                log,
                prefix,
                firstBackOff,
                maxBackOff,
                resetAfter,
                drainTimeout,
                lifetime,
                variables,
                terminateRule);
    }

    /**
     * The same with a bound for the process's memory.
     *
     * @param rule when the process is killed
     * @return the settings
     */
    public NannySettings withTerminateRule(final TerminateRule rule) {
        return new NannySettings(
                directory,
                log,
                prefix,
                firstBackOff,
                maxBackOff,
                resetAfter,
                drainTimeout,
                lifetime,
                environment,
                rule);
    }
}
