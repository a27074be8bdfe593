package io.muster.scheduler;

import io.muster.config.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A cluster manager that answers by the request's {@code "do"}, and notes what it is told. */
public final class FakeClusterManager implements ClusterManager {
    private final ManagedScheduler scheduler;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> held = new CopyOnWriteArrayList<>();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private volatile Runnable onClose = () -> {};

    FakeClusterManager(final ManagedScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** What it was told, in order. */
    public List<String> told() {
        return told;
    }

    /** Takes the answers that requests to "hold" wait for. */
    public List<Consumer<String>> held() {
        return held;
    }

    ManagedScheduler scheduler() {
        return scheduler;
    }

    /** What closing it does. */
    void onClose(final Runnable action) {
        onClose = action;
    }

    @Override
    public void request(final int client, final String json, final Consumer<String> answer) {
        told.add("request of " + client + ": " + json);
        final Map<?, ?> request = (Map<?, ?>) Objects.requireNonNull(Json.parse(json));
        switch (String.valueOf(request.get("do"))) {
            case "hold" -> held.add(answer);
            case "fail" -> answer.accept("{\"error\":\"no such queue\"}");
            case "throw" -> throw new IllegalStateException("broken");
            case "later" -> new Thread(() -> answer.accept("{\"client\":" + client + "}")).start();
            case "load" -> scheduler.load(load -> answer.accept("{\"waiting\":" + load.waiting() + "}"));
            case "retire" -> {
                scheduler.retire(List.of(0, 999), Duration.ZERO, "it is told to");
                answer.accept("{}");
            }
            case "note" -> {
                final Path file = Path.of(String.valueOf(request.get("file")));
                onClose(() -> noteLoad(file));
                answer.accept("{}");
            }
            case "block" -> block();
            case "stop" -> scheduler.stopCluster("the manager says so");
            default -> answer.accept("{\"client\":" + client + "}");
        }
    }

    @Override
    public void clientLeft(final int client) {
        told.add("client " + client + " left");
    }

    @Override
    public void workerJoined(final ManagedWorker worker) {
        told.add("joined " + worker.name() + " threads=" + worker.threads());
    }

    @Override
    public void workerLeft(final ManagedWorker worker, final String reason, final boolean expected) {
        told.add("left " + worker.name() + " expected=" + expected);
    }

    @Override
    public void close() {
        told.add("close");
        onClose.run();
    }

    /** Holds the scheduler's thread, as nothing may, until {@link #unblock} is called. */
    private void block() {
        blocked.countDown();
        try {
            unblocked.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a request to "block" holds the scheduler's thread. */
    void awaitBlocked() throws InterruptedException {
        blocked.await();
    }

    /** Lets the scheduler's thread go on. */
    void unblock() {
        unblocked.countDown();
    }

    /** Writes a file once the scheduler has told its load, which it does while it goes on. */
    private void noteLoad(final Path file) {
        final CompletableFuture<Load> load = new CompletableFuture<>();
        scheduler.load(load::complete);
        try {
            Files.writeString(
                    file,
                    "waiting=" + load.orTimeout(20, TimeUnit.SECONDS).join().waiting());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
