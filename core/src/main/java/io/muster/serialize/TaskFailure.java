package io.muster.serialize;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a task failed, in a form that crosses the wire and can be read where the exception's class is unknown; immutable.
 *
 * <p>Long texts are cut when a failure is made: messages at {@value #MAX_MESSAGE_CHARS} characters, the stack trace at
 * {@value #MAX_TRACE_CHARS}, names at {@value #MAX_NAME_CHARS}, the causes after {@value #MAX_CAUSES}. The exception
 * itself goes along if it can be serialized into {@value #MAX_ORIGINAL_BYTES} bytes.
 */
public final class TaskFailure {
    private static final int MAX_NAME_CHARS = 1024;
    private static final int MAX_MESSAGE_CHARS = 16 * 1024;
    private static final int MAX_TRACE_CHARS = 64 * 1024;
    private static final int MAX_CAUSES = 16;
    private static final int MAX_ORIGINAL_BYTES = 64 * 1024;
    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;
    private static final int CUT_NOTE_CHARS = 64;
    private static final byte VERSION = 1;
    private static final int NONE = -1;

    private final String className;
    private final @Nullable String message;
    private final String stackTrace;
    private final List<Cause> causes;
    private final String key;
    private final String worker;
    private final int attempt;
    private final byte @Nullable [] original;

    private TaskFailure(
            Cause self,
            String stackTrace,
            List<Cause> causes,
            String key,
            String worker,
            int attempt,
            byte @Nullable [] original) {
        this.className = self.className();
        this.message = self.message();
        this.stackTrace = stackTrace;
        this.causes = List.copyOf(causes);
        this.key = key;
        this.worker = worker;
        this.attempt = attempt;
        this.original = original;
    }

    /**
     * One exception of the chain of causes.
     *
     * @param className its full class name
     * @param message its message; may be null
     */
    public record Cause(String className, @Nullable String message) {
        private static Cause of(Throwable failure) {
            String message = SafeText.message(failure);
            return new Cause(
                    SafeText.cut(failure.getClass().getName(), MAX_NAME_CHARS),
                    message == null ? null : SafeText.cut(message, MAX_MESSAGE_CHARS));
        }
    }

    /**
     * The failure that an exception makes of an attempt; works with every exception, also with one whose own methods
     * throw or that can't be serialized.
     *
     * @param failure what the task threw
     * @param key the task's key
     * @param worker the name of the worker that ran it
     * @param attempt which attempt it was; 1 for the first
     * @param serializer writes the exception itself
     * @return the failure
     */
    public static TaskFailure of(Throwable failure, String key, String worker, int attempt, Serializer serializer) {
        return new TaskFailure(
                Cause.of(failure),
                SafeText.stackTrace(failure, MAX_TRACE_CHARS),
                causesOf(failure),
                SafeText.cut(key, MAX_NAME_CHARS),
                SafeText.cut(worker, MAX_NAME_CHARS),
                attempt,
                originalBytes(failure, serializer));
    }

    /**
     * The failure that {@link #toBytes} wrote.
     *
     * @param bytes exactly one failure
     * @return the failure
     * @throws SerializationException if the bytes are damaged, cut short, or of another version
     */
    public static TaskFailure fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new SerializationException("task failure has version=" + version + ", this side reads version="
                        + VERSION + "; run the same Muster on both sides");
            }
            int attempt = in.getInt();
            String key = required(in, "key", MAX_NAME_CHARS);
            String worker = required(in, "worker", MAX_NAME_CHARS);
            Cause self = readCause(in);
            String stackTrace = required(in, "stackTrace", MAX_TRACE_CHARS);
            List<Cause> causes = readCauses(in);
            byte[] original = readBytes(in, "original", MAX_ORIGINAL_BYTES);
            if (in.hasRemaining()) {
                throw new SerializationException("damaged task failure: bytes=" + in.remaining() + " follow its end");
            }
            return new TaskFailure(self, stackTrace, causes, key, worker, attempt, original);
        } catch (BufferUnderflowException e) {
            throw new SerializationException("damaged task failure: cut short at bytes=" + bytes.length, e);
        }
    }

    /**
     * The failure as bytes, for {@link #fromBytes}.
     *
     * @return a new array
     */
    public byte[] toBytes() {
        ChunkedBytes out = new ChunkedBytes();
        out.write(VERSION);
        writeInt(out, attempt);
        writeText(out, key);
        writeText(out, worker);
        writeCause(out, new Cause(className, message));
        writeText(out, stackTrace);
        writeInt(out, causes.size());
        causes.forEach(cause -> writeCause(out, cause));
        writeBytes(out, original);
        byte[] bytes = new byte[(int) out.size()];
        out.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    /**
     * The exception to give to the caller: the original if its class is here and it can be read, else a
     * {@link RemoteExceptionStandIn} with the same message, causes and stack trace.
     *
     * @param serializer reads the exception itself
     * @return a new exception at each call
     */
    public Throwable toCause(Serializer serializer) {
        if (original != null) {
            try {
                Object read = serializer.fromBytes(original, 0, original.length);
                if (read instanceof Throwable) {
                    return (Throwable) read;
                }
            } catch (SerializationException e) {
                return standIn();
            }
        }
        return standIn();
    }

    /**
     * The class of the exception.
     *
     * @return its full name
     */
    public String className() {
        return className;
    }

    /**
     * The message of the exception.
     *
     * @return null if it has none
     */
    public @Nullable String message() {
        return message;
    }

    /**
     * The stack trace as the worker would print it, causes included.
     *
     * @return many lines
     */
    public String stackTrace() {
        return stackTrace;
    }

    /**
     * The causes of the exception, the direct one first.
     *
     * @return an unmodifiable list, empty if there are none
     */
    public List<Cause> causes() {
        return causes;
    }

    /**
     * The key of the task.
     *
     * @return as given
     */
    public String key() {
        return key;
    }

    /**
     * The name of the worker that ran the task.
     *
     * @return as given
     */
    public String worker() {
        return worker;
    }

    /**
     * Which attempt it was.
     *
     * @return 1 for the first
     */
    public int attempt() {
        return attempt;
    }

    @Override
    public String toString() {
        return "task " + key + " failed on worker " + worker + ", attempt " + attempt + ": " + className
                + (message == null ? "" : ": " + message);
    }

    private Throwable standIn() {
        List<StackTraceElement[]> frames = RemoteStackTrace.parse(stackTrace);
        RemoteExceptionStandIn cause = null;
        for (int i = causes.size() - 1; i >= 0; i--) {
            cause = standIn(causes.get(i), cause, frames, i + 1);
        }
        return standIn(new Cause(className, message), cause, frames, 0);
    }

    private static RemoteExceptionStandIn standIn(
            Cause self, @Nullable Throwable cause, List<StackTraceElement[]> frames, int index) {
        RemoteExceptionStandIn standIn = new RemoteExceptionStandIn(self.className(), self.message(), cause);
        standIn.setStackTrace(index < frames.size() ? frames.get(index) : new StackTraceElement[0]);
        return standIn;
    }

    private static List<Cause> causesOf(Throwable failure) {
        List<Cause> causes = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(failure);
        Throwable cause = SafeText.cause(failure);
        while (cause != null && causes.size() < MAX_CAUSES && seen.add(cause)) {
            causes.add(Cause.of(cause));
            cause = SafeText.cause(cause);
        }
        return causes;
    }

    private static byte @Nullable [] originalBytes(Throwable failure, Serializer serializer) {
        try {
            SerializedValue value = serializer.serialize(failure);
            if (value.totalBytes() > MAX_ORIGINAL_BYTES) {
                return null;
            }
            byte[] bytes = new byte[(int) value.totalBytes()];
            value.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        } catch (UnserializableException e) {
            return null;
        }
    }

    private static void writeCause(ChunkedBytes out, Cause cause) {
        writeText(out, cause.className());
        writeText(out, cause.message());
    }

    private static void writeText(ChunkedBytes out, @Nullable String text) {
        writeBytes(out, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(ChunkedBytes out, byte @Nullable [] bytes) {
        writeInt(out, bytes == null ? NONE : bytes.length);
        if (bytes != null) {
            out.write(bytes, 0, bytes.length);
        }
    }

    private static void writeInt(ChunkedBytes out, int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }

    private static Cause readCause(ByteBuffer in) {
        return new Cause(required(in, "className", MAX_NAME_CHARS), readText(in, "message", MAX_MESSAGE_CHARS));
    }

    private static List<Cause> readCauses(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > MAX_CAUSES) {
            throw new SerializationException(
                    "damaged task failure: causes=" + count + " must be from 0 to " + MAX_CAUSES);
        }
        List<Cause> causes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            causes.add(readCause(in));
        }
        return causes;
    }

    private static String required(ByteBuffer in, String name, int maxChars) {
        String text = readText(in, name, maxChars);
        if (text == null) {
            throw new SerializationException("damaged task failure: " + name + " is missing");
        }
        return text;
    }

    private static @Nullable String readText(ByteBuffer in, String name, int maxChars) {
        byte[] bytes = readBytes(in, name, (maxChars + CUT_NOTE_CHARS) * MAX_UTF8_BYTES_PER_CHAR);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] readBytes(ByteBuffer in, String name, int maxBytes) {
        int length = in.getInt();
        if (length == NONE) {
            return null;
        }
        if (length < 0 || length > maxBytes || length > in.remaining()) {
            throw new SerializationException("damaged task failure: " + name + " has length=" + length
                    + ", which must be from 0 to " + Math.min(maxBytes, in.remaining()));
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
