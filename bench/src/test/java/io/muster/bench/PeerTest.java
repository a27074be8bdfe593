package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.source.util.JavacTask;
import io.muster.MusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@Timeout(60)
final class PeerTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(value = Peer.class, names = "EXECUTOR", mode = Mode.EXCLUDE)
    void aDriverOfEachPeerCanBeParsed(final Peer peer) throws IOException {
        final Path driver = PeerProcess.copy(peer.driver() + (peer.isJava() ? ".java" : ".py"), folder);

        if (peer.isJava()) {
            assertThat(faults(driver)).isEmpty();
        } else {
            assertThat(PeerHome.exitCode(List.of("python3", "-m", "py_compile", driver.toString())))
                    .isZero();
        }
    }

    @Test
    void whatPythonDriversShareCanBeParsed() throws IOException {
        final List<String> command = new ArrayList<>(List.of("python3", "-m", "py_compile"));
        for (final String file :
                List.of("muster_peer.py", "taskbench.py", "micro_tasks.py", "dask_metg.py", "dask_micro.py")) {
            command.add(PeerProcess.copy(file, folder).toString());
        }

        assertThat(PeerHome.exitCode(command)).isZero();
    }

    @ParameterizedTest
    @EnumSource(GraphShape.Family.class)
    void aDriverInJavaSubmitsATaskWhenItsInputsHaveCome(final GraphShape.Family family) {
        final GraphShape graph = family.ofTasks(500);
        final long expected;
        try (Contender executor = new ExecutorContender(family, graph)) {
            expected = executor.run().sum();
        }

        try (PeerProcess threads = new PeerProcess("threads", directory -> {
            Files.write(directory.resolve("graph.txt"), graph.lines());
            return new JarHome(folder, "test:threads:7", List.of(), List.of())
                    .command(directory, "ThreadsPeer", List.of("graph.txt", family.label(), "processes", "2"));
        })) {
            assertThat(threads.version()).isEqualTo("7");
            for (int i = 0; i < 3; i++) {
                final String[] words = threads.ask("", 2);
                assertThat(Double.parseDouble(words[0])).isPositive();
                assertThat(words[1]).isEqualTo(Long.toString(expected));
            }
        }
    }

    @Test
    void aPeerThatEndsTellsItsErrors() {
        assertThatThrownBy(() -> {
                    try (PeerProcess shell = new PeerProcess(
                            "shell", directory -> List.of("sh", "-c", "echo ready 1; echo out of paper >&2; exit 3"))) {
                        shell.ask("", 2);
                    }
                })
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("peer=shell")
                .hasMessageContaining("out of paper");
    }

    private static List<String> faults(final Path source) throws IOException {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            final JavaCompiler.CompilationTask task =
                    compiler.getTask(null, files, found, List.of("-proc:none"), null, files.getJavaFileObjects(source));
            ((JavacTask) task).parse();
        }
        return found.getDiagnostics().stream().map(Object::toString).toList();
    }
}
