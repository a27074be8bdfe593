package io.muster.scheduler;

import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceAnswer.Status;
import io.muster.classes.ResourceQuestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes what workers ask of clients' class paths to the clients, and their answers back. A client is asked once for what many workers need:
 * answers are kept while the client is there, up to {@value #KEPT_BYTES} bytes of each.
 */
final class ResourceRelay {
    static final int KEPT_BYTES = 32 << 20;

    private static final int ENTRY_BYTES = 200;

    private final IntFunction<? extends @Nullable ClientEvents> clients;
    private final Int2ObjectHashMap<Shelf> shelves = new Int2ObjectHashMap<>();

    /**
     * @param clients the client of a number, null if it is not there
     */
    ResourceRelay(final IntFunction<? extends @Nullable ClientEvents> clients) {
        this.clients = clients;
    }

    /** Who waits for an answer. */
    private record Asker(Consumer<ResourceAnswer> worker, long requestId) {}

    /** What is known of a client's class path, and what is asked. */
    private static final class Shelf {
        private final Map<String, ResourceAnswer> known = new HashMap<>();
        private final Map<String, List<Asker>> askers = new HashMap<>();
        private final Long2ObjectHashMap<String> asked = new Long2ObjectHashMap<>();
        private long lastRequest;
        private long keptBytes;

        void keep(final String path, final ResourceAnswer answer) {
            final long bytes = ENTRY_BYTES + 2L * path.length() + answer.content().length;
            if (keptBytes + bytes <= KEPT_BYTES && known.putIfAbsent(path, answer) == null) {
                keptBytes += bytes;
            }
        }
    }

    /** A worker asks, and is told in any case. */
    void asked(final Consumer<ResourceAnswer> worker, final ResourceQuestion question) {
        final ClientEvents client = clients.apply(question.client());
        if (client == null) {
            worker.accept(ResourceAnswer.without(question.requestId(), Status.GONE));
            return;
        }
        final Shelf shelf = shelves.computeIfAbsent(question.client(), number -> new Shelf());
        final ResourceAnswer known = shelf.known.get(question.path());
        if (known != null) {
            worker.accept(known.to(question.requestId()));
            return;
        }
        final List<Asker> waiting = shelf.askers.get(question.path());
        final Asker asker = new Asker(worker, question.requestId());
        if (waiting != null) {
            waiting.add(asker);
            return;
        }
        shelf.askers.put(question.path(), new ArrayList<>(List.of(asker)));
        final long requestId = ++shelf.lastRequest;
        shelf.asked.put(requestId, question.path());
        client.resourceAsked(new ResourceQuestion(requestId, question.client(), question.path()));
    }

    void answered(final int client, final ResourceAnswer answer) {
        final Shelf shelf = shelves.get(client);
        final String path = shelf == null ? null : shelf.asked.remove(answer.requestId());
        if (shelf == null || path == null) {
            return;
        }
        shelf.keep(path, answer);
        final List<Asker> waiting = shelf.askers.remove(path);
        for (final Asker asker : waiting == null ? List.<Asker>of() : waiting) {
            asker.worker().accept(answer.to(asker.requestId()));
        }
    }

    void clientLeft(final int client) {
        final Shelf shelf = shelves.remove(client);
        if (shelf != null) {
            for (final List<Asker> waiting : shelf.askers.values()) {
                for (final Asker asker : waiting) {
                    asker.worker().accept(ResourceAnswer.without(asker.requestId(), Status.GONE));
                }
            }
        }
    }
}
