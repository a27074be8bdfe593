package io.muster.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Python environment that has a peer. */
final class PythonHome implements PeerHome {
    private static final String MODULE = "muster_peer.py";

    private final Path folder;
    private final String module;
    private final Path python;

    PythonHome(final Path folder, final String module) {
        this.folder = folder;
        this.module = module;
        python = folder.resolve("bin").resolve("python");
    }

    @Override
    public boolean isInstalled() {
        return Files.isExecutable(python)
                && PeerHome.exitCode(List.of(python.toString(), "-c", "import " + module)) == 0;
    }

    @Override
    public void install() {
        PeerHome.run(List.of("python3", "-m", "venv", folder.toString()));
        PeerHome.run(List.of(python.toString(), "-m", "pip", "install", "--quiet", module));
    }

    @Override
    public String missing() {
        return "module=" + module + " must be installed in " + folder
                + ": give --install to have pip do so, or --peer-home=FOLDER of an environment that has it";
    }

    @Override
    public List<String> command(final Path directory, final String driver, final List<String> arguments)
            throws IOException {
        PeerProcess.copy(MODULE, directory);
        final List<String> command = new ArrayList<>(List.of(
                python.toString(), PeerProcess.copy(driver + ".py", directory).toString()));
        command.addAll(arguments);
        return command;
    }
}
