package io.muster.serialize;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the classes that a stream names: the supplied loader first, then the thread's context class loader. */
final class ClassResolver {
    private final @Nullable ClassLoader first;
    private final @Nullable ClassLoader second;
    private @Nullable String missing;
    private @Nullable String why;

    ClassResolver(Supplier<? extends @Nullable ClassLoader> loader) {
        first = loader.get();
        second = Thread.currentThread().getContextClassLoader();
    }

    /** Whether another one would look in the same places. */
    boolean looksWhere(@Nullable ClassLoader otherFirst, @Nullable ClassLoader otherSecond) {
        return first == otherFirst && second == otherSecond;
    }

    @Nullable
    ClassLoader first() {
        return first;
    }

    @Nullable
    ClassLoader second() {
        return second;
    }

    /** The class of a name, or null if neither loader has it. */
    @Nullable
    Class<?> find(String name) {
        Class<?> found = find(name, first);
        return found == null && second != first ? find(name, second) : found;
    }

    /** The class of proxies for interfaces that one of the two loaders has all of. */
    Class<?> proxyOf(String[] interfaceNames) throws ClassNotFoundException {
        Class<?> proxy = proxyOf(interfaceNames, first);
        if (proxy == null && second != first) {
            proxy = proxyOf(interfaceNames, second);
        }
        if (proxy == null) {
            for (String name : interfaceNames) {
                if (find(name) == null) {
                    noteMissing(name);
                }
            }
            throw new ClassNotFoundException("proxy of " + String.join(", ", interfaceNames));
        }
        return proxy;
    }

    /** Notes the first class that was nowhere found: later errors of the stream only follow from it. */
    void noteMissing(String name) {
        if (missing == null) {
            missing = name;
        }
    }

    @Nullable
    String missing() {
        return missing;
    }

    /** What the loader of the first missing class says of it besides its name; null for nothing. */
    @Nullable
    String why() {
        return why;
    }

    private @Nullable Class<?> find(String name, @Nullable ClassLoader loader) {
        if (loader == null) {
            return null;
        }
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            final String text = e.getMessage();
            if (why == null && text != null && text.startsWith(name + "; ")) {
                why = text.substring(name.length());
            }
            return null;
        }
    }

    @SuppressWarnings("deprecation")
    private @Nullable Class<?> proxyOf(String[] names, @Nullable ClassLoader loader) {
        Class<?>[] interfaces = new Class<?>[names.length];
        ClassLoader definer = loader;
        for (int i = 0; i < names.length; i++) {
            Class<?> found = find(names[i], loader);
            if (found == null) {
                return null;
            }
            if (!Modifier.isPublic(found.getModifiers())) {
                definer = found.getClassLoader();
            }
            interfaces[i] = found;
        }
        try {
            return Proxy.getProxyClass(definer, interfaces);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
