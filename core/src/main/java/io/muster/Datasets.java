package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;

/** A client's view of what is published. */
final class Datasets {
    private static final byte[] NOTHING = {};

    private final Session session;

    Datasets(final Session session) {
        this.session = session;
    }

    void publish(final String name, final Collection<? extends TaskFuture<?>> futures) {
        session.checkOurs(futures);
        if (futures.isEmpty()) {
            throw new MusterException("futures.size=0 must be >= 1: dataset=" + name);
        }
        Gathering.await(futures, Long.MAX_VALUE, false);
        try {
            final ByteBuffer ids =
                    ByteBuffer.allocate(futures.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (final TaskFuture<?> future : futures) {
                final TaskState state = future.state();
                if (state == TaskState.ERROR || state == TaskState.CANCELLED || state == TaskState.LOST) {
                    throw new MusterException("key=" + future.key() + " must have a result to be published, but state="
                            + state + ": dataset=" + name);
                }
                ids.putInt(future.taskId());
            }
            new Named(session.scope(), "dataset", name).ask(CoordinationOperation.DATASET_PUBLISH, 0, 0, ids.array());
        } finally {
            Reference.reachabilityFence(futures);
        }
    }

    <R> List<TaskFuture<R>> get(final String name) {
        final CoordinationAnswer size =
                new Named(session.scope(), "dataset", name).ask(CoordinationOperation.DATASET_SIZE, 0, 0, NOTHING);
        if (size.status() != CoordinationStatus.DONE) {
            final List<String> names = names();
            throw new MusterException("dataset=" + name + " is not published; these are: "
                    + (names.isEmpty() ? "none" : String.join(", ", names)));
        }
        return session.submitPublished(name, (int) size.amount());
    }

    List<String> names() {
        final CoordinationAnswer names =
                session.calls().ask(session.scope(), CoordinationOperation.DATASET_NAMES, "", 0, 0, NOTHING, 0);
        return names.amount() == 0 ? List.of() : List.of(names.text().split("\n"));
    }

    boolean remove(final String name) {
        return new Named(session.scope(), "dataset", name)
                        .ask(CoordinationOperation.DATASET_REMOVE, 0, 0, NOTHING)
                        .amount()
                > 0;
    }
}
