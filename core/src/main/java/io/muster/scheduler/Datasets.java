package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CoordinationStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

/** Results that were published under a name: they stay, and clients that did not submit them can have them as inputs. */
final class Datasets {
    private static final int MAX_NAMES = 10_000;
    private static final int NEVER = 0;
    private static final int[] NO_SLOTS = {};

    private final Map<String, int[]> byName = new TreeMap<>();
    private final Int2IntHashMap timesPublished = new Int2IntHashMap(NEVER);

    boolean contains(final String name) {
        return byName.containsKey(name);
    }

    boolean isPublished(final int slot) {
        return timesPublished.containsKey(slot);
    }

    /** The slot of one of a dataset's results, or {@link ClientState#UNKNOWN}. */
    int slot(final String name, final int index) {
        final int[] slots = byName.get(name);
        return slots == null || index < 0 || index >= slots.length ? ClientState.UNKNOWN : slots[index];
    }

    /** How many results a dataset has. */
    CoordinationAnswer size(final CoordinationRequest request) {
        final int[] slots = byName.get(request.name());
        return slots == null
                ? CoordinationAnswer.of(request.requestId(), CoordinationStatus.UNAVAILABLE, 0, 0)
                : CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, slots.length);
    }

    /** All names, sorted. */
    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** All names, sorted, one a line. */
    CoordinationAnswer names(final CoordinationRequest request) {
        final byte[] text = String.join("\n", names()).getBytes(StandardCharsets.UTF_8);
        return new CoordinationAnswer(request.requestId(), CoordinationStatus.DONE, 0, byName.size(), text);
    }

    /** Why there can be no such dataset; null if there can. */
    @Nullable
    String refusal(final CoordinationRequest request) {
        if (byName.containsKey(request.name())) {
            return "dataset=" + request.name() + " is published already; unpublish it first";
        }
        if (byName.size() >= MAX_NAMES) {
            return "datasets=" + byName.size() + " must be < " + MAX_NAMES + "; unpublish some";
        }
        return request.violation();
    }

    /** The client's numbers of the tasks that it wants published. */
    static int[] taskIds(final CoordinationRequest request) {
        final ArrayBuffer packed = new ArrayBuffer(request.value());
        final int count = Wire.count(packed, 0, request.value().length, Integer.BYTES);
        return Wire.ints(packed, 0, count * Integer.BYTES, new int[count]);
    }

    void add(final String name, final int[] slots) {
        byName.put(name, slots);
        for (final int slot : slots) {
            timesPublished.put(slot, timesPublished.get(slot) + 1);
        }
    }

    /** Takes a dataset away; gives its slots. */
    int[] remove(final String name) {
        final int[] slots = byName.remove(name);
        if (slots == null) {
            return NO_SLOTS;
        }
        for (final int slot : slots) {
            final int times = timesPublished.remove(slot) - 1;
            if (times > NEVER) {
                timesPublished.put(slot, times);
            }
        }
        return slots;
    }
}
