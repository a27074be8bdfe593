package io.muster;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A view of a client as an {@link java.util.concurrent.ExecutorService}; ending it does not end the client. */
final class ClusterExecutor extends AbstractExecutorService {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterExecutor.class);

    private final Session session;
    private final Submitter submitter;
    private final Set<TaskFuture<?>> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean shutdown;

    ClusterExecutor(final Session session, final Submitter submitter) {
        this.session = session;
        this.submitter = submitter;
    }

    @Override
    public void execute(final Runnable command) {
        if (command instanceof ClusterTask<?> task) {
            task.start(this);
            return;
        }
        final TaskFuture<?> future = start(new RunnableTask(checked(command)));
        future.whenDone(() -> session.callback(() -> logFailure(future)));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(final Callable<T> callable) {
        checked(callable);
        return new ClusterTask<>(callable instanceof Task<T> task ? task : new CallableTask<>(callable), null);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(final Runnable runnable, final T value) {
        return new ClusterTask<>(new RunnableTask(checked(runnable)), value);
    }

    @Override
    public <T> T invokeAny(final Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new ExecutionException(e);
        }
    }

    @Override
    public <T> T invokeAny(final Collection<? extends Callable<T>> tasks, final long timeout, final TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks=0 must be >= 1");
        }
        final long startNs = System.nanoTime();
        final BlockingQueue<TaskFuture<T>> done = new LinkedBlockingQueue<>();
        final List<TaskFuture<T>> futures = new ArrayList<>(tasks.size());
        try {
            for (final Callable<T> callable : tasks) {
                checked(callable);
                final TaskFuture<T> future =
                        start(callable instanceof Task<T> task ? task : new CallableTask<>(callable));
                futures.add(future);
                future.whenDone(() -> done.add(future));
            }
            return first(done, futures.size(), unit.toNanos(timeout) - (System.nanoTime() - startNs));
        } finally {
            session.cancel(futures, false, true);
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        signalIfEnded();
    }

    /** {@inheritDoc} Tasks that may not have started are cancelled too; since that can't be told, the list is empty. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        session.cancel(List.copyOf(running), false, true);
        signalIfEnded();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown || session.ended() != null;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown() && running.isEmpty();
    }

    @Override
    public boolean awaitTermination(final long timeout, final TimeUnit unit) throws InterruptedException {
        if (isTerminated()) {
            return true;
        }
        final Away away = Away.begin();
        try {
            return awaitAway(unit.toNanos(timeout));
        } finally {
            away.end();
        }
    }

    private boolean awaitAway(final long timeoutNs) throws InterruptedException {
        long leftNs = timeoutNs;
        lock.lock();
        try {
            while (!isTerminated()) {
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = ended.awaitNanos(leftNs);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "ClusterExecutor(client=" + session.clientNumber() + ", running=" + running.size()
                + (isShutdown() ? ", shut down)" : ")");
    }

    <T> TaskFuture<T> start(final Task<? extends T> task) {
        if (isShutdown()) {
            throw new RejectedExecutionException("the executor is shut down: take another one with client.executor()");
        }
        final TaskFuture<T> future;
        try {
            future = submitter.submit(task);
        } catch (final MusterException e) {
            throw new RejectedExecutionException(e.getMessage(), e);
        }
        running.add(future);
        future.whenDone(() -> {
            running.remove(future);
            signalIfEnded();
        });
        return future;
    }

    private void signalIfEnded() {
        if (isTerminated()) {
            lock.lock();
            try {
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static <T> T first(final BlockingQueue<TaskFuture<T>> done, final int count, final long timeoutNs)
            throws InterruptedException, ExecutionException, TimeoutException {
        final long startNs = System.nanoTime();
        ExecutionException last = null;
        for (int i = 0; i < count; i++) {
            final long leftNs = Math.max(0, timeoutNs - (System.nanoTime() - startNs));
            final TaskFuture<T> next = poll(done, leftNs);
            if (next == null) {
                throw new TimeoutException("no task has succeeded: failed=" + i + " of=" + count);
            }
            try {
                return next.get();
            } catch (final ExecutionException e) {
                last = e;
            } catch (final CancellationException e) {
                last = new ExecutionException(e);
            }
        }
        throw last == null ? new ExecutionException(new IllegalStateException("no task")) : last;
    }

    private static <T> @Nullable TaskFuture<T> poll(final BlockingQueue<TaskFuture<T>> done, final long timeoutNs)
            throws InterruptedException {
        final TaskFuture<T> next = done.poll();
        if (next != null) {
            return next;
        }
        final Away away = Away.begin();
        try {
            return done.poll(timeoutNs, TimeUnit.NANOSECONDS);
        } finally {
            away.end();
        }
    }

    private static <T> T checked(final T task) {
        if (!(task instanceof Serializable)) {
            throw new RejectedExecutionException("task " + FunctionNames.of(task) + " of type "
                    + task.getClass().getName()
                    + " must be Serializable to run on another machine: use client.submit(() -> …), or"
                    + " pool.submit((Task<T>) () -> …), or let its class implement Serializable");
        }
        return task;
    }

    private static void logFailure(final TaskFuture<?> future) {
        if (future.state() == TaskState.ERROR) {
            try {
                future.join();
            } catch (final CompletionException e) {
                LOG.warn("a task given to execute() failed: key={}", future.key(), e.getCause());
            }
        }
    }

    /** A task from when it is given to the executor until it is done. */
    private static final class ClusterTask<T> implements RunnableFuture<T> {
        private final Task<?> task;
        private final @Nullable T result;
        private volatile @Nullable TaskFuture<Object> future;
        private volatile boolean cancelled;

        ClusterTask(final Task<?> task, final @Nullable T result) {
            this.task = task;
            this.result = result;
        }

        void start(final ClusterExecutor executor) {
            future = executor.start(task);
        }

        /** Does nothing: the cluster runs it. */
        @Override
        public void run() {}

        @Override
        public boolean cancel(final boolean mayInterruptIfRunning) {
            final TaskFuture<Object> started = future;
            if (started == null) {
                final boolean first = !cancelled;
                cancelled = true;
                return first;
            }
            return started.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean isCancelled() {
            final TaskFuture<Object> started = future;
            return started == null ? cancelled : started.isCancelled();
        }

        @Override
        public boolean isDone() {
            final TaskFuture<Object> started = future;
            return started == null ? cancelled : started.isDone();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            return orResult(started().get());
        }

        @Override
        public T get(final long timeout, final TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            return orResult(started().get(timeout, unit));
        }

        @Override
        public String toString() {
            final TaskFuture<Object> started = future;
            return started == null ? "ClusterTask(not started)" : started.toString();
        }

        private TaskFuture<Object> started() {
            final TaskFuture<Object> started = future;
            if (started == null) {
                throw new CancellationException("the task was never started");
            }
            return started;
        }

        private T orResult(final @Nullable Object value) {
            return Unchecked.cast(task instanceof RunnableTask ? result : value);
        }
    }

    private static final class CallableTask<T> implements Task<T>, Wrapper {
        @Serial
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final Callable<T> callable;

        CallableTask(final Callable<T> callable) {
            this.callable = callable;
        }

        @Override
        public T call() throws Exception {
            return callable.call();
        }

        @Override
        public Object wrapped() {
            return callable;
        }
    }

    private static final class RunnableTask implements Task<Boolean>, Wrapper {
        @Serial
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final Runnable runnable;

        RunnableTask(final Runnable runnable) {
            this.runnable = runnable;
        }

        @Override
        public Boolean call() {
            runnable.run();
            return Boolean.TRUE;
        }

        @Override
        public Object wrapped() {
            return runnable;
        }
    }
}
