package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.manager.JobManager.Outcome;
import io.muster.scheduler.ManagedScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Does what a {@link JobTable} wants done, and tells what came of it. Commands of the batch system run in threads of their own, one for
 * each kind, so that one that hangs holds up only its like.
 */
final class QueueWork {
    private static final int TAIL_BYTES = 4 * 1024;
    private static final int LOG_BYTES = 1024 * 1024;

    private final ManagedQueue queue;
    private final ManagedScheduler scheduler;
    private final Consumer<Outcome> teller;
    private final ExecutorService submitting = thread("muster-jobs-submit");
    private final ExecutorService asking = thread("muster-jobs-query");
    private final ExecutorService cancelling = thread("muster-jobs-cancel");
    private final ExecutorService reading = thread("muster-jobs-read");

    QueueWork(final ManagedQueue queue, final ManagedScheduler scheduler, final Consumer<Outcome> teller) {
        this.queue = queue;
        this.scheduler = scheduler;
        this.teller = teller;
    }

    void act(final JobAction action) {
        if (action instanceof JobAction.Submit submit) {
            submitting.execute(() -> submit(submit));
        } else if (action instanceof JobAction.Find find) {
            asking.execute(() -> find(find.token()));
        } else if (action instanceof JobAction.Query query) {
            asking.execute(() -> query(query.ids()));
        } else if (action instanceof JobAction.Cancel cancel) {
            cancelling.execute(() -> cancel(cancel.ids()));
        } else if (action instanceof JobAction.Retire retire) {
            scheduler.retire(retire.workers(), retire.patience(), retire.reason());
        } else if (action instanceof JobAction.AskLoad) {
            scheduler.load(load -> tell((table, now) -> table.load(load, now)));
        } else {
            throw new IllegalStateException("action=" + action + " is not known");
        }
    }

    /** What is in files, the last part of each. */
    void readAll(final List<String> files, final Consumer<String> taker) {
        reading.execute(() -> {
            final StringBuilder text = new StringBuilder();
            for (final String file : files) {
                text.append("==> ")
                        .append(file)
                        .append(" <==\n")
                        .append(read(file, LOG_BYTES))
                        .append('\n');
            }
            taker.accept(text.toString());
        });
    }

    /** Deletes folders of clusters that are long over, beside that of this one. */
    void sweep(final Path directory) {
        reading.execute(() -> OldClusters.sweep(directory, Instant.now()));
    }

    /** The end of what a job wrote: of standard error if it is a file of its own and has something, else of standard output. */
    void readTail(final String job, final List<String> files) {
        reading.execute(() -> {
            String tail = "";
            for (int i = files.size() - 1; i >= 0 && tail.isBlank(); i--) {
                tail = Files.exists(Path.of(files.get(i)))
                        ? read(files.get(i), TAIL_BYTES).strip()
                        : "";
            }
            final String text = tail;
            tell((table, now) -> table.logTail(job, text, now));
        });
    }

    private void submit(final JobAction.Submit submit) {
        final JobRequest request = queue.request(submit.group(), submit.token(), submit.count());
        try {
            final List<String> ids = queue.queue().submit(request);
            teller.accept(new Outcome((table, now) -> table.submitted(submit.token(), ids, now), submit.group(), null));
        } catch (final SubmissionException e) {
            failed(submit, e.kind(), e);
        } catch (final RuntimeException e) {
            failed(
                    submit,
                    Kind.SYSTEM_DOWN,
                    new SubmissionException(Kind.SYSTEM_DOWN, String.valueOf(e.getMessage()), e));
        }
    }

    private void failed(final JobAction.Submit submit, final Kind kind, final RuntimeException e) {
        final String text = String.valueOf(e.getMessage());
        teller.accept(new Outcome(
                (table, now) -> table.submissionFailed(submit.token(), kind, text, now), submit.group(), e));
    }

    private void find(final String token) {
        try {
            final List<JobStatus> found = queue.queue().find(token);
            tell((table, now) -> table.found(token, found, now));
        } catch (final RuntimeException e) {
            tell((table, now) -> table.findFailed(token, String.valueOf(e.getMessage()), now));
        }
    }

    private void query(final List<String> ids) {
        try {
            final List<JobStatus> answer = queue.queue().query(ids);
            tell((table, now) -> table.queryAnswered(answer, now));
        } catch (final RuntimeException e) {
            tell((table, now) -> table.queryFailed(String.valueOf(e.getMessage()), now));
        }
    }

    private void cancel(final List<String> ids) {
        try {
            queue.queue().cancel(ids);
            tell((table, now) -> table.cancelled(ids, now));
        } catch (final RuntimeException e) {
            tell((table, now) -> table.cancelFailed(ids, String.valueOf(e.getMessage()), now));
        }
    }

    private void tell(final JobManager.Decision decision) {
        teller.accept(Outcome.of(decision));
    }

    private static String read(final String file, final int most) {
        try (SeekableByteChannel channel = Files.newByteChannel(Path.of(file))) {
            final long size = channel.size();
            channel.position(Math.max(0, size - most));
            final ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, most));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (final NoSuchFileException e) {
            return "(not there yet)";
        } catch (final IOException e) {
            return "(can't be read: " + e + ")";
        }
    }

    private static ExecutorService thread(final String name) {
        return Executors.newSingleThreadExecutor(task -> {
            final Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
