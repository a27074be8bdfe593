package io.muster.graph;

import io.muster.BiFn;
import io.muster.Fn;
import io.muster.Task;
import io.muster.serialize.Serializer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a task computes: how its function is called, and the literal argument if it has one.
 *
 * <p>Encoded form: one byte {@code shape | flags}, the time limit in nanoseconds (int64, little-endian) if there is one, the function's
 * length (int32, little-endian) and bytes if the call carries its own function, and the argument's bytes up to the end if there is one. Of a
 * function that is much like the registered one only what differs is carried: how many bytes before it and after it are the registered one's
 * (int32 each), its length (int32) and its bytes.
 */
public final class Call {
    private static final int OWN_FUNCTION = 0x10;
    private static final int TIMED = 0x20;
    private static final int LIKE_REGISTERED = 0x40;
    private static final int SHAPE_MASK = 0x0f;

    /** Longer functions are carried whole: a worker need not keep the bytes of registered ones. */
    private static final int MAX_MODEL_BYTES = 4096;

    private static final Shape[] SHAPES = Shape.values();
    private static final byte[] NOTHING = {};

    private final Shape shape;
    private final @Nullable Object function;
    private final @Nullable Object argument;
    private final long timeoutNs;

    /**
     * Makes a call.
     *
     * @param shape how the function is called
     * @param function the call's own function, or null for the registered one
     * @param argument the argument of {@link Shape#VALUE}, else null
     */
    public Call(final Shape shape, final @Nullable Object function, final @Nullable Object argument) {
        this(shape, function, argument, 0);
    }

    private Call(
            final Shape shape, final @Nullable Object function, final @Nullable Object argument, final long timeoutNs) {
        this.shape = shape;
        this.function = function;
        this.argument = argument;
        this.timeoutNs = timeoutNs;
    }

    /**
     * The same call with a time limit.
     *
     * @param call a call without one, or its encoded form ({@code byte[]})
     * @param timeoutNs how long it may take, in nanoseconds, more than 0
     * @return a call, or its encoded form, as given
     */
    public static Object timed(final Object call, final long timeoutNs) {
        if (call instanceof Call live) {
            return new Call(live.shape, live.function, live.argument, timeoutNs);
        }
        final byte[] plain = (byte[]) call;
        final byte[] timed = new byte[plain.length + Long.BYTES];
        timed[0] = (byte) (plain[0] | TIMED);
        for (int i = 0; i < Long.BYTES; i++) {
            timed[1 + i] = (byte) (timeoutNs >>> 8 * i);
        }
        System.arraycopy(plain, 1, timed, 1 + Long.BYTES, plain.length - 1);
        return timed;
    }

    /**
     * How long it may take.
     *
     * @return nanoseconds; 0: as long as it likes
     */
    public long timeoutNs() {
        return timeoutNs;
    }

    /**
     * How the function is called.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Whether calls may name what of their own function differs from a registered one.
     *
     * @param registeredBytes how long the registered function is, in bytes
     * @return true for short ones
     */
    public static boolean isModel(final int registeredBytes) {
        return registeredBytes <= MAX_MODEL_BYTES;
    }

    /**
     * The encoded form of a call without a time limit.
     *
     * @param shape how the function is called
     * @param own the call's own function as bytes, or null for the registered one
     * @param registered the registered function as bytes, or null if there are none
     * @param argument the argument of {@link Shape#VALUE}, else null
     * @param serializer turns the argument into bytes
     * @return the bytes
     */
    public static byte[] encode(
            final Shape shape,
            final byte @Nullable [] own,
            final byte @Nullable [] registered,
            final @Nullable Object argument,
            final Serializer serializer) {
        final byte[] value = shape == Shape.VALUE ? serializer.toBytes(argument) : NOTHING;
        if (own == null) {
            final byte[] encoded = new byte[1 + value.length];
            encoded[0] = (byte) shape.ordinal();
            System.arraycopy(value, 0, encoded, 1, value.length);
            return encoded;
        }
        final byte[] model = registered != null && isModel(registered.length) ? registered : null;
        final int before = model == null ? 0 : commonStart(own, model);
        final int after = model == null ? 0 : commonEnd(own, model, before);
        final int middle = own.length - before - after;
        final int head = model == null ? 5 : 13;
        final byte[] encoded = new byte[head + middle + value.length];
        encoded[0] = (byte) (shape.ordinal() | OWN_FUNCTION | (model == null ? 0 : LIKE_REGISTERED));
        if (model != null) {
            putInt(encoded, 1, before);
            putInt(encoded, 5, after);
        }
        putInt(encoded, head - Integer.BYTES, middle);
        System.arraycopy(own, before, encoded, head, middle);
        System.arraycopy(value, 0, encoded, head + middle, value.length);
        return encoded;
    }

    private static int commonStart(final byte[] own, final byte[] registered) {
        final int differs = Arrays.mismatch(own, registered);
        return differs < 0 ? own.length : differs;
    }

    private static int commonEnd(final byte[] own, final byte[] registered, final int before) {
        final int most = Math.min(own.length, registered.length) - before;
        int after = 0;
        while (after < most && own[own.length - 1 - after] == registered[registered.length - 1 - after]) {
            after++;
        }
        return after;
    }

    private static void putInt(final byte[] bytes, final int at, final int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private static int getInt(final byte[] bytes, final int at) {
        if (bytes.length < at + Integer.BYTES) {
            throw new IllegalArgumentException(
                    "not a call: length=" + bytes.length + " must be >= " + (at + Integer.BYTES));
        }
        int value = 0;
        for (int i = Integer.BYTES - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }

    /**
     * Reads the encoded form.
     *
     * @param encoded the bytes
     * @param registered the registered function as bytes, or null if they are not there: then the call must not need them
     * @param serializer turns bytes into the function and the argument
     * @return the call
     */
    public static Call decode(final byte[] encoded, final byte @Nullable [] registered, final Serializer serializer) {
        if (encoded.length == 0 || (encoded[0] & SHAPE_MASK) >= SHAPES.length) {
            throw new IllegalArgumentException("not a call: length=" + encoded.length
                    + (encoded.length == 0 ? "" : " shape=" + (encoded[0] & SHAPE_MASK)) + ", need shape<"
                    + SHAPES.length);
        }
        final Shape shape = SHAPES[encoded[0] & SHAPE_MASK];
        int position = 1;
        long limitNs = 0;
        if ((encoded[0] & TIMED) != 0) {
            limitNs = getInt(encoded, position) & 0xffffffffL
                    | (long) getInt(encoded, position + Integer.BYTES) << Integer.SIZE;
            position += Long.BYTES;
        }
        Object own = null;
        if ((encoded[0] & OWN_FUNCTION) != 0) {
            final boolean isLike = (encoded[0] & LIKE_REGISTERED) != 0;
            final int before = isLike ? getInt(encoded, position) : 0;
            final int after = isLike ? getInt(encoded, position + Integer.BYTES) : 0;
            position += isLike ? 2 * Integer.BYTES : 0;
            final int length = getInt(encoded, position);
            position += Integer.BYTES;
            if (length < 0 || length > encoded.length - position) {
                throw new IllegalArgumentException(
                        "not a call: functionLength=" + length + " must be within length=" + encoded.length);
            }
            own = isLike
                    ? like(registered, before, encoded, position, length, after, serializer)
                    : serializer.fromBytes(encoded, position, length);
            position += length;
        }
        final Object argument =
                shape == Shape.VALUE ? serializer.fromBytes(encoded, position, encoded.length - position) : null;
        return new Call(shape, own, argument, Math.max(0, limitNs));
    }

    private static @Nullable Object like(
            final byte @Nullable [] registered,
            final int before,
            final byte[] encoded,
            final int position,
            final int length,
            final int after,
            final Serializer serializer) {
        if (registered == null) {
            throw new IllegalArgumentException(
                    "the call's function is told by what differs from the registered one, whose bytes are not here");
        }
        if (before < 0 || after < 0 || before > registered.length - after) {
            throw new IllegalArgumentException("not a call: before=" + before + " and after=" + after
                    + " must be within registered=" + registered.length);
        }
        final byte[] own = new byte[before + length + after];
        System.arraycopy(registered, 0, own, 0, before);
        System.arraycopy(encoded, position, own, before, length);
        System.arraycopy(registered, registered.length - after, own, before + length, after);
        return serializer.fromBytes(own, 0, own.length);
    }

    /**
     * Computes. Null passes as it is: whether it may is between the user's functions.
     *
     * @param registered the task's registered function, used unless the call carries its own
     * @param inputs the results of the task's dependencies, in order
     * @return the result
     * @throws Exception what user code throws
     */
    @SuppressWarnings({"unchecked", "NullAway"})
    public @Nullable Object invoke(final @Nullable Object registered, final @Nullable Object[] inputs)
            throws Exception {
        final Object target =
                Objects.requireNonNull(function == null ? registered : function, "the call has no function");
        return switch (shape) {
            case TASK -> ((Task<Object>) target).call();
            case VALUE -> ((Fn<Object, Object>) target).apply(argument);
            case INPUT -> ((Fn<Object, Object>) target).apply(inputs[0]);
            case TWO_INPUTS -> ((BiFn<Object, Object, Object>) target).apply(inputs[0], inputs[1]);
            case INPUT_LIST -> {
                final List<Object> all = Collections.unmodifiableList(Arrays.asList(inputs));
                yield ((Fn<Object, Object>) target).apply(all);
            }
        };
    }

    /** How a function is called. */
    public enum Shape {
        /** A {@link Task}: no argument. */
        TASK,
        /** An {@link Fn} of a literal value. */
        VALUE,
        /** An {@link Fn} of the only input. */
        INPUT,
        /** A {@link BiFn} of two inputs. */
        TWO_INPUTS,
        /** An {@link Fn} of the list of all inputs. */
        INPUT_LIST
    }
}
