package io.muster.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a JVM that Muster starts: this JVM's Java and class path, and the flags that Aeron needs. */
public final class JavaCommand {
    private static final int NATIVE_ACCESS_SINCE = 24;

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
        line.add("-XX:+UseParallelGC");
        line.addAll(jvmFlags);
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(mainClass);
        line.addAll(arguments);
        return line;
    }
}
