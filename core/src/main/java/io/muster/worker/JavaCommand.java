package io.muster.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a JVM that Muster starts: this JVM's Java and class path, and the flags that Aeron needs. Where {@code ./muster}
 * has started this JVM with an archive of classes, the other maps that too.
 */
public final class JavaCommand {
    /** The system property by which this JVM knows the archive of classes that it was started with. */
    public static final String ARCHIVE = "muster.class-archive";

    private static final int NATIVE_ACCESS_SINCE = 24;
    private static final int AOT_CACHE_SINCE = 25;

    private JavaCommand() {}

    /**
     * A command line.
     *
     * @param mainClass what to run
     * @param arguments its arguments
     * @return program and arguments
     */
    public static List<String> command(final String mainClass, final List<String> arguments) {
        return command(mainClass, List.of(), arguments);
    }

    /**
     * A command line.
     *
     * @param mainClass what to run
     * @param jvmFlags further flags
     * @param arguments its arguments
     * @return program and arguments
     */
    public static List<String> command(
            final String mainClass, final List<String> jvmFlags, final List<String> arguments) {
        final List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("--add-exports");
        line.add("java.base/jdk.internal.misc=ALL-UNNAMED");
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            line.add("--enable-native-access=ALL-UNNAMED");
        }
        addArchive(line);
        line.add("-XX:+UseParallelGC");
        line.addAll(jvmFlags);
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(mainClass);
        line.addAll(arguments);
        return line;
    }

    /** An archive that does not fit is left aside, without a word: so that warnings are kept, they are turned on again but for its. */
    private static void addArchive(final List<String> line) {
        final String archive = System.getProperty(ARCHIVE);
        if (archive == null) {
            return;
        }
        line.add("-D" + ARCHIVE + "=" + archive);
        line.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr", "-Xlog:cds*=off:stderr"));
        if (Runtime.version().feature() >= AOT_CACHE_SINCE) {
            line.addAll(List.of("-XX:+UseCompactObjectHeaders", "-XX:AOTCache=" + archive, "-Xlog:aot*=off:stderr"));
        } else {
            line.addAll(List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive));
        }
    }
}
