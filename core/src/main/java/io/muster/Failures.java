package io.muster;

import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;

/** Makes exceptions of failures that came over the wire. */
final class Failures {
    private Failures() {}

    static RemoteTaskException exception(final TaskFailure failure, final Serializer serializer) {
        final Throwable cause = failure.toCause(serializer);
        if (cause instanceof KilledWorkerException
                || cause instanceof TaskTimeoutException
                || cause instanceof UnknownOutcomeException
                || cause instanceof ActorLostException) {
            final RemoteTaskException typed = (RemoteTaskException) cause;
            if (typed.worker().equals(failure.worker()) && typed.attempt() == failure.attempt()) {
                return typed;
            }
        }
        if (cause instanceof NoWorkerException unplaced) {
            return unplaced;
        }
        final String message = failure.message();
        if (failure.className().equals(TaskTimeoutException.class.getName())) {
            return new TaskTimeoutException(
                    message == null ? "" : message, failure.key(), failure.worker(), failure.attempt(), cause);
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
