package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.data.ResultStore;
import io.muster.serialize.Serializer;
import io.muster.serialize.ValueBytes;
import io.muster.worker.RunTable.Held;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpillStoreTest {
    private static final int SIZE = 10_000;

    @TempDir
    private Path folder;

    private final AtomicLong timeNs = new AtomicLong();
    private @Nullable SpillStore opened;

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void theLeastRecentlyUsedGoesToDiskAndComesBackWhenItIsUsed() throws Exception {
        final SpillStore store = store(2 * SIZE);
        final Spillable first = add(store, bytes(1));
        final Spillable second = add(store, bytes(2));
        assertThat(store.load(first)).isEqualTo(bytes(1));

        final Spillable third = add(store, bytes(3));

        assertThat(store.isOnDisk(first)).isFalse();
        assertThat(store.isOnDisk(second)).isTrue();
        assertThat(second.value()).isSameAs(ResultStore.ABSENT);
        assertThat(store.memoryBytes()).isEqualTo(2 * SIZE);
        assertThat(store.spilledBytes()).isEqualTo(SIZE);
        assertThat(store.load(second)).isEqualTo(bytes(2));
        assertThat(store.isOnDisk(first)).isTrue();
        assertThat(third.value()).isEqualTo(bytes(3));
    }

    @Test
    void whatIsLargerThanTheTargetGoesToDiskAtOnceAndMakesNobodyElseGo() throws Exception {
        final SpillStore store = store(2 * SIZE);
        final Spillable small = add(store, bytes(1));

        final Spillable large = (Spillable) store.add(new byte[5 * SIZE], 5 * SIZE);
        store.makeRoom();

        assertThat(store.isOnDisk(large)).isTrue();
        assertThat(store.isOnDisk(small)).isFalse();
        assertThat((byte[]) store.load(large)).hasSize(5 * SIZE);
        assertThat(store.isOnDisk(large)).isTrue();
        assertThat(store.memoryBytes()).isEqualTo(SIZE);
    }

    @Test
    void aValueThatATaskStillHasIsNotReadASecondTime() throws Exception {
        final SpillStore store = store(SIZE);
        final byte[] inUse = bytes(1);
        final Spillable held = add(store, inUse);
        add(store, bytes(2));

        assertThat(store.isOnDisk(held)).isTrue();
        assertThat(store.load(held)).isSameAs(inUse);
    }

    @Test
    void whatWasReadBackGoesAgainWithoutBeingWritten() throws Exception {
        final SpillStore store = store(SIZE);
        final Spillable first = add(store, bytes(1));
        final Spillable second = add(store, bytes(2));
        final SpillFile written = first.file;
        store.load(second);
        store.load(first);
        store.load(second);

        assertThat(first.file).isSameAs(written).isNotNull();
        assertThat(files()).hasSize(2);
    }

    @Test
    void smallValuesStayAsTheyWouldFreeNothing() {
        final SpillStore store = store(100);
        final Held small = store.add("small", 500);
        final Held nothing = store.add(null, 0);
        store.makeRoom();

        assertThat(small).isNotInstanceOf(Spillable.class);
        assertThat(nothing.value()).isNull();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatCannotBeSerializedStaysAndOthersGoInItsStead() {
        final SpillStore store = store(SIZE);
        final Spillable stays = (Spillable) store.add(new Object[] {new Object()}, SIZE);
        final Spillable goes = add(store, bytes(2));

        assertThat(store.isOnDisk(stays)).isFalse();
        assertThat(store.isOnDisk(goes)).isTrue();
        store.remove(stays);
        store.remove(goes);
        assertThat(store.memoryBytes() + store.spilledBytes()).isZero();
    }

    @Test
    void filesGoWithTheirResultsAndTheDirectoryWithTheStore() throws IOException {
        final SpillStore store = store(SIZE);
        final List<Spillable> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(add(store, bytes(i)));
        }
        assertThat(files()).hasSize(4);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(files().get(0).getParent())))
                .isEqualTo("rwx------");

        all.subList(0, 3).forEach(store::remove);
        store.deleteFreed();
        assertThat(files()).hasSize(1);
        assertThat(store.open(all.get(0))).isNull();

        store.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFreedValueIsAbsentButOneThatIsInUseIsNot() throws Exception {
        final SpillStore store = store(SIZE);
        final Spillable held = add(store, bytes(1));
        final Spillable inMemory = add(store, bytes(2));
        held.inUse = null;

        store.remove(held);
        store.remove(inMemory);

        assertThat(store.load(held)).isSameAs(ResultStore.ABSENT);
        assertThat(store.load(inMemory)).isEqualTo(bytes(2));
    }

    @Test
    void aValueIsSentFromItsFileAsItIs() throws Exception {
        final SpillStore store = store(SIZE);
        final double[] value = new double[5_000];
        Arrays.fill(value, 1.5);
        final Spillable held = (Spillable) store.add(value, 40_016);
        store.makeRoom();

        try (ValueBytes bytes = store.open(held)) {
            assertThat(bytes).isNotNull();
            final byte[] whole = new byte[(int) bytes.totalBytes()];
            for (int at = 0; at < whole.length; ) {
                at += bytes.read(at, ByteBuffer.wrap(whole, at, Math.min(1000, whole.length - at)));
            }
            assertThat(bytes.read(whole.length, ByteBuffer.allocate(1))).isZero();
            store.remove(held);
            store.deleteFreed();
            assertThat(bytes.read(0, ByteBuffer.allocateDirect(1))).isEqualTo(1);
            assertThat(Serializer.standard().fromBytes(whole, 0, whole.length)).isEqualTo(value);
        }
    }

    @Test
    void aDiskThatTakesNothingLosesNothingAndIsTriedAgainAfterAWhile() throws Exception {
        final Path file = Files.createFile(folder.resolve("file"));
        final SpillStore store = store(SIZE, SpillStore.NO_LIMIT, file);
        final Spillable first = add(store, bytes(1));
        add(store, bytes(2));

        assertThat(store.isOnDisk(first)).isFalse();
        assertThat(store.load(first)).isEqualTo(bytes(1));
        assertThat(store.canSpill()).isFalse();

        Files.delete(file);
        store.makeRoom();
        assertThat(store.isOnDisk(first)).isFalse();
        timeNs.addAndGet(TimeUnit.SECONDS.toNanos(11));
        store.makeRoom();
        assertThat(store.spilledBytes()).isEqualTo(SIZE);
    }

    @Test
    void noMoreGoesToDiskThanMayBeThereAndFilesOfValuesInMemoryMakeRoom() throws Exception {
        final SpillStore store = store(SIZE, 2 * SIZE + 200, folder);
        final Spillable first = add(store, bytes(1));
        final Spillable second = add(store, bytes(2));
        add(store, bytes(3));
        add(store, bytes(4));

        assertThat(store.spilledBytes()).isEqualTo(2 * SIZE);
        assertThat(store.memoryBytes()).isEqualTo(2 * SIZE);
        assertThat(store.canSpill()).isFalse();

        store.load(first);
        timeNs.addAndGet(TimeUnit.SECONDS.toNanos(11));
        store.evict(2 * SIZE);
        store.deleteFreed();
        assertThat(files()).hasSize(2);
        assertThat(store.load(first)).isEqualTo(bytes(1));
        assertThat(store.load(second)).isEqualTo(bytes(2));
    }

    @Test
    void aFileThatIsDamagedIsAnErrorAndNotAWrongValue() throws Exception {
        final SpillStore store = store(SIZE);
        final Spillable held = add(store, bytes(1));
        add(store, bytes(2));
        held.inUse = null;
        Files.write(files().get(0), new byte[100]);

        assertThatThrownBy(() -> store.load(held)).isInstanceOfAny(IOException.class, RuntimeException.class);
        assertThatThrownBy(() -> store.load(held)).isInstanceOfAny(IOException.class, RuntimeException.class);
    }

    @Test
    void aHeapWithoutRoomForAValueDoesNotCostItsFile() throws Exception {
        final SpillStore store = store(SIZE);
        final Spillable held = (Spillable) store.add(new Greedy(), 2 * SIZE);
        store.makeRoom();
        held.inUse = null;

        assertThatThrownBy(() -> store.load(held)).isInstanceOf(OutOfMemoryError.class);
        assertThat(store.isOnDisk(held)).isTrue();
        Greedy.fits = true;
        assertThat(store.load(held)).isInstanceOf(Greedy.class);
    }

    @Test
    void aValueIsThereWhileItIsWritten() throws Exception {
        final SpillStore store = store(SIZE);
        final Slow slow = new Slow();
        final Spillable held = (Spillable) store.add(slow, 2 * SIZE);
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(store::makeRoom);
        Slow.BEGUN.await();

        assertThat(store.load(held)).isSameAs(slow);
        assertThat(store.isOverTarget()).isFalse();
        Slow.GO_ON.countDown();

        writing.get(30, TimeUnit.SECONDS);
        assertThat(store.isOnDisk(held)).isTrue();
    }

    @Test
    void manyThreadsAtOnceAlwaysGetTheRightValue() throws Exception {
        final SpillStore store = store(5 * SIZE);
        final List<Spillable> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(add(store, bytes(i)));
        }
        final List<CompletableFuture<Void>> users = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            final Random random = new Random(thread);
            users.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 500; i++) {
                    final int at = random.nextInt(all.size());
                    assertThat(load(store, all.get(at))).isEqualTo(bytes(at));
                }
            }));
        }
        for (final CompletableFuture<Void> user : users) {
            user.get(50, TimeUnit.SECONDS);
        }

        assertThat(store.memoryBytes()).isLessThanOrEqualTo(5 * SIZE);
        assertThat(store.memoryBytes() + store.spilledBytes()).isEqualTo(40 * SIZE);
        all.forEach(store::remove);
        store.deleteFreed();
        assertThat(store.memoryBytes() + store.spilledBytes()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatAKilledProcessLeftIsDeletedButNotWhatALivingOneHas() throws Exception {
        final SpillStore store = store(SIZE);
        add(store, bytes(1));
        add(store, bytes(2));
        final Path dead = Files.createDirectory(
                folder.resolve("muster-spill-dead"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(dead.resolve("lock"));
        Files.createFile(dead.resolve("17"));
        final Path foreign = Files.createDirectory(folder.resolve("muster-spill-open"));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createFile(foreign.resolve("lock"));

        SpillDirectory.sweep(folder);
        SpillDirectory.sweep(folder.resolve("absent"));

        assertThat(dead).doesNotExist();
        assertThat(foreign).exists();
        assertThat(files()).hasSize(1);
    }

    private SpillStore store(final long targetBytes) {
        return store(targetBytes, SpillStore.NO_LIMIT, folder);
    }

    private SpillStore store(final long targetBytes, final long maxSpillBytes, final Path where) {
        final SpillStore store = new SpillStore(
                "w-0", targetBytes, maxSpillBytes, Serializer.standard(), new SpillDirectory(where), timeNs::get);
        opened = store;
        return store;
    }

    private static Spillable add(final SpillStore store, final byte[] value) {
        final Spillable held = (Spillable) store.add(value, SIZE);
        store.makeRoom();
        return held;
    }

    private static @Nullable Object load(final SpillStore store, final Spillable held) {
        try {
            return store.load(held);
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(final int content) {
        final byte[] bytes = new byte[SIZE - 16];
        Arrays.fill(bytes, (byte) content);
        return bytes;
    }

    /** The files of values. */
    private List<Path> files() {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList();
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes its time to be written. */
    private static final class Slow implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private static final CountDownLatch BEGUN = new CountDownLatch(1);
        private static final CountDownLatch GO_ON = new CountDownLatch(1);

        @Serial
        private void writeObject(final ObjectOutputStream out) throws IOException {
            BEGUN.countDown();
            try {
                GO_ON.await();
            } catch (final InterruptedException e) {
                throw new IOException(e);
            }
            out.writeInt(1);
        }
    }

    /** Needs more memory than there is, at first. */
    private static final class Greedy implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private static volatile boolean fits;

        @Serial
        private void readObject(final ObjectInputStream in) {
            if (!fits) {
                throw new OutOfMemoryError("no room");
            }
        }
    }
}
