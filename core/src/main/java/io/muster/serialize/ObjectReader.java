package io.muster.serialize;

import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import org.jspecify.annotations.Nullable;

/** The JDK's stream, with large primitive arrays put back into it. */
final class ObjectReader extends ObjectInputStream {
    private final ClassResolver classes;
    private final ReadFilter filter;
    private final Object[] arrays;

    ObjectReader(InputStream in, ClassResolver classes, ReadFilter filter, Object[] arrays) throws IOException {
        super(in);
        this.classes = classes;
        this.filter = filter;
        this.arrays = arrays;
        setObjectInputFilter(filter);
        enableResolveObject(true);
    }

    @Override
    protected @Nullable Object resolveObject(@Nullable Object value) throws IOException {
        if (!(value instanceof ArrayReference)) {
            return value;
        }
        int index = ((ArrayReference) value).index();
        if (index < 0 || index >= arrays.length) {
            throw new InvalidObjectException("array=" + index + " is not one of arrays=" + arrays.length);
        }
        filter.resolved(arrays[index]);
        return arrays[index];
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        Class<?> found = classes.find(description.getName());
        if (found != null) {
            return found;
        }
        try {
            return super.resolveClass(description);
        } catch (ClassNotFoundException e) {
            classes.noteMissing(description.getName());
            throw e;
        }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
        return classes.proxyOf(names);
    }
}
