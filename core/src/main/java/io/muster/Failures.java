package io.muster;

import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;

/** Makes exceptions of failures that came over the wire. */
final class Failures {
    private Failures() {}

    static RemoteTaskException exception(final TaskFailure failure, final Serializer serializer) {
        final Throwable cause = failure.toCause(serializer);
        if (cause instanceof KilledWorkerException killed) {
            return killed;
        }
        if (cause instanceof NoWorkerException unplaced) {
            return unplaced;
        }
        final String message = failure.message();
        if (failure.className().equals(KilledWorkerException.class.getName())) {
            return new KilledWorkerException(
                    message == null ? "" : message, failure.key(), failure.worker(), failure.attempt());
        }
        return new RemoteTaskException(
                failure.className() + (message == null ? "" : ": " + message),
                failure.key(),
                failure.worker(),
                failure.attempt(),
                failure.stackTrace(),
                cause);
    }
}
