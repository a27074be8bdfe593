package io.muster;

import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationAnswer;
import io.muster.data.WorkerAddress;
import io.muster.scheduler.ClientEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes what the scheduler says on to a session and its futures; never blocks, never runs user code. */
final class SessionEvents implements ClientEvents {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);

    private final Session session;

    SessionEvents(final Session session) {
        this.session = session;
    }

    @Override
    public void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        final TaskFuture<?> future = session.future(taskId);
        if (future != null) {
            future.settleAgain(outcome(worker, inline, value));
        }
        session.scatters().end(taskId);
        session.tick();
    }

    @Override
    public void erred(final int taskId, final Object failure) {
        end(taskId, new Outcome.Failed(TaskState.ERROR, failure));
    }

    @Override
    public void cancelled(final int taskId, final boolean lost, final String reason) {
        final TaskFuture<?> future = session.future(taskId);
        if (future != null) {
            future.settle(
                    lost
                            ? new Outcome.Failed(TaskState.LOST, new DataLostException(future.key(), reason))
                            : new Outcome.Cancelled("cancelled: key=" + future.key() + ": " + reason));
        }
        session.scatters().end(taskId);
        session.tick();
    }

    @Override
    public void scatterTo(final int taskId, final int worker) {
        session.scatters().place(taskId, worker);
        session.tick();
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        session.dataPlane().workerUp(worker);
        session.workers().up(worker);
        session.tick();
    }

    @Override
    public void workerDown(final int worker, final String reason) {
        session.workers().down(worker);
        session.dataPlane().workerDown(worker);
        session.tick();
    }

    @Override
    public void infoReply(final long requestId, final String json) {
        session.infoReply(requestId, json);
    }

    @Override
    public void coordinated(final CoordinationAnswer answer) {
        session.calls().answer(answer);
    }

    @Override
    public void resourceAsked(final ResourceQuestion question) {
        session.answer(question);
    }

    @Override
    public void warning(final String text) {
        LOG.warn(text);
    }

    @Override
    public void said(final boolean isLog, final String text) {
        session.request(() -> {
            if (isLog) {
                LOG.info("{}", text);
            } else {
                System.out.println(text);
            }
        });
    }

    @Override
    public void disconnected(final String reason) {
        session.disconnected(reason);
    }

    private Outcome outcome(final int worker, final boolean inline, final @Nullable Object value) {
        if (!inline) {
            return new Outcome.Remote(worker);
        }
        return !session.isLocal() && value instanceof byte[] bytes
                ? new Outcome.Encoded(bytes)
                : new Outcome.Value(value);
    }

    private void end(final int taskId, final Outcome outcome) {
        final TaskFuture<?> future = session.future(taskId);
        if (future != null) {
            future.settleAgain(outcome);
        }
        session.scatters().end(taskId);
        session.tick();
    }
}
