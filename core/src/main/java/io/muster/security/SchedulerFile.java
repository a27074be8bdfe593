package io.muster.security;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.config.JsonException;
import io.muster.security.PrivateFileException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a member of a cluster must know to join it: a JSON file, private to its user, that the scheduler writes.
 *
 * @param clusterId the cluster's name, not empty
 * @param epoch which start of this cluster's scheduler it is, 0 or more; grows with each
 * @param address where the scheduler listens, {@code tcp://host:port}; an IPv6 address is in brackets
 * @param addresses all addresses it listens on, the preferred one first, for hosts with several interfaces; not empty
 * @param fingerprint SHA-256 of the scheduler's certificate, 64 hexadecimal digits
 * @param secret the cluster's secret
 * @param pid the scheduler's process id on its host
 * @param host the host the scheduler runs on
 * @param user the user it runs as
 * @param started when it started
 * @param musterVersion the Muster version that it runs
 */
public record SchedulerFile(
        String clusterId,
        long epoch,
        String address,
        List<String> addresses,
        String fingerprint,
        Secret secret,
        long pid,
        String host,
        String user,
        Instant started,
        String musterVersion) {
    /** The version of the file's format that is written and read: {@value}. */
    public static final long VERSION = 1;

    private static final String WHAT = "scheduler file";
    private static final long FIRST_POLL_MS = 10;
    private static final long LAST_POLL_MS = 250;
    private static final Pattern ADDRESS =
            Pattern.compile("tcp://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?]):([0-9]{1,5})");
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-fA-F]{64}");

    /**
     * Checks the values.
     *
     * @throws MusterException if an address, the fingerprint or another value is not as required
     */
    public SchedulerFile {
        addresses = List.copyOf(addresses);
        require(!clusterId.isEmpty(), "clusterId is empty");
        require(epoch >= 0, "epoch=" + epoch + " must be >= 0");
        require(!addresses.isEmpty(), "addresses is empty, at least one is required");
        checkAddress("address", address);
        addresses.forEach(each -> checkAddress("addresses", each));
        require(
                FINGERPRINT.matcher(fingerprint).matches(),
                "fingerprint=" + fingerprint + ", required are 64 hexadecimal digits");
        require(pid > 0, "pid=" + pid + " must be > 0");
    }

    /**
     * Reads a file that must exist and be complete.
     *
     * @param file the path that the scheduler was given, no symbolic link
     * @return its content
     * @throws PrivateFileException if it is missing, incomplete, unsafe or invalid; its reason says which
     */
    public static SchedulerFile read(Path file) {
        return parse(file, PrivateFiles.read(file, WHAT));
    }

    /**
     * Waits until a file exists and is complete, then reads it.
     *
     * @param file the path that the scheduler was given, no symbolic link
     * @param timeout how long to wait for it; with zero it is tried once
     * @return its content
     * @throws PrivateFileException if it is still missing or incomplete then, and at once if it is unsafe or invalid
     * @throws MusterException if the thread is interrupted; it stays so
     */
    public static SchedulerFile await(Path file, Duration timeout) {
        long start = System.nanoTime();
        long timeoutNs = TimeUnit.NANOSECONDS.convert(timeout);
        long pollMs = FIRST_POLL_MS;
        while (true) {
            try {
                return read(file);
            } catch (PrivateFileException e) {
                long leftNs = timeoutNs - (System.nanoTime() - start);
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                if (leftNs <= 0) {
                    throw timedOut(file, timeout, e);
                }
                pause(file, Math.min(pollMs, TimeUnit.NANOSECONDS.toMillis(leftNs) + 1));
                pollMs = Math.min(2 * pollMs, LAST_POLL_MS);
            }
        }
    }

    /**
     * Writes this to a file with mode 0600, which appears complete or not at all, and replaces an older one.
     *
     * @param file the path; its directory must exist
     * @throws MusterException if it can't be written
     */
    public void write(Path file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("clusterId", clusterId);
        json.put("epoch", epoch);
        json.put("address", address);
        json.put("addresses", addresses);
        json.put("fingerprint", fingerprint);
        json.put("secret", secret.toHex());
        json.put("pid", pid);
        json.put("host", host);
        json.put("user", user);
        json.put("started", started.toString());
        json.put("musterVersion", musterVersion);
        PrivateFiles.write(file, WHAT, Json.writePretty(json).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The fingerprint as {@link Identity#pinning(byte[])} takes it.
     *
     * @return 32 bytes
     */
    public byte[] fingerprintBytes() {
        return HexFormat.of().parseHex(fingerprint);
    }

    private static SchedulerFile parse(Path file, byte[] bytes) {
        try {
            if (!(Json.parse(bytes) instanceof Map<?, ?> json)) {
                throw new MusterException("the document is not a JSON object");
            }
            return fromJson(json);
        } catch (JsonException e) {
            throw invalid(e.truncated() ? Reason.INCOMPLETE : Reason.REFUSED, file, e);
        } catch (MusterException e) {
            throw invalid(Reason.REFUSED, file, e);
        }
    }

    private static SchedulerFile fromJson(Map<?, ?> json) {
        long version = member(json, "version", Long.class);
        require(version == VERSION, "version=" + version + " is unknown, this Muster reads version=" + VERSION);
        return new SchedulerFile(
                member(json, "clusterId", String.class),
                member(json, "epoch", Long.class),
                member(json, "address", String.class),
                strings(json, "addresses"),
                member(json, "fingerprint", String.class),
                Secret.fromHex(member(json, "secret", String.class)),
                member(json, "pid", Long.class),
                member(json, "host", String.class),
                member(json, "user", String.class),
                instant(member(json, "started", String.class)),
                member(json, "musterVersion", String.class));
    }

    private static List<String> strings(Map<?, ?> json, String name) {
        List<String> strings = new ArrayList<>();
        for (Object element : member(json, name, List.class)) {
            require(element instanceof String, name + " must hold strings only");
            strings.add((String) element);
        }
        return strings;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MusterException("started=" + text + " is not an ISO instant like 2026-01-31T12:00:00Z", e);
        }
    }

    private static <T> T member(Map<?, ?> json, String name, Class<T> type) {
        Object value = json.get(name);
        if (!type.isInstance(value)) {
            throw new MusterException(name + (value == null ? " is missing" : " has the wrong type")
                    + ", required is a " + type.getSimpleName());
        }
        return type.cast(value);
    }

    private static void checkAddress(String name, String address) {
        Matcher matcher = ADDRESS.matcher(address);
        require(matcher.matches(), name + "=" + address + " must be tcp://host:port");
        int port = Integer.parseInt(matcher.group(1));
        require(port >= 1 && port <= 65535, name + "=" + address + ": port=" + port + " must be in 1..65535");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new MusterException(message);
        }
    }

    private static PrivateFileException invalid(Reason reason, Path file, MusterException cause) {
        return new PrivateFileException(reason, WHAT + "=" + file + ": " + cause.getMessage(), cause);
    }

    private static PrivateFileException timedOut(Path file, Duration timeout, PrivateFileException last) {
        return new PrivateFileException(
                last.reason(),
                "waited timeout=" + timeout.toMillis() + "ms for " + WHAT + "=" + file + ": " + last.getMessage()
                        + "; check that the scheduler is running and that this host sees the same file system",
                last);
    }

    private static void pause(Path file, long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while waiting for " + WHAT + "=" + file, e);
        }
    }
}
