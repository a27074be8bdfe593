package io.muster.classes;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** Classes that are compiled by a test, and that are on nobody's class path. */
final class CompiledClasses {
    private CompiledClasses() {}

    /** A loader of classes that are compiled into a folder. Sources are such as {@code "shop/Price.java", "package shop; …"}. */
    static URLClassLoader loader(final Path folder, final ClassLoader parent, final String... namesAndSources)
            throws IOException {
        final List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:none"));
        for (int i = 0; i < namesAndSources.length; i += 2) {
            final Path source = folder.resolve("src").resolve(namesAndSources[i]);
            Files.createDirectories(source.getParent());
            arguments.add(Files.writeString(source, namesAndSources[i + 1]).toString());
        }
        final int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]));
        if (code != 0) {
            throw new IllegalArgumentException("javac=" + code + ": what it says is above");
        }
        return new URLClassLoader(new URL[] {url(folder)}, parent);
    }

    private static URL url(final Path folder) throws MalformedURLException {
        return folder.toUri().toURL();
    }
}
