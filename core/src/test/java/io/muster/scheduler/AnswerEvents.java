package io.muster.scheduler;

import java.util.concurrent.CompletableFuture;

/** Hears the answer to one request, and nothing else. */
record AnswerEvents(CompletableFuture<String> answer) implements ControlEvents {
    @Override
    public void infoReply(final long requestId, final String json) {
        answer.complete(json);
    }

    @Override
    public void disconnected(final String reason) {}
}
