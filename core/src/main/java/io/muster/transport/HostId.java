package io.muster.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names the kernel, mount space of shared memory and user of this process: equal for two processes that can share a link's files. */
public final class HostId {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private HostId() {}

    /**
     * This process's host id.
     *
     * @return a text to compare
     */
    public static String current() {
        try {
            final String boot = Files.readString(BOOT_ID).trim();
            final Object mounts = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
            return boot + "/" + mounts + "/" + System.getProperty("user.name");
        } catch (final IOException | RuntimeException e) {
            return "unknown-" + ProcessHandle.current().pid();
        }
    }
}
