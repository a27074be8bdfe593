package io.muster.classes;

/**
 * What a worker asks of a client's class path.
 *
 * @param requestId the asker's own number, echoed in the answer
 * @param client the number of the client
 * @param path of the resource, such as {@code org/example/Sum.class}; empty for what the class path consists of
 */
public record ResourceQuestion(long requestId, int client, String path) {}
