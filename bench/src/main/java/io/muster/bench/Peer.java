package io.muster.bench;

import io.muster.MusterException;
import io.muster.bench.taskbench.TaskBench;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What Muster is compared with. */
enum Peer {
    /** A pool of threads of this JVM: the floor. */
    EXECUTOR("", List.of()),
    /** Python's dask.distributed. */
    DASK("distributed", List.of()),
    /** HyperQueue, with its Python package. */
    HYPERQUEUE("hyperqueue", List.of()),
    /** Ray, with its Python package. */
    RAY("ray", List.of()),
    /** Hazelcast's executor service, between a client and a member. */
    HAZELCAST("com.hazelcast:hazelcast:5.7.0", Flags.HAZELCAST),
    /** Ignite's compute grid, between a client node and a server node. */
    IGNITE("org.apache.ignite:ignite-core:2.18.0", Flags.IGNITE),
    /** Pekko's actors, over its remoting. */
    PEKKO("org.apache.pekko:pekko-cluster_2.13:1.7.0", Flags.PEKKO),
    /** Spark in one process: for METG. */
    SPARK("org.apache.spark:spark-core_2.13:4.2.0", Flags.SPARK);

    private final String artifact;
    private final List<String> flags;

    Peer(final String artifact, final List<String> flags) {
        this.artifact = artifact;
        this.flags = flags;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The script or class that runs graphs on it. */
    String driver() {
        return isJava() ? name().charAt(0) + label().substring(1) + "Peer" : label() + "_peer";
    }

    /** Whether its processes are JVMs, which need untimed runs as Muster does. */
    boolean isJava() {
        return this == EXECUTOR || artifact.indexOf(':') > 0;
    }

    /** Whether it runs any graph of tasks. */
    boolean isComparable() {
        return this != SPARK;
    }

    /** Where it is installed: in a given folder, or in this user's cache. */
    PeerHome home(final @Nullable Path folder) {
        final Path place = folder != null
                ? folder
                : Path.of(System.getProperty("user.home"), ".cache", "muster", "peers", label());
        if (!isJava()) {
            return new PythonHome(place, artifact);
        }
        return new JarHome(
                place,
                artifact,
                flags,
                this == SPARK
                        ? List.of(JarHome.codeOf(TaskBench.class), JarHome.codeOf(MusterException.class))
                        : List.of());
    }

    static Peer of(final String name) {
        return Arrays.stream(values())
                .filter(peer -> peer.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new MusterException("peer=" + name + " must be one of "
                        + Arrays.stream(values()).map(Peer::label).collect(Collectors.joining(", "))));
    }

    /** The options of their JVMs, as their documents ask for. */
    private static final class Flags {
        private static final String ALL = "=ALL-UNNAMED";
        static final List<String> HAZELCAST = open(
                "java.base/jdk.internal.ref",
                "java.base/java.lang",
                "java.base/sun.nio.ch",
                "java.management/sun.management",
                "jdk.management/com.sun.management.internal");
        static final List<String> IGNITE = open(
                "java.base/jdk.internal.access",
                "java.base/jdk.internal.misc",
                "java.base/sun.nio.ch",
                "java.base/sun.util.calendar",
                "java.management/com.sun.jmx.mbeanserver",
                "jdk.internal.jvmstat/sun.jvmstat.monitor",
                "java.base/sun.reflect.generics.reflectiveObjects",
                "jdk.management/com.sun.management.internal",
                "java.base/java.io",
                "java.base/java.nio",
                "java.base/java.net",
                "java.base/java.util",
                "java.base/java.util.concurrent",
                "java.base/java.util.concurrent.locks",
                "java.base/java.util.concurrent.atomic",
                "java.base/java.lang",
                "java.base/java.lang.invoke",
                "java.base/java.math",
                "java.sql/java.sql",
                "java.base/java.time",
                "java.base/java.text",
                "java.management/sun.management",
                "java.desktop/java.awt.font");
        static final List<String> PEKKO = open("java.base/sun.nio.ch");
        static final List<String> SPARK = open(
                "java.base/java.lang",
                "java.base/java.lang.invoke",
                "java.base/java.lang.reflect",
                "java.base/java.io",
                "java.base/java.net",
                "java.base/java.nio",
                "java.base/java.util",
                "java.base/java.util.concurrent",
                "java.base/java.util.concurrent.atomic",
                "java.base/jdk.internal.ref",
                "java.base/sun.nio.ch",
                "java.base/sun.nio.cs",
                "java.base/sun.security.action",
                "java.base/sun.util.calendar");

        private Flags() {}

        private static List<String> open(final String... packages) {
            return Arrays.stream(packages)
                    .map(name -> "--add-opens=" + name + ALL)
                    .toList();
        }
    }
}
