package io.muster.bench;

import io.muster.MusterException;
import io.muster.worker.JavaCommand;
import io.muster.worker.ParentWatch;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A process whose threads compute without end, as another job would; ends when closed or when its parent is gone. */
final class Burner implements AutoCloseable {
    private final @Nullable Process process;

    private Burner(final @Nullable Process process) {
        this.process = process;
    }

    static Burner start(final int threads) throws IOException {
        return new Burner(
                threads == 0
                        ? null
                        : new ProcessBuilder(
                                        JavaCommand.command(Burner.class.getName(), List.of(Integer.toString(threads))))
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start());
    }

    /** Fails if it did not burn to the end. */
    void check() {
        if (process != null && !process.isAlive()) {
            throw new MusterException(
                    "the process that keeps the cores busy ended with exitCode=" + process.exitValue());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /**
     * Burns until standard input ends.
     *
     * @param arguments how many threads
     */
    public static void main(final String[] arguments) {
        ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(0));
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            new Thread(Burner::burn, "burner-" + i).start();
        }
    }

    private static void burn() {
        long state = 113;
        while (state != 0) {
            state = state * 139 % 2_147_483_647L;
        }
    }
}
