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

/** A program's talk with the job manager in the scheduler's process: requests and answers in JSON. */
final class ManagerClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final ClusterControl control;

    private ManagerClient(final ClusterControl control) {
        this.control = control;
    }

    /** Connects. */
    static ManagerClient connect(final Path schedulerFile, final Route route, final Duration timeout) {
        return new ManagerClient(ClusterControl.connect(schedulerFile, route, timeout));
    }

    /** Takes the cluster over, also whenever a lost connection has come back. Returns what the manager says about it. */
    Map<?, ?> own() {
        return answer("own", control.introduce(Json.write(Map.of("do", "own")), TIMEOUT));
    }

    /** Gives the cluster up: it goes on without an owner. */
    void disown() {
        answer("disown", control.introduce(Json.write(Map.of("do", "disown")), TIMEOUT));
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
        json.putAll(arguments);
        return answer(request, control.ask(Json.write(json), timeout));
    }

    @Override
    public void close() {
        control.close();
    }

    private static Map<?, ?> answer(final String request, final String text) {
        if (!(Json.parse(text) instanceof Map<?, ?> answer)) {
            throw new MusterException("the job manager's answer to " + request + " must be an object");
        }
        if (answer.get("error") instanceof String error) {
            throw failure(error, answer.get("kind"));
        }
        return answer;
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
