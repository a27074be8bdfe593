package io.muster;

import io.muster.worker.RunningTask;
import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives on one worker, with state that its calls change. Calls are made one at a time, those of one client in the order
 * in which it made them; what an actor's class does needs no locks. They run beside the worker's tasks, on a thread of their own.
 *
 * <pre>{@code
 * try (Actor<AtomicLong> counter = client.actor(AtomicLong::new)) {
 *     TaskFuture<Long> one = counter.call(AtomicLong::incrementAndGet);
 *     System.out.println(one.join());
 * }
 * }</pre>
 *
 * <p>The object is there until this is closed, or until the client that made it is; forgetting this is not enough. It is never copied,
 * moved, written to disk, or made again: when its worker is gone, so is the actor, and calls fail with {@link ActorLostException}, those
 * under way too. A worker that leaves keeps its actors for up to 30 seconds more.
 *
 * <p>Tasks may capture this and call the actor from where they run; there it is the worker's client that calls, see
 * {@link Client#current}. What is captured does not keep the actor, and closing it there does nothing.
 *
 * @param <S> the object
 */
public final class Actor<S> implements AutoCloseable, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final long identity;
    private final String key;
    private final transient @Nullable TaskFuture<S> made;

    Actor(final TaskFuture<S> made) {
        this.made = made;
        this.identity = made.session().identity(made.taskId());
        this.key = made.key();
    }

    /**
     * The actor's key.
     *
     * @return that of the options it was made with, or one made of its constructor's name and numbers
     */
    public String key() {
        return key;
    }

    /**
     * Calls the actor: the function gets the object, there. It is called once it is made, and after the calls made before this one.
     *
     * @param function the function; what it captures is sent along. What it returns is copied, where client and worker are not one JVM
     * @param <R> what it returns
     * @return a future of that. It fails with a {@link RemoteTaskException} if the function throws, if the object's constructor did, or,
     *     as {@link ActorLostException}, if the actor is gone. To release or cancel it stops no call
     * @throws MusterException if there is no client to call with any more
     */
    public <R> TaskFuture<R> call(final Fn<? super S, ? extends R> function) {
        return session().call(identity, Objects.requireNonNull(function, "function"));
    }

    /**
     * Calls the actor without waiting for what comes of it: if it is gone nobody learns of that, and if the action throws, the worker's log
     * has it. Calls of either kind are made in one order.
     *
     * @param action gets the object, there
     * @throws MusterException if there is no client to call with any more
     */
    public void tell(final Action<? super S> action) {
        session().tell(identity, new Told<>(Objects.requireNonNull(action, "action")));
    }

    /** Lets the actor go, once the calls made so far are; later ones fail. Idempotent; does nothing where this was captured by a task. */
    @Override
    public void close() {
        final TaskFuture<S> mine = made;
        if (mine != null && (RunningTask.current() == null || mine.session() == session())) {
            mine.release();
        }
    }

    private Session session() {
        final TaskFuture<S> mine = made;
        return mine == null || RunningTask.current() != null ? Client.current().session() : mine.session();
    }

    @Override
    public String toString() {
        return "Actor(key=" + key + ")";
    }
}
