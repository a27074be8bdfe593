package io.muster.testing;

import io.muster.MusterException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles mutants into memory against this JVM's class path. */
final class MutantCompiler {
    private final JavaCompiler compiler;

    /** @throws MusterException if this JVM has no compiler */
    MutantCompiler() {
        final JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        if (found == null) {
            throw new MusterException("java.home=" + System.getProperty("java.home")
                    + " has no compiler, which mutants need; run this on a JDK (MUSTER_JAVA_HOME)");
        }
        compiler = found;
    }

    /**
     * The class files of a mutant's class and those nested in it, by name.
     *
     * @throws IllegalStateException if it does not compile
     */
    Map<String, byte[]> compile(final Mutant mutant) {
        final Map<String, ByteArrayOutputStream> outputs = new HashMap<>();
        final StringWriter messages = new StringWriter();
        final StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        final boolean done = compiler.getTask(
                        messages,
                        new Outputs(standard, outputs),
                        null,
                        List.of(
                                "-classpath",
                                System.getProperty("java.class.path"),
                                "-proc:none",
                                "-implicit:none",
                                "-nowarn"),
                        null,
                        List.of(new Source(mutant)))
                .call();
        if (!done) {
            throw new IllegalStateException("mutant=" + mutant.name() + " does not compile: " + messages);
        }
        final Map<String, byte[]> classes = new HashMap<>();
        outputs.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(final Mutant mutant) {
            super(URI.create("mutant:///" + mutant.className().replace('.', '/') + ".java"), Kind.SOURCE);
            text = mutant.source();
        }

        @Override
        public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> outputs;

        Outputs(final JavaFileManager standard, final Map<String, ByteArrayOutputStream> outputs) {
            super(standard);
            this.outputs = outputs;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                final Location location,
                final String className,
                final JavaFileObject.Kind kind,
                final @Nullable FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("class:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return outputs.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }
    }
}
