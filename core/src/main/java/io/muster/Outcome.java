package io.muster;

import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;
import org.jspecify.annotations.Nullable;

/** What a {@link TaskFuture} knows about its task; all but {@link Pending} and {@link Remote} are final. */
sealed interface Outcome {
    /** The only {@link Pending}. */
    Outcome PENDING = new Pending();

    /** Where a future with this outcome stands. */
    TaskState state();

    /** Whether the future's value, or why there is none, is here. */
    default boolean isFinal() {
        return true;
    }

    /** Nothing is known yet. */
    record Pending() implements Outcome {
        @Override
        public TaskState state() {
            return TaskState.PENDING;
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** A worker holds the result; one thread claims it, and fetches. */
    final class Remote implements Outcome {
        private final int worker;
        private boolean claimed;

        Remote(final int worker) {
            this.worker = worker;
        }

        int worker() {
            return worker;
        }

        synchronized boolean claim() {
            final boolean first = !claimed;
            claimed = true;
            return first;
        }

        @Override
        public TaskState state() {
            return TaskState.FINISHED;
        }

        @Override
        public boolean isFinal() {
            return false;
        }
    }

    /** The value is here, serialized. */
    final class Encoded implements Outcome {
        private byte @Nullable [] bytes;
        private @Nullable Outcome decoded;

        Encoded(final byte[] bytes) {
            this.bytes = bytes;
        }

        synchronized Outcome decode(final Serializer serializer) {
            if (decoded == null) {
                try {
                    decoded = new Value(bytes == null ? null : serializer.fromBytes(bytes, 0, bytes.length));
                } catch (final RuntimeException | LinkageError e) {
                    decoded = new Failed(TaskState.ERROR, e);
                }
                bytes = null;
            }
            return decoded;
        }

        @Override
        public TaskState state() {
            return TaskState.FINISHED;
        }
    }

    /** The value is here. */
    record Value(@Nullable Object value) implements Outcome {
        @Override
        public TaskState state() {
            return TaskState.FINISHED;
        }
    }

    /** There will be no value; the failure is kept as it came until someone asks. */
    final class Failed implements Outcome {
        private final TaskState state;
        private Object failure;

        Failed(final TaskState state, final Object failure) {
            this.state = state;
            this.failure = failure;
        }

        synchronized Throwable cause(final Serializer serializer) {
            if (failure instanceof Throwable known) {
                return known;
            }
            Throwable cause;
            try {
                cause = Failures.exception(
                        failure instanceof byte[] bytes ? TaskFailure.fromBytes(bytes) : (TaskFailure) failure,
                        serializer);
            } catch (final RuntimeException e) {
                cause = e;
            }
            failure = cause;
            return cause;
        }

        @Override
        public TaskState state() {
            return state;
        }
    }

    /** The task will not be computed. */
    record Cancelled(String reason) implements Outcome {
        @Override
        public TaskState state() {
            return TaskState.CANCELLED;
        }
    }
}
