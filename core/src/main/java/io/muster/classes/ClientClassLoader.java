package io.muster.classes;

import io.muster.classes.ResourceAnswer.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The classes of one client at a worker. */
final class ClientClassLoader extends ClassLoader {
    /*
     * Where the worker's class path holds all that the client's holds, classes are the worker's own, and only what is
     * missing there, such as classes made in a notebook, is asked for. Else all classes are the client's, but for those
     * of the JDK, of Muster and of its logging: a class that is the client's and one that is the worker's, though of
     * one name and in one package, are strangers, so they are not mixed within a class path.
     *
     * A class that could not be had once can never be had by what referred to it: the JVM remembers that for ever.
     * Therefore a question is not given up when its asker is interrupted, nor when the session is lost; see
     * ClientClasses.
     */
    private static final int MAX_ABSENT = 100_000;

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader own;
    private final Function<String, ResourceAnswer> client;
    private final Set<String> absent = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Boolean ownFirst;

    /**
     * @param own the worker's
     * @param client answers what is asked of its class path
     */
    ClientClassLoader(final ClassLoader own, final Function<String, ResourceAnswer> client) {
        super("muster-client", own);
        this.own = own;
        this.client = client;
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) {
                found = search(name);
            }
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> search(final String name) throws ClassNotFoundException {
        final boolean isShared = name.startsWith("io.muster.") || name.startsWith("org.slf4j.") || isOfJdk(name);
        if (isShared || ownFirst()) {
            try {
                return own.loadClass(name);
            } catch (final ClassNotFoundException e) {
                return fetch(name, e);
            }
        }
        try {
            return fetch(name, null);
        } catch (final ClassNotFoundException e) {
            return own.loadClass(name);
        }
    }

    private static boolean isOfJdk(final String name) {
        try {
            getPlatformClassLoader().loadClass(name);
            return true;
        } catch (final ClassNotFoundException e) {
            return false;
        }
    }

    private Class<?> fetch(final String name, final @Nullable ClassNotFoundException suppressed)
            throws ClassNotFoundException {
        final ResourceAnswer answer = ask(name.replace('.', '/') + ".class");
        if (answer.status() == Status.HERE) {
            return defineClass(name, answer.content(), 0, answer.content().length);
        }
        final ClassNotFoundException missing = new ClassNotFoundException(name
                + switch (answer.status()) {
                    case GONE -> "; the client that might have it is gone";
                    case TOO_LARGE -> "; its file at the client has more than " + OfferedClasses.MAX_BYTES + " bytes";
                    default -> "; the client does not have it either";
                });
        if (suppressed != null) {
            missing.addSuppressed(suppressed);
        }
        throw missing;
    }

    /** The worker's, or that of the client where the classes are the client's. Other ways to resources know only the worker's. */
    @Override
    public @Nullable InputStream getResourceAsStream(final String path) {
        if (path.isEmpty()) {
            return super.getResourceAsStream(path);
        }
        final boolean isOwnFirst = path.startsWith("io/muster/") || ownFirst();
        final InputStream here = isOwnFirst ? super.getResourceAsStream(path) : null;
        if (here != null) {
            return here;
        }
        final ResourceAnswer answer = ask(path);
        if (answer.status() == Status.HERE) {
            return new ByteArrayInputStream(answer.content());
        }
        return isOwnFirst ? null : super.getResourceAsStream(path);
    }

    private boolean ownFirst() {
        Boolean known = ownFirst;
        if (known == null) {
            synchronized (absent) {
                known = ownFirst;
                if (known == null) {
                    final ResourceAnswer answer = client.apply("");
                    known = answer.status() != Status.HERE || Holder.OWN.covers(ClassPath.fromBytes(answer.content()));
                    ownFirst = known;
                }
            }
        }
        return known;
    }

    private ResourceAnswer ask(final String path) {
        if (absent.contains(path)) {
            return ResourceAnswer.without(0, Status.ABSENT);
        }
        final ResourceAnswer answer = client.apply(path);
        if (answer.status() == Status.ABSENT && absent.size() < MAX_ABSENT) {
            absent.add(path);
        }
        return answer;
    }

    /** The worker's class path, as it was when the JVM started: what has changed since may not be what was loaded. */
    private static final class Holder {
        private static final ClassPath OWN = ClassPath.of(
                System.getProperty("java.class.path", ""),
                java.lang.management.ManagementFactory.getRuntimeMXBean().getStartTime());
    }
}
