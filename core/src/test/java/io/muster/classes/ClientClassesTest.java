package io.muster.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Task;
import io.muster.classes.ResourceAnswer.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker's class loader of a client, and what the client answers; without the scheduler between them. */
@Timeout(60)
class ClientClassesTest {
    private static final String PRICE =
            "package shop; public class Price { public static String tag() { return \"%s\" +" + " Tag.text(); } }";
    private static final String TAG = "package shop; class Tag { static String text() { return \"%s\"; } }";

    private final List<String> asked = new ArrayList<>();
    private final OfferedClasses offered = new OfferedClasses();
    private final AtomicReference<ClientClasses> classes = new AtomicReference<>();
    private boolean isClientThere = true;

    @TempDir
    private Path folder;

    private URLClassLoader clients;

    @BeforeEach
    void compile() throws IOException, ClassNotFoundException {
        clients = shop("client", getClass().getClassLoader(), "new");
        offered.uses(clients.loadClass("shop.Price"));
    }

    private URLClassLoader shop(final String name, final ClassLoader parent, final String version) throws IOException {
        final Path place = Files.createDirectories(folder.resolve(name));
        return CompiledClasses.loader(
                place, parent, "shop/Price.java", PRICE.formatted(version), "shop/Tag.java", TAG.formatted(version));
    }

    private ClassLoader at(final ClassLoader worker) {
        classes.set(new ClientClasses(worker, this::relay));
        return classes.get().of(3);
    }

    private void relay(final ResourceQuestion question) {
        asked.add(question.path());
        classes.get()
                .answered(
                        isClientThere
                                ? offered.answer(question)
                                : ResourceAnswer.without(question.requestId(), Status.GONE));
    }

    private static String tag(final Class<?> price) throws ReflectiveOperationException {
        return (String) price.getMethod("tag").invoke(null);
    }

    @Test
    void classesThatAWorkerLacksAreTheClients() throws ReflectiveOperationException {
        final ClassLoader loader = at(getClass().getClassLoader());
        final Class<?> price = loader.loadClass("shop.Price");
        assertThat(tag(price)).isEqualTo("newnew");
        assertThat(price).isNotEqualTo(clients.loadClass("shop.Price"));
        assertThat(price.getClassLoader()).isSameAs(loader);
        assertThat(loader.loadClass("shop.Price")).isSameAs(price);
    }

    @Test
    void aClientsVersionGoesBeforeTheWorkersAndItsNeighboursComeWithIt()
            throws ReflectiveOperationException, IOException {
        try (URLClassLoader workers = shop("worker", getClass().getClassLoader(), "old")) {
            assertThat(tag(workers.loadClass("shop.Price"))).isEqualTo("oldold");
            assertThat(tag(at(workers).loadClass("shop.Price"))).isEqualTo("newnew");
        }
    }

    @Test
    void twoClientsHaveTheirOwn() throws ReflectiveOperationException {
        final ClassLoader one = at(getClass().getClassLoader());
        final ClassLoader other = classes.get().of(4);
        assertThat(one.loadClass("shop.Price")).isNotEqualTo(other.loadClass("shop.Price"));
        classes.get().forget(3);
        assertThat(classes.get().of(3)).isNotSameAs(one);
        assertThat(classes.get().of(4)).isSameAs(other);
    }

    @Test
    void classesOfTheJdkAndOfMusterAreSharedAndNeverAskedFor() throws ClassNotFoundException {
        final ClassLoader loader = at(getClass().getClassLoader());
        assertThat(loader.loadClass("java.util.ArrayList")).isSameAs(ArrayList.class);
        assertThat(loader.loadClass("javax.sql.DataSource")).isSameAs(javax.sql.DataSource.class);
        assertThat(loader.loadClass("io.muster.Task")).isSameAs(Task.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void whereTheClassPathsAreTheSameTheWorkersClassesAreUsed() throws ClassNotFoundException {
        final OfferedClasses same = new OfferedClasses();
        final ClientClasses[] self = new ClientClasses[1];
        self[0] = new ClientClasses(ClassLoader.getSystemClassLoader(), question -> {
            asked.add(question.path());
            self[0].answered(same.answer(question));
        });
        assertThat(self[0].of(0).loadClass("org.assertj.core.api.Assertions"))
                .isSameAs(org.assertj.core.api.Assertions.class);
        assertThat(asked).containsExactly("");
    }

    @Test
    void whatNobodyHasIsAskedForOnce() {
        final ClassLoader loader = at(getClass().getClassLoader());
        assertThatThrownBy(() -> loader.loadClass("shop.Nothing")).isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> loader.loadClass("shop.Nothing")).isInstanceOf(ClassNotFoundException.class);
        assertThat(asked).containsOnlyOnce("shop/Nothing.class");
    }

    @Test
    void aClientThatIsGoneIsNamedAsTheReason() {
        final ClassLoader loader = at(getClass().getClassLoader());
        isClientThere = false;
        assertThatThrownBy(() -> loader.loadClass("shop.Price"))
                .isInstanceOf(ClassNotFoundException.class)
                .hasMessage("shop.Price; the client that might have it is gone");
    }

    @Test
    void resourcesComeAsClassesDo() throws IOException {
        Files.writeString(folder.resolve("client/list.txt"), "apples");
        final ClassLoader loader = at(getClass().getClassLoader());
        try (InputStream in = loader.getResourceAsStream("list.txt")) {
            assertThat(in).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("apples");
        }
        assertThat(loader.getResourceAsStream("nothing.txt")).isNull();
    }

    @Test
    void classesOfTheJdkAreNotGivenAway() {
        assertThat(offered.answer(new ResourceQuestion(1, 0, "com/sun/tools/javac/Main.class"))
                        .status())
                .isEqualTo(Status.ABSENT);
    }

    @Test
    void aQuestionWaitsForTheNextSessionAndWhoAsksForInterrupts() throws InterruptedException {
        final ClientClasses waiting = new ClientClasses(getClass().getClassLoader(), question -> {});
        final AtomicReference<Object> outcome = new AtomicReference<>();
        final Thread asker = new Thread(() -> {
            try {
                outcome.set(tag(waiting.of(3).loadClass("shop.Price"))
                        + Thread.currentThread().isInterrupted());
            } catch (final ReflectiveOperationException e) {
                outcome.set(e);
            }
        });
        asker.start();
        await().until(() -> waiting.open().size() == 1);
        asker.interrupt();
        while (asker.isAlive()) {
            waiting.open().forEach(question -> waiting.answered(offered.answer(question)));
            asker.join(10);
        }
        assertThat(outcome.get()).isEqualTo("newnewtrue");
    }

    @Test
    void aWorkerThatClosesLetsGoOfWhoWaits() throws InterruptedException {
        final ClientClasses waiting = new ClientClasses(getClass().getClassLoader(), question -> {});
        final AtomicReference<Object> outcome = new AtomicReference<>();
        final Thread asker = new Thread(() -> {
            try {
                outcome.set(waiting.of(3).loadClass("shop.Price"));
            } catch (final ClassNotFoundException e) {
                outcome.set(e);
            }
        });
        asker.start();
        await().until(() -> waiting.open().size() == 1);
        waiting.close();
        asker.join();
        assertThat(outcome.get()).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void aJarIsTheSameWhereverItLiesAndAnotherOneOfTheSameSizeIsNot() throws IOException {
        final Path one = jar("one.jar", "apples");
        final Path copy = Files.copy(one, folder.resolve("copy.jar"));
        final ClassPath path = ClassPath.of(one.toString(), Long.MAX_VALUE);
        assertThat(path.covers(ClassPath.of(copy.toString(), Long.MAX_VALUE))).isTrue();
        final Path other = jar("other.jar", "apsles");
        assertThat(Files.size(other)).isEqualTo(Files.size(one));
        assertThat(path.covers(ClassPath.of(other.toString(), Long.MAX_VALUE))).isFalse();
        final Path none = Files.writeString(folder.resolve("none.jar"), "no zip file");
        assertThat(path.covers(ClassPath.of(none.toString(), Long.MAX_VALUE))).isFalse();
    }

    private Path jar(final String name, final String text) throws IOException {
        final Path file = folder.resolve(name);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            final ZipEntry entry = new ZipEntry("list.txt");
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void aFolderThatChangedIsNotTheSame() throws IOException {
        final Path place = Files.createDirectories(folder.resolve("place"));
        Files.writeString(place.resolve("a.txt"), "a");
        final ClassPath before = ClassPath.of(place.toString(), Long.MAX_VALUE);
        assertThat(before.covers(ClassPath.fromBytes(before.toBytes()))).isTrue();
        Files.writeString(place.resolve("b.txt"), "b");
        assertThat(before.covers(ClassPath.of(place.toString(), Long.MAX_VALUE)))
                .isFalse();
        assertThat(before.covers(ClassPath.of(place.toString(), 0))).isFalse();
        assertThat(before.covers(before.withUnknown())).isFalse();
    }
}
