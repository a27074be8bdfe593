package io.muster;

import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list that can't be changed, which travels as an array of primitive values where its elements are all of one such type. */
final class PackedList<E> extends AbstractList<E> implements RandomAccess, Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Serializable values;

    private PackedList(final Serializable values) {
        this.values = values;
    }

    /** A list of these, which are the caller's no more. */
    static <E> PackedList<E> of(final @Nullable Object[] elements) {
        final Object first = elements.length == 0 ? null : elements[0];
        for (final Object element : elements) {
            if (first == null || element == null || element.getClass() != first.getClass()) {
                return new PackedList<>(elements);
            }
        }
        if (first instanceof Integer) {
            final int[] packed = new int[elements.length];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = Unchecked.<Integer>cast(elements[i]);
            }
            return new PackedList<>(packed);
        }
        if (first instanceof Long) {
            final long[] packed = new long[elements.length];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = Unchecked.<Long>cast(elements[i]);
            }
            return new PackedList<>(packed);
        }
        if (first instanceof Double) {
            final double[] packed = new double[elements.length];
            for (int i = 0; i < packed.length; i++) {
                packed[i] = Unchecked.<Double>cast(elements[i]);
            }
            return new PackedList<>(packed);
        }
        return new PackedList<>(elements);
    }

    @Override
    public E get(final int index) {
        return Unchecked.cast(Array.get(values, index));
    }

    @Override
    public int size() {
        return Array.getLength(values);
    }
}
