package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** A session that takes part in {@link Coordination}: what it holds, waits for and subscribed to, by run. */
final class Party {
    private final Consumer<CoordinationAnswer> answers;
    private final Map<Long, Set<Claim>> byRun = new LinkedHashMap<>();
    private final Long2ObjectHashMap<Claim> byRequest = new Long2ObjectHashMap<>();

    /**
     * A session that has nothing yet.
     *
     * @param answers gets what it is to be told; must not call back
     */
    Party(final Consumer<CoordinationAnswer> answers) {
        this.answers = answers;
    }

    void tell(final CoordinationAnswer answer) {
        answers.accept(answer);
    }

    /** Its claims on behalf of a run, oldest first. */
    List<Claim> claims(final long runId) {
        final Set<Claim> claims = byRun.get(runId);
        return claims == null ? List.of() : new ArrayList<>(claims);
    }

    /** All its claims, in the order of its runs. */
    List<Claim> claims() {
        final List<Claim> all = new ArrayList<>();
        byRun.values().forEach(all::addAll);
        return all;
    }

    /** What waits, or is subscribed, under the number of its request. */
    @Nullable
    Claim asked(final long requestId) {
        return byRequest.get(requestId);
    }

    int asked() {
        return byRequest.size();
    }

    void add(final Claim claim) {
        byRun.computeIfAbsent(claim.runId, run -> new LinkedHashSet<>()).add(claim);
        if (claim.requestId != Claim.NO_REQUEST) {
            byRequest.put(claim.requestId, claim);
        }
    }

    void remove(final Claim claim) {
        final Set<Claim> claims = byRun.get(claim.runId);
        if (claims != null && claims.remove(claim) && claims.isEmpty()) {
            byRun.remove(claim.runId);
        }
        if (claim.requestId != Claim.NO_REQUEST) {
            byRequest.remove(claim.requestId);
        }
    }
}
