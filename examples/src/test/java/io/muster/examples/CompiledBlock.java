package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.slurm.SlurmCluster;
import io.muster.mpi.MpiLaunch;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A block of a document, compiled. One that declares a public class is a file as it is; any other holds statements of a
 * method that has a {@code client}, or makes one itself, a {@code cluster} on Slurm, and the API imported.
 */
final class CompiledBlock {
    private static final Pattern PUBLIC_CLASS = Pattern.compile("^public .*class (\\w+)", Pattern.MULTILINE);
    private static final Pattern OWN_CLIENT = Pattern.compile("\\bClient client\\b");
    private static final String SNIPPET = """
        import io.muster.*;
        import io.muster.jobqueue.*;
        import io.muster.jobqueue.slurm.*;
        import java.nio.file.Path;
        import java.time.Duration;
        import java.util.*;
        import java.util.concurrent.*;
        import java.util.stream.*;

        @SuppressWarnings("unused")
        public final class Snippet {
            private static SlurmCluster cluster;

            public static void main(%s) throws Exception {
        %s
            }
        }
        """;

    private static final String CLASS_PATH = Stream.of(
                    Client.class, JobQueueCluster.class, SlurmCluster.class, MpiLaunch.class)
            .map(CompiledBlock::classPathOf)
            .collect(Collectors.joining(File.pathSeparator));

    private final Path classes;
    private final String className;
    private final boolean takesClient;

    private CompiledBlock(final Path classes, final String className, final boolean takesClient) {
        this.classes = classes;
        this.className = className;
        this.takesClient = takesClient;
    }

    static CompiledBlock of(final Documents.Block block, final Path folder) throws IOException {
        Matcher declaration = PUBLIC_CLASS.matcher(block.code());
        boolean isFile = declaration.find();
        boolean takesClient = !isFile && !OWN_CLIENT.matcher(block.code()).find();
        String name = isFile ? declaration.group(1) : "Snippet";
        String parameter = takesClient ? "final Client client" : "final String[] arguments";
        Path source = folder.resolve(name + ".java");
        Files.writeString(source, isFile ? block.code() : SNIPPET.formatted(parameter, block.code()));
        compile(block, source, folder);
        return new CompiledBlock(folder, name, takesClient);
    }

    private static void compile(final Documents.Block block, final Path source, final Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("--release", "17", "-nowarn", "-d", folder.toString(), "-cp", CLASS_PATH);
            if (!compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new AssertionError("the code at " + block.place() + " does not compile:\n" + messages);
            }
        }
    }

    private static String classPathOf(final Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    void run() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> type = loader.loadClass(className);
            if (!takesClient) {
                call(type, String[].class, new String[0]);
                return;
            }
            try (LocalCluster cluster = LocalCluster.builder().workers(2).start();
                    Client client = cluster.connect()) {
                call(type, Client.class, client);
            }
        }
    }

    private static void call(final Class<?> type, final Class<?> parameter, final Object argument) throws Exception {
        try {
            type.getMethod("main", parameter).invoke(null, argument);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
