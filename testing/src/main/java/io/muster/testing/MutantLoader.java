package io.muster.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Loads the packages that mutants are in anew, with the classes of one mutant in the place of the real ones; everything else is shared. */
final class MutantLoader extends ClassLoader {
    private static final String SCHEDULER = "io.muster.scheduler.";
    private static final String WORKER = "io.muster.worker.";

    private final Map<String, byte[]> mutated;

    MutantLoader(final Map<String, byte[]> mutated) {
        super(MutantLoader.class.getClassLoader());
        this.mutated = mutated;
    }

    /** A world whose scheduler and worker have the bug. */
    World world() {
        try {
            return (World)
                    loadClass(SCHEDULER + "SimulatedWorld").getConstructor().newInstance();
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("the simulator can't be loaded around a mutant", e);
        }
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(SCHEDULER) && !name.startsWith(WORKER)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            final Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            final byte[] changed = mutated.get(name);
            final byte[] bytes = changed == null ? original(name) : changed;
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    private byte[] original(final String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
