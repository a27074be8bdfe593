package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder with a Python environment that has a peer. */
final class PythonHome {
    private final Path folder;
    private final String module;

    PythonHome(final Path folder, final String module) {
        this.folder = folder;
        this.module = module;
    }

    /** Returns its interpreter; installs the peer if that is asked for and needed. */
    Path python(final boolean install) {
        final Path python = folder.resolve("bin").resolve("python");
        if (!hasModule(python)) {
            if (!install) {
                throw new MusterException("module=" + module + " must be installed in " + folder
                        + ": give --install to have pip do so, or --peer-home=FOLDER of an environment that has it");
            }
            run(List.of("python3", "-m", "venv", folder.toString()));
            run(List.of(python.toString(), "-m", "pip", "install", "--quiet", module));
        }
        return python;
    }

    private boolean hasModule(final Path python) {
        return Files.isExecutable(python) && exitCode(List.of(python.toString(), "-c", "import " + module)) == 0;
    }

    private static void run(final List<String> command) {
        final int exitCode = exitCode(command);
        if (exitCode != 0) {
            throw new MusterException("command=" + String.join(" ", command) + " ended with " + exitCode
                    + ", which must be 0: run it by hand to see why");
        }
    }

    private static int exitCode(final List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (final IOException e) {
            throw new MusterException("can't run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while running " + command.get(0), e);
        }
    }
}
