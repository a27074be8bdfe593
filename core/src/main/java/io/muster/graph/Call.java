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
 * <p>Encoded form: one byte {@code shape | flags}, the time limit in nanoseconds (int64, little-endian) if there is one, the function's length (int32, little-endian) and bytes if the call carries its own
 * function, and the argument's bytes up to the end if there is one.
 */
public final class Call {
    private static final int OWN_FUNCTION = 0x10;
    private static final int TIMED = 0x20;
    private static final int SHAPE_MASK = 0x0f;
    private static final Shape[] SHAPES = Shape.values();

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
     * The encoded form.
     *
     * @param serializer turns the function and the argument into bytes
     * @return the bytes
     */
    public byte[] encode(final Serializer serializer) {
        final byte[] own = function == null ? null : serializer.toBytes(function);
        final byte[] value = shape == Shape.VALUE ? serializer.toBytes(argument) : new byte[0];
        final int head = own == null ? 1 : 5 + own.length;
        final byte[] encoded = new byte[head + value.length];
        encoded[0] = (byte) (shape.ordinal() | (own == null ? 0 : OWN_FUNCTION));
        if (own != null) {
            for (int i = 0; i < 4; i++) {
                encoded[1 + i] = (byte) (own.length >>> 8 * i);
            }
            System.arraycopy(own, 0, encoded, 5, own.length);
        }
        System.arraycopy(value, 0, encoded, head, value.length);
        return encoded;
    }

    /**
     * Reads the encoded form.
     *
     * @param encoded the bytes
     * @param serializer turns bytes into the function and the argument
     * @return the call
     */
    public static Call decode(final byte[] encoded, final Serializer serializer) {
        if (encoded.length == 0 || (encoded[0] & SHAPE_MASK) >= SHAPES.length) {
            throw new IllegalArgumentException("not a call: length=" + encoded.length
                    + (encoded.length == 0 ? "" : " shape=" + (encoded[0] & SHAPE_MASK)) + ", need shape<"
                    + SHAPES.length);
        }
        final Shape shape = SHAPES[encoded[0] & SHAPE_MASK];
        int position = 1;
        long limitNs = 0;
        if ((encoded[0] & TIMED) != 0) {
            position += Long.BYTES;
            if (encoded.length < position) {
                throw new IllegalArgumentException("not a call: length=" + encoded.length + " must be >= " + position);
            }
            for (int i = 0; i < Long.BYTES; i++) {
                limitNs |= (encoded[1 + i] & 0xffL) << 8 * i;
            }
        }
        Object own = null;
        if ((encoded[0] & OWN_FUNCTION) != 0) {
            int length = -1;
            if (encoded.length >= position + 4) {
                for (int i = 3; i >= 0; i--) {
                    length = length << 8 | encoded[position + i] & 0xff;
                }
            }
            position += 4;
            if (length < 0 || length > encoded.length - position) {
                throw new IllegalArgumentException(
                        "not a call: functionLength=" + length + " must be within length=" + encoded.length);
            }
            own = serializer.fromBytes(encoded, position, length);
            position += length;
        }
        final Object argument =
                shape == Shape.VALUE ? serializer.fromBytes(encoded, position, encoded.length - position) : null;
        return new Call(shape, own, argument, Math.max(0, limitNs));
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
