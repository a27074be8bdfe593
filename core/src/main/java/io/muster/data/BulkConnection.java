package io.muster.data;

import io.muster.config.CompressionChoice;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.FetchDecoder;
import io.muster.protocol.FetchEncoder;
import io.muster.protocol.FetchedValueDecoder;
import io.muster.protocol.FetchedValueEncoder;
import io.muster.protocol.HelloDecoder;
import io.muster.protocol.HelloEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.PackedDecoder;
import io.muster.protocol.PackedEncoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.RefusedEncoder;
import io.muster.protocol.Role;
import io.muster.protocol.SharedMemoryDecoder;
import io.muster.protocol.SharedMemoryEncoder;
import io.muster.protocol.StoreDecoder;
import io.muster.protocol.StoreEncoder;
import io.muster.protocol.StoredDecoder;
import io.muster.protocol.StoredEncoder;
import io.muster.serialize.ValueAssembler;
import io.muster.serialize.ValueBytes;
import io.muster.transport.HostId;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TLS connection between a bulk port and its peer, either side. A frame is an int32 length, little-endian, and an
 * SBE message; the bytes of a value follow the frame of its head as they are. Used by one thread at a time; {@link
 * #abort} may come from any.
 */
final class BulkConnection implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(BulkConnection.class);

    static final int MAX_HELLO_BYTES = 4 << 10;
    static final int MAX_FRAME_BYTES = 64 << 10;
    static final int MAX_WANTED = 2048;

    private static final int BUFFER_BYTES = 128 << 10;
    private static final int MAX_TEXT = 4096;
    private static final int WANTED_BYTES = 2 * Long.BYTES;
    private static final int HEADER_BYTES = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final long PARTING_NS = 1_000_000_000L;
    private static final long NEVER = Long.MAX_VALUE;
    private static final int LEAST_SHARED_BYTES = 256 << 10;
    private static final int LEAST_MEASURED_BYTES = 8 << 20;
    private static final LZ4SafeDecompressor UNPACKER =
            LZ4Factory.safeInstance().safeDecompressor();
    private static final byte ACCEPTED = 1;
    private static final byte REJECTED = 0;
    private static final byte FREE = 1;

    private final BlockingTls tls;
    private final ConnectionGuard guard;
    private final long stallNs;
    private final byte[] lengthBytes = new byte[Integer.BYTES];
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final ArrayBuffer frame = new ArrayBuffer();
    private final ArrayBuffer outBuffer = new ArrayBuffer();
    private byte[] frameBytes = new byte[MAX_HELLO_BYTES];
    private byte[] piece = new byte[0];
    private byte[] out = new byte[0];
    private int outLength;
    private CompressionChoice compression = CompressionChoice.NONE;
    private @Nullable Packer packer;
    private double bytesPerNs;
    private int stride;
    private byte[] block = new byte[0];
    private byte[] packedBlock = new byte[0];
    private boolean offered;
    private @Nullable SharedMemory sharedOut;
    private @Nullable SharedMemory sharedIn;
    private long slotsWritten;
    private long slotsRead;
    private boolean greeting;
    private long greetingDeadlineNs;
    private volatile long idleDeadlineNs = NEVER;

    /**
     * Takes over a connected socket.
     *
     * @param stallNs a read or write that makes no progress for so long ends the connection
     */
    BulkConnection(final BlockingTls tls, final ConnectionGuard guard, final long stallNs) {
        this.tls = tls;
        this.guard = guard;
        this.stallNs = stallNs;
    }

    /** Shakes hands; until {@link #greeted} everything together must end within the given time. */
    void handshake(final long withinNs) throws IOException {
        greetingDeadlineNs = System.nanoTime() + withinNs;
        greeting = true;
        guard.add(this);
        tls.handshake(greetingDeadlineNs);
    }

    void greeted() {
        greeting = false;
    }

    /** Lets an unused connection be closed after a time. */
    void idle(final long forNs) {
        idleDeadlineNs = System.nanoTime() + forNs;
    }

    void inUse() {
        idleDeadlineNs = NEVER;
    }

    boolean isOverdue(final long nowNs) {
        final long deadline = idleDeadlineNs;
        return deadline != NEVER && nowNs - deadline > 0;
    }

    boolean isOpen() {
        return tls.isOpen();
    }

    /** Ends the connection at once, whatever another thread does with it. */
    void abort() {
        guard.remove(this);
        tls.abort();
    }

    @Override
    public void close() {
        guard.remove(this);
        tls.close();
    }

    /** Says the last word so that it arrives: sends it, then waits for the peer to close, but not for long. */
    void closeGently() {
        try {
            flush();
            greetingDeadlineNs = Math.min(greetingDeadlineNs, System.nanoTime() + PARTING_NS);
            final byte[] rest = new byte[MAX_HELLO_BYTES];
            for (int left = MAX_FRAME_BYTES; left > 0; ) {
                final int count = read(rest, 0, rest.length);
                left = count < 0 ? 0 : left - count;
            }
        } catch (final IOException e) {
            LOG.debug("the peer was gone before the last word", e);
        }
        close();
    }

    /**
     * Reads the next frame.
     *
     * @return the message's template id, or -1 at the end of the stream
     */
    int readFrame(final int maxBytes) throws IOException {
        stride = Packer.NO_STRIDE;
        int template = readOneFrame(maxBytes);
        while (!greeting && (template == SharedMemoryDecoder.TEMPLATE_ID || template == PackedDecoder.TEMPLATE_ID)) {
            if (template == PackedDecoder.TEMPLATE_ID) {
                takePacked();
            } else {
                takeMemory();
            }
            template = readOneFrame(maxBytes);
        }
        return template;
    }

    private int readOneFrame(final int maxBytes) throws IOException {
        final int first = read(lengthBytes, 0, Integer.BYTES);
        if (first < 0) {
            return -1;
        }
        readFully(lengthBytes, first, Integer.BYTES - first);
        final int length =
                ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        check(length >= HEADER_BYTES && length <= maxBytes, "frameLength", length, HEADER_BYTES, maxBytes);
        if (length > frameBytes.length) {
            frameBytes = new byte[maxBytes];
        }
        readFully(frameBytes, 0, length);
        frame.wrap(frameBytes, 0, length);
        header.wrap(frame, 0);
        if (header.schemaId() != HelloDecoder.SCHEMA_ID || header.version() != HelloDecoder.SCHEMA_VERSION) {
            throw new BulkProtocolException("the peer speaks schema=" + header.schemaId() + " version="
                    + header.version()
                    + ", this side speaks schema=" + HelloDecoder.SCHEMA_ID + " version=" + HelloDecoder.SCHEMA_VERSION
                    + "; use the same Muster everywhere");
        }
        return header.templateId();
    }

    void writeHello(final byte[] proof) throws IOException {
        final HelloEncoder hello = new HelloEncoder();
        hello.wrapAndApplyHeader(outBuffer, beginFrame(MAX_HELLO_BYTES), headerEncoder)
                .protocolVersion(HelloEncoder.SCHEMA_VERSION)
                .javaLevel(Runtime.version().feature())
                .role(Role.PEER)
                .linkKinds((short) 0)
                .putProof(proof, 0, proof.length)
                .clusterId("")
                .hostId("")
                .userName("");
        endFrame(hello.encodedLength());
    }

    /** The proof of a hello; no other part of it is looked at. */
    byte[] helloProof() throws IOException {
        checkBlock(HelloDecoder.BLOCK_LENGTH);
        final HelloDecoder hello = new HelloDecoder().wrapAndApplyHeader(frame, 0, header);
        final byte[] proof = new byte[checkLength(hello.proofLength(), hello.limit())];
        hello.getProof(proof, 0, proof.length);
        return proof;
    }

    void writeRefused(final String reason) throws IOException {
        final RefusedEncoder refused = new RefusedEncoder();
        refused.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .reason(shortened(reason));
        endFrame(refused.encodedLength());
    }

    String refusal() throws IOException {
        checkBlock(RefusedDecoder.BLOCK_LENGTH);
        final RefusedDecoder refused = new RefusedDecoder().wrapAndApplyHeader(frame, 0, header);
        checkLength(refused.reasonLength(), refused.limit());
        return refused.reason();
    }

    void writeFetch(final long[] tasks, final long[] positions) throws IOException {
        final byte[] wanted = new byte[tasks.length * WANTED_BYTES];
        final ByteBuffer pairs = ByteBuffer.wrap(wanted).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tasks.length; i++) {
            pairs.putLong(tasks[i]).putLong(positions[i]);
        }
        final FetchEncoder fetch = new FetchEncoder();
        fetch.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .putWanted(wanted, 0, wanted.length);
        endFrame(fetch.encodedLength());
    }

    /** The (task, position) pairs of a fetch. */
    long[] wanted() throws IOException {
        checkBlock(FetchDecoder.BLOCK_LENGTH);
        final FetchDecoder fetch = new FetchDecoder().wrapAndApplyHeader(frame, 0, header);
        final int length = checkLength(fetch.wantedLength(), fetch.limit());
        if (length % WANTED_BYTES != 0) {
            throw new BulkProtocolException("wanted.length=" + length + " must be a multiple of " + WANTED_BYTES);
        }
        final byte[] bytes = new byte[length];
        fetch.getWanted(bytes, 0, length);
        final long[] pairs = new long[length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(pairs);
        return pairs;
    }

    /**
     * Writes a value's head and its bytes from the head's position on.
     *
     * <p>Where the peer is on this host, the bytes of a large value go through memory that both have. What is on the
     * connection instead: for each slot that is full, how many bytes are in it (int32, little-endian); and back, for
     * each that is free again, one byte. A value's end is awaited, so that no such byte is left when the next frame
     * comes.
     */
    void writeValue(final ValueHead head, final ValueBytes value) throws IOException {
        final long bytes = head.totalBytes() - head.fromPosition();
        if (bytes >= LEAST_SHARED_BYTES && !offered) {
            offered = true;
            offerMemory();
        }
        if (bytes >= LEAST_SHARED_BYTES && sharedOut != null) {
            writeHead(head);
            writeShared(sharedOut, value, head.fromPosition());
            return;
        }
        if (Packer.mayPay(compression, bytes, bytesPerNs) && !tls.isSameHost()) {
            packer = packer == null ? new Packer(compression) : packer;
            final int apart = packer.stride(value, head.fromPosition(), bytesPerNs);
            if (apart != Packer.NO_STRIDE) {
                writePacked(apart, packer, head, value);
                return;
            }
        }
        writeHead(head);
        writeStream(value, head.fromPosition());
    }

    /** Compresses large values where they go to another host and the choice says so. */
    void compress(final CompressionChoice choice) {
        compression = choice;
    }

    void writePackedHead(final int apart, final ValueHead head) throws IOException {
        final PackedEncoder encoder = new PackedEncoder();
        encoder.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .stride((short) apart);
        endFrame(encoder.encodedLength());
        writeHead(head);
    }

    /**
     * Writes a value in blocks: for each its length and that of what is sent of it (int32, little-endian), which is the
     * block itself where both are equal.
     */
    void writePacked(final int apart, final Packer with, final ValueHead head, final ValueBytes value)
            throws IOException {
        writePackedHead(apart, head);
        final long total = value.totalBytes();
        long writtenBytes = 0;
        long writingNs = 0;
        for (long position = head.fromPosition(); position < total; ) {
            final int length = (int) Math.min(Packer.BLOCK_BYTES, total - position);
            final int packedLength = with.pack(value, position, length, apart);
            final boolean smaller = packedLength > 0;
            final long startNs = System.nanoTime();
            beginFrame(2 * Integer.BYTES);
            outBuffer.putInt(outLength, length, ByteOrder.LITTLE_ENDIAN);
            outBuffer.putInt(outLength + Integer.BYTES, Math.abs(packedLength), ByteOrder.LITTLE_ENDIAN);
            outLength += 2 * Integer.BYTES;
            writeBytes(smaller ? with.packed() : with.plain(), Math.abs(packedLength));
            writingNs += System.nanoTime() - startNs;
            writtenBytes += Math.abs(packedLength);
            position += length;
        }
        measured(writtenBytes, writingNs);
    }

    private void writeBytes(final byte[] bytes, final int length) throws IOException {
        for (int at = 0; at < length; ) {
            if (outLength == out.length) {
                flush();
            }
            final int count = Math.min(out.length - outLength, length - at);
            System.arraycopy(bytes, at, out, outLength, count);
            outLength += count;
            at += count;
        }
    }

    /** What a link does is known only from more bytes than are on their way in its buffers. */
    private void measured(final long bytes, final long ns) {
        if (bytes >= LEAST_MEASURED_BYTES) {
            bytesPerNs = bytes / (double) Math.max(1, ns);
        }
    }

    void writeHead(final ValueHead head) throws IOException {
        final FetchedValueEncoder encoder = new FetchedValueEncoder();
        encoder.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .task(head.task())
                .status((short) head.status())
                .totalBytes(head.totalBytes())
                .bodyBytes(head.bodyBytes())
                .bodyChecksum(head.bodyChecksum())
                .fromPosition(head.fromPosition())
                .message(shortened(head.message()));
        endFrame(encoder.encodedLength());
    }

    ValueHead head() throws IOException {
        checkBlock(FetchedValueDecoder.BLOCK_LENGTH);
        final FetchedValueDecoder decoder = new FetchedValueDecoder().wrapAndApplyHeader(frame, 0, header);
        checkLength(decoder.messageLength(), decoder.limit());
        final ValueHead head = new ValueHead(
                decoder.task(),
                decoder.status(),
                decoder.totalBytes(),
                decoder.bodyBytes(),
                decoder.bodyChecksum(),
                decoder.fromPosition(),
                decoder.message());
        if (head.bodyBytes() < 0
                || head.totalBytes() < head.bodyBytes()
                || head.fromPosition() < 0
                || head.fromPosition() > head.totalBytes()
                || head.status() > ValueHead.UNUSABLE) {
            throw new BulkProtocolException("not a value's head: " + head
                    + "; 0 <= bodyBytes <= totalBytes and 0 <= fromPosition <= totalBytes must hold");
        }
        return head;
    }

    void writeStore(final long task) throws IOException {
        final StoreEncoder store = new StoreEncoder();
        store.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .task(task);
        endFrame(store.encodedLength());
    }

    long storeTask() throws IOException {
        checkBlock(StoreDecoder.BLOCK_LENGTH);
        return new StoreDecoder().wrapAndApplyHeader(frame, 0, header).task();
    }

    void writeStored(final long task, final boolean accepted, final String message) throws IOException {
        final StoredEncoder stored = new StoredEncoder();
        stored.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .task(task)
                .accepted((short) (accepted ? 1 : 0))
                .message(shortened(message));
        endFrame(stored.encodedLength());
    }

    /** What stood against keeping a value; empty when the peer has it. */
    String storeObjection(final long task) throws IOException {
        checkBlock(StoredDecoder.BLOCK_LENGTH);
        final StoredDecoder stored = new StoredDecoder().wrapAndApplyHeader(frame, 0, header);
        checkLength(stored.messageLength(), stored.limit());
        if (stored.task() != task) {
            throw new BulkProtocolException("the answer names task=" + stored.task() + ", asked was task=" + task);
        }
        final boolean accepted = stored.accepted() == 1;
        final String message = stored.message();
        return accepted ? "" : message.isEmpty() ? "no reason given" : message;
    }

    private void offerMemory() throws IOException {
        if (!tls.isSameHost() || !guard.mayShare(this)) {
            return;
        }
        try (SharedMemory memory = newMemory()) {
            if (memory != null) {
                final String path = memory.path().toString();
                sharedOut = offer(HostId.current(), path, memory.slotBytes(), memory.slots()) ? memory : null;
            }
        }
    }

    /** Offers memory to the peer; whether it can have it. */
    boolean offer(final String hostId, final String path, final int slotBytes, final int slots) throws IOException {
        final SharedMemoryEncoder encoder = new SharedMemoryEncoder();
        encoder.wrapAndApplyHeader(outBuffer, beginFrame(MAX_FRAME_BYTES), headerEncoder)
                .slotBytes(slotBytes)
                .slots(slots)
                .hostId(hostId)
                .path(path);
        endFrame(encoder.encodedLength());
        flush();
        readFully(lengthBytes, 0, 1);
        return lengthBytes[0] == ACCEPTED;
    }

    private static @Nullable SharedMemory newMemory() {
        try {
            return SharedMemory.create();
        } catch (final IOException e) {
            LOG.debug("values go by the connection, as memory can't be shared", e);
            return null;
        }
    }

    private void takeMemory() throws IOException {
        checkBlock(SharedMemoryDecoder.BLOCK_LENGTH);
        final SharedMemoryDecoder decoder = new SharedMemoryDecoder().wrapAndApplyHeader(frame, 0, header);
        final int slotBytes = decoder.slotBytes();
        final int slots = decoder.slots();
        checkLength(decoder.hostIdLength(), decoder.limit());
        final String hostId = decoder.hostId();
        checkLength(decoder.pathLength(), decoder.limit());
        final String path = decoder.path();
        try {
            sharedIn = SharedMemory.open(hostId, path, slotBytes, slots);
        } catch (final IOException | RuntimeException e) {
            LOG.debug("values come by the connection, as memory can't be shared", e);
        }
        writeByte(sharedIn == null ? REJECTED : ACCEPTED);
        flush();
    }

    private void writeShared(final SharedMemory memory, final ValueBytes value, final long fromPosition)
            throws IOException {
        flush();
        final long total = value.totalBytes();
        int inUse = 0;
        for (long position = fromPosition; position < total; ) {
            if (inUse == memory.slots()) {
                inUse -= awaitFree(inUse);
            }
            final ByteBuffer slot = memory.slot(slotsWritten++, (int) Math.min(memory.slotBytes(), total - position));
            final int count = value.read(position, slot);
            position += count;
            inUse++;
            beginFrame(Integer.BYTES);
            outBuffer.putInt(outLength, count, ByteOrder.LITTLE_ENDIAN);
            outLength += Integer.BYTES;
            flush();
            DataTraffic.wrote(count);
        }
        while (inUse > 0) {
            inUse -= awaitFree(inUse);
        }
    }

    private int awaitFree(final int inUse) throws IOException {
        final int count = tls.read(lengthBytes, 0, Math.min(inUse, lengthBytes.length), deadlineNs());
        if (count < 0) {
            throw new EOFException("the connection ended within a value");
        }
        return count;
    }

    private void writeStream(final ValueBytes value, final long fromPosition) throws IOException {
        final long total = value.totalBytes();
        final long startNs = System.nanoTime();
        for (long position = fromPosition; position < total; ) {
            if (outLength == out.length) {
                flush();
            }
            final int wanted = (int) Math.min(out.length - outLength, total - position);
            final int count = value.read(position, ByteBuffer.wrap(out, outLength, wanted));
            outLength += count;
            position += count;
        }
        measured(total - fromPosition, System.nanoTime() - startNs);
    }

    /**
     * Reads a value's bytes up to its end.
     *
     * @param maxSkip what is left of a value that the assembler gave up is skipped up to this length; else the
     *     connection is closed
     * @return why the assembler gave up, or null
     */
    @Nullable
    Throwable readValue(final ValueAssembler assembler, final long totalBytes, final long maxSkip) throws IOException {
        long left = totalBytes - assembler.position();
        final SharedMemory memory = left >= LEAST_SHARED_BYTES ? sharedIn : null;
        while (left > 0) {
            final ByteBuffer bytes = nextPiece(memory, left);
            left -= bytes.remaining();
            try {
                assembler.accept(bytes);
            } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
                if (left <= maxSkip) {
                    pieceRead(memory);
                    skip(memory, left);
                } else {
                    close();
                }
                return e;
            }
            pieceRead(memory);
        }
        return null;
    }

    /** Reads a value of which nothing was read yet, to no avail. */
    void skip(final long bytes) throws IOException {
        skip(bytes >= LEAST_SHARED_BYTES ? sharedIn : null, bytes);
    }

    private void skip(final @Nullable SharedMemory memory, final long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            left -= nextPiece(memory, left).remaining();
            pieceRead(memory);
        }
    }

    void flush() throws IOException {
        for (int at = 0; at < outLength; ) {
            at += tls.write(out, at, outLength - at, deadlineNs());
        }
        DataTraffic.wrote(outLength);
        outLength = 0;
        tls.flush(deadlineNs());
    }

    private ByteBuffer nextPiece(final @Nullable SharedMemory memory, final long left) throws IOException {
        if (stride != Packer.NO_STRIDE && memory == null) {
            return nextBlock(left);
        }
        if (memory == null) {
            final int count = readPiece(left);
            return ByteBuffer.wrap(piece, 0, count);
        }
        final int length = readInt();
        final int most = (int) Math.min(memory.slotBytes(), left);
        check(length >= 1 && length <= most, "slotLength", length, 1, most);
        DataTraffic.read(length);
        return memory.slot(slotsRead++, length);
    }

    private ByteBuffer nextBlock(final long left) throws IOException {
        if (block.length == 0) {
            block = new byte[Packer.BLOCK_BYTES];
            packedBlock = new byte[Packer.BLOCK_BYTES];
        }
        final int length = readInt();
        final int packedLength = readInt();
        final int most = (int) Math.min(Packer.BLOCK_BYTES, left);
        check(length >= 1 && length <= most, "blockLength", length, 1, most);
        check(packedLength >= 1 && packedLength <= length, "packedLength", packedLength, 1, length);
        readFully(packedBlock, 0, packedLength);
        return ByteBuffer.wrap(packedLength == length ? packedBlock : unpacked(length, packedLength), 0, length);
    }

    private byte[] unpacked(final int length, final int packedLength) throws IOException {
        try {
            final int actual = UNPACKER.decompress(packedBlock, 0, packedLength, block, 0, length);
            check(actual == length, "unpackedLength", actual, length, length);
        } catch (final LZ4Exception e) {
            throw new BulkProtocolException("a compressed block is damaged: " + e.getMessage());
        }
        if (stride == 1) {
            return block;
        }
        Packer.unshuffle(block, packedBlock, length, stride);
        return packedBlock;
    }

    private int readInt() throws IOException {
        readFully(lengthBytes, 0, Integer.BYTES);
        return ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private void takePacked() throws IOException {
        checkBlock(PackedDecoder.BLOCK_LENGTH);
        stride = new PackedDecoder().wrapAndApplyHeader(frame, 0, header).stride();
        check(stride >= 1 && stride <= Double.BYTES, "stride", stride, 1, Double.BYTES);
    }

    private void pieceRead(final @Nullable SharedMemory memory) throws IOException {
        if (memory != null) {
            writeByte(FREE);
            flush();
        }
    }

    private void writeByte(final byte value) throws IOException {
        beginFrame(1);
        out[outLength++] = value;
    }

    private int readPiece(final long left) throws IOException {
        if (piece.length == 0) {
            piece = new byte[MAX_FRAME_BYTES];
        }
        final int count = read(piece, 0, (int) Math.min(piece.length, left));
        if (count < 0) {
            throw new EOFException("the connection ended " + left + " bytes before the end of a value");
        }
        return count;
    }

    private int read(final byte[] dst, final int offset, final int length) throws IOException {
        final int count = tls.read(dst, offset, length, deadlineNs());
        DataTraffic.read(count);
        return count;
    }

    private long deadlineNs() {
        return greeting ? greetingDeadlineNs : System.nanoTime() + stallNs;
    }

    private void readFully(final byte[] dst, final int offset, final int length) throws IOException {
        for (int at = 0; at < length; ) {
            final int count = read(dst, offset + at, length - at);
            if (count < 0) {
                throw new EOFException("the connection ended within a message");
            }
            at += count;
        }
    }

    private int beginFrame(final int room) throws IOException {
        if (out.length == 0) {
            out = new byte[BUFFER_BYTES];
            outBuffer.wrap(out);
        }
        if (out.length - outLength < room) {
            flush();
        }
        return outLength + Integer.BYTES;
    }

    private void endFrame(final int encodedLength) {
        final int length = HEADER_BYTES + encodedLength;
        outBuffer.putInt(outLength, length, ByteOrder.LITTLE_ENDIAN);
        outLength += Integer.BYTES + length;
    }

    private void checkBlock(final int atLeast) throws IOException {
        final int length = header.blockLength();
        check(length >= atLeast, "blockLength", length, atLeast, frame.capacity() - HEADER_BYTES);
        check(
                length <= frame.capacity() - HEADER_BYTES,
                "blockLength",
                length,
                atLeast,
                frame.capacity() - HEADER_BYTES);
    }

    private int checkLength(final int length, final int limit) throws IOException {
        final int room = frame.capacity() - limit - Integer.BYTES;
        check(length >= 0 && length <= room, "dataLength", length, 0, room);
        return length;
    }

    private static void check(final boolean holds, final String name, final int value, final int min, final int max)
            throws IOException {
        if (!holds) {
            throw new BulkProtocolException(name + "=" + value + " must be within " + min + " and " + max);
        }
    }

    private static String shortened(final String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + " …";
    }
}
