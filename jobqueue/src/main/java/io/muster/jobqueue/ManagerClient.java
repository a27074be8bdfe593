package io.muster.jobqueue;

import io.muster.ClusterControl;
import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import io.muster.config.Json;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A program's talk with the job manager in the scheduler's process: requests and answers in JSON. Every request says whose it is, so
 * that a program that lost its connection is known again.
 */
final class ManagerClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final ClusterControl control;
    private final String owner;

    private ManagerClient(final ClusterControl control, final String owner) {
        this.control = control;
        this.owner = owner;
    }

    /** Connects as one that the cluster belongs to. */
    static ManagerClient connect(final Path schedulerFile, final Route route, final Duration timeout) {
        return new ManagerClient(
                ClusterControl.connect(schedulerFile, route, timeout), UUID.randomUUID().toString());
    }

    /** Connects as one that only asks. */
    static ManagerClient visit(final Path schedulerFile, final Duration timeout) {
        return new ManagerClient(ClusterControl.connect(schedulerFile, Route.DIRECT, timeout), "");
    }

    /** Asks, and waits for the answer. */
    Map<?, ?> ask(final String request, final Map<String, ?> arguments) {
        return ask(request, arguments, TIMEOUT);
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws SubmissionException if the batch system did not take a job
     * @throws ConfigurationException if the request breaks a rule
     * @throws MusterException if it failed otherwise, or nobody answers
     */
    Map<?, ?> ask(final String request, final Map<String, ?> arguments, final Duration timeout) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("do", request);
        if (!owner.isEmpty()) {
            json.put("owner", owner);
        }
        json.putAll(arguments);
        if (!(Json.parse(control.ask(Json.write(json), timeout)) instanceof Map<?, ?> answer)) {
            throw new MusterException("the job manager's answer to " + request + " must be an object");
        }
        if (answer.get("error") instanceof String error) {
            throw failure(error, answer.get("kind"));
        }
        return answer;
    }

    @Override
    public void close() {
        control.close();
    }

    private static MusterException failure(final String error, final @org.jspecify.annotations.Nullable Object kind) {
        for (final SubmissionException.Kind each : SubmissionException.Kind.values()) {
            if (each.name().equals(kind)) {
                return new SubmissionException(each, error, null);
            }
        }
        return "CONFIGURATION".equals(kind) ? new ConfigurationException(error) : new MusterException(error);
    }
}
