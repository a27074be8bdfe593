package io.muster.worker;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the threads of this process do, for dumps: names, states, locks and lines of code, no values. */
public final class ThreadStacks {
    private static final int MAX_THREADS = 200;
    private static final int MAX_FRAMES = 40;

    private ThreadStacks() {}

    /**
     * Looks at all threads, those of Muster first.
     *
     * @return one object each, as for JSON: at most 200 threads, 40 frames each
     */
    public static List<Map<String, Object>> take() {
        final List<Map<String, Object>> threads = new ArrayList<>();
        Stream.of(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true, MAX_FRAMES))
                .sorted(Comparator.comparing(
                                (ThreadInfo thread) -> !thread.getThreadName().startsWith("muster"))
                        .thenComparing(ThreadInfo::getThreadName))
                .limit(MAX_THREADS)
                .forEach(thread -> threads.add(describe(thread)));
        return threads;
    }

    /**
     * The line of code at which a thread is that is not the JDK's.
     *
     * @param threadName its name
     * @return such as {@code io.muster.scheduler.SchedulerAgent.tick(SchedulerAgent.java:350)}; empty if there is no such thread
     */
    public static String where(final String threadName) {
        for (final Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            if (entry.getKey().getName().equals(threadName)) {
                final StackTraceElement[] frames = entry.getValue();
                return Stream.of(frames)
                        .filter(frame -> !frame.getClassName().startsWith("java.")
                                && !frame.getClassName().startsWith("jdk.")
                                && !frame.getClassName().startsWith("sun."))
                        .findFirst()
                        .or(() -> Stream.of(frames).findFirst())
                        .map(StackTraceElement::toString)
                        .orElse("");
            }
        }
        return "";
    }

    private static Map<String, Object> describe(final ThreadInfo thread) {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", thread.getThreadName());
        members.put("state", thread.getThreadState().name());
        final LockInfo lock = thread.getLockInfo();
        if (lock != null) {
            members.put("waits_for", lock.toString());
        }
        final String owner = thread.getLockOwnerName();
        if (owner != null) {
            members.put("held_by", owner);
        }
        members.put(
                "frames",
                Stream.of(thread.getStackTrace())
                        .map(StackTraceElement::toString)
                        .toList());
        return members;
    }
}
