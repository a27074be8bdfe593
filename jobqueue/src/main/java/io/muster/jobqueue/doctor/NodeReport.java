package io.muster.jobqueue.doctor;

import io.muster.MusterException;
import io.muster.config.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node says of itself, from within a job.
 *
 * @param host its name
 * @param java the version of its Java
 * @param listening addresses that it listens on, {@code host:port}
 * @param reached for each address of the submitting host what came of a connection; {@code ok} if it was answered
 * @param freeBytes what is free below its scratch folder
 * @param scratch that folder
 * @param secondsLeft how long the job may go on; -1 if that is not known
 */
record NodeReport(
        String host,
        String java,
        List<String> listening,
        Map<String, String> reached,
        long freeBytes,
        String scratch,
        long secondsLeft) {
    /** What stands for success in {@link #reached}. */
    static final String OK = "ok";

    /** Its name in the folder of the examination. */
    static final String FILE = "node.json";

    String toJson() {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", host);
        json.put("java", java);
        json.put("listening", listening);
        json.put("reached", reached);
        json.put("free_bytes", freeBytes);
        json.put("scratch", scratch);
        json.put("seconds_left", secondsLeft);
        return Json.writePretty(json);
    }

    static NodeReport ofJson(final String text) {
        if (!(Json.parse(text) instanceof Map<?, ?> json)
                || !(json.get("host") instanceof String host)
                || !(json.get("java") instanceof String java)
                || !(json.get("listening") instanceof List<?> listening)
                || !(json.get("reached") instanceof Map<?, ?> reached)
                || !(json.get("free_bytes") instanceof Long freeBytes)
                || !(json.get("scratch") instanceof String scratch)
                || !(json.get("seconds_left") instanceof Long secondsLeft)) {
            throw new MusterException("the node's report must be an object with host, java and the rest");
        }
        final Map<String, String> answers = new LinkedHashMap<>();
        reached.forEach((address, answer) -> answers.put(String.valueOf(address), String.valueOf(answer)));
        return new NodeReport(
                host, java, listening.stream().map(String::valueOf).toList(), answers, freeBytes, scratch, secondsLeft);
    }
}
