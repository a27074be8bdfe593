package io.muster.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/** Where Muster is: the source tree if this is one, else the folder it is installed in. */
final class Home {
    private Home() {}

    static Path folder() {
        final Path code = code();
        for (Path folder = code; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("muster")) && Files.exists(folder.resolve("pom.xml"))) {
                return folder;
            }
        }
        final Path lib = code == null ? null : code.getParent();
        final Path installed = lib == null ? null : lib.getParent();
        return installed == null ? Path.of("").toAbsolutePath() : installed;
    }

    /** The command of the built distribution, which builds nothing; that of the source tree if none is built. */
    static Path launcher() {
        final Path code = code();
        final Path lib = code == null ? null : code.getParent();
        final Path built = lib == null ? null : lib.resolveSibling("bin").resolve("muster");
        return built != null && Files.exists(built) ? built : folder().resolve("muster");
    }

    private static @Nullable Path code() {
        final CodeSource source = Home.class.getProtectionDomain().getCodeSource();
        try {
            return source == null ? null : Path.of(source.getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException("location=" + source.getLocation() + " must be a file", e);
        }
    }
}
