package io.muster.classes;

import io.muster.MusterException;
import io.muster.classes.ResourceAnswer.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client offers to workers: the resources, classes among them, that the class loaders of its functions find; but for those of the
 * JDK. Results that come back are read with the same loaders.
 *
 * <p>Workers keep what they got as long as the client is there. Therefore a class that is redefined, as a notebook does with a method that
 * is typed again, can't be used any more by this client.
 */
public final class OfferedClasses {
    /** The longest resource that is sent, in bytes: 64 MiB. */
    public static final int MAX_BYTES = 64 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(OfferedClasses.class);

    /** Those of functions, but for that of the JVM's class path. */
    private final List<ClassLoader> loaders = new CopyOnWriteArrayList<>();

    private final @Nullable ClassLoader context = Thread.currentThread().getContextClassLoader();
    private final ClassLoader all = new AllLoaders();

    /** The checksums of classes that were sent, and that may change as they are not in files. */
    private final Map<String, Long> sent = new ConcurrentHashMap<>();

    /** Offers what was not asked for yet; that of the JVM and the context class loader of the thread that makes it are the last to be asked. */
    public OfferedClasses() {}

    /**
     * Says that tasks call a function of some class.
     *
     * @param type the class
     * @throws MusterException if a class is not what it was when workers got it
     */
    public void uses(final Class<?> type) {
        final ClassLoader loader = type.getClassLoader();
        if (loader == null || isOfClassPath(loader)) {
            return;
        }
        if (!loaders.contains(loader)) {
            loaders.add(loader);
        }
        sent.forEach(this::checkUnchanged);
    }

    /**
     * Finds the classes that workers get from here; then those that Muster finds.
     *
     * @return always the same
     */
    public ClassLoader loader() {
        return all;
    }

    private void checkUnchanged(final String path, final long checksum) {
        try {
            final byte[] now = resource(path);
            if (now != null && ClassPath.checksum(now) != checksum) {
                throw new MusterException("class=" + path.replace('/', '.').replaceFirst("\\.class$", "")
                        + " must be what it was when workers got it, and was redefined since: they would go on with"
                        + " what they have; connect another client, or give what is new another name");
            }
        } catch (final IOException e) {
            LOG.debug("can't compare {}", path, e);
        }
    }

    private static boolean isOfClassPath(final ClassLoader loader) {
        final ClassLoader system = ClassLoader.getSystemClassLoader();
        return loader == system || loader == system.getParent();
    }

    /**
     * Answers a question; reads files.
     *
     * @param question the question
     * @return the answer
     */
    public ResourceAnswer answer(final ResourceQuestion question) {
        try {
            final byte[] content = question.path().isEmpty() ? classPath().toBytes() : resource(question.path());
            if (content == null) {
                return ResourceAnswer.without(question.requestId(), Status.ABSENT);
            }
            if (!loaders.isEmpty() && question.path().endsWith(".class")) {
                sent.put(question.path(), ClassPath.checksum(content));
            }
            return content.length > MAX_BYTES
                    ? ResourceAnswer.without(question.requestId(), Status.TOO_LARGE)
                    : new ResourceAnswer(question.requestId(), Status.HERE, content);
        } catch (final IOException | RuntimeException e) {
            LOG.warn("can't send {} to workers: {}", question.path(), e.toString());
            return ResourceAnswer.without(question.requestId(), Status.ABSENT);
        }
    }

    /** That of the JVM; who has classes of other loaders, as a notebook has, may have others tomorrow. */
    private ClassPath classPath() {
        final ClassPath path = ClassPath.of(System.getProperty("java.class.path", ""), Long.MAX_VALUE);
        return loaders.isEmpty() ? path : path.withUnknown();
    }

    private byte @Nullable [] resource(final String path) throws IOException {
        for (final ClassLoader loader : loaders) {
            final byte[] content = resource(path, loader);
            if (content != null) {
                return content;
            }
        }
        final byte[] content = context == null ? null : resource(path, context);
        return content == null ? resource(path, ClassLoader.getSystemClassLoader()) : content;
    }

    private static byte @Nullable [] resource(final String path, final ClassLoader loader) throws IOException {
        final URL url = loader.getResource(path);
        if (url != null && url.getProtocol().equals("jrt")) {
            return null;
        }
        try (InputStream in = loader.getResourceAsStream(path)) {
            return in == null ? null : in.readNBytes(MAX_BYTES + 1);
        }
    }

    /** Finds what one of the functions' loaders has. */
    private final class AllLoaders extends ClassLoader {
        AllLoaders() {
            super("muster-functions", OfferedClasses.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
            for (final ClassLoader loader : loaders) {
                try {
                    return loader.loadClass(name);
                } catch (final ClassNotFoundException e) {
                    LOG.trace("not found by {}", loader, e);
                }
            }
            return super.loadClass(name, resolve);
        }
    }
}
