package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;

/** What clients and runs share through the scheduler: locks, queues and their like, and published results. */
final class Sharing {
    private final CoreState state;
    private final Effects effects;
    private final TaskLife life;

    Sharing(final CoreState state, final Effects effects, final TaskLife life) {
        this.state = state;
        this.effects = effects;
        this.life = life;
    }

    /** A client asks about locks, queues and their like, or about state.datasets. */
    void coordinate(final ClientState client, final CoordinationRequest request) {
        Party party = client.party;
        if (party == null) {
            party = new Party(answer -> effects.answer(client, answer));
            client.party = party;
        }
        switch (request.operation()) {
            case DATASET_PUBLISH -> party.tell(publish(client, request));
            case DATASET_REMOVE -> party.tell(unpublish(request));
            case DATASET_SIZE -> party.tell(state.datasets.size(request));
            case DATASET_NAMES -> party.tell(state.datasets.names(request));
            default -> state.coordination.request(party, request);
        }
    }

    /** A run asks about locks, queues and their like. */
    void coordinate(final WorkerState worker, final CoordinationRequest request) {
        Party party = worker.party;
        if (party == null) {
            party = new Party(answer -> effects.answer(worker, answer));
            worker.party = party;
        }
        if (state.currentRun(worker, request.runId(), request.task()) == ClientState.UNKNOWN) {
            state.coordination.requestOfEndedRun(party, request);
        } else {
            state.coordination.request(party, request);
        }
    }

    private CoordinationAnswer publish(final ClientState client, final CoordinationRequest request) {
        final String refusal = state.datasets.refusal(request);
        if (refusal != null) {
            return CoordinationAnswer.refusal(request.requestId(), refusal);
        }
        final int[] slots = Datasets.taskIds(request);
        for (int i = 0; i < slots.length; i++) {
            final int slot = client.slot(slots[i]);
            if (slot == ClientState.UNKNOWN || state.tasks.phase(slot) != TaskPhase.MEMORY) {
                return CoordinationAnswer.refusal(
                        request.requestId(),
                        "result " + i
                                + " must exist to be published, but it was released, failed or has just been lost:"
                                + " dataset=" + request.name());
            }
            slots[i] = slot;
        }
        state.datasets.add(request.name(), slots);
        for (final int slot : slots) {
            state.tasks.set(slot, TaskTable.PUBLISHED, true);
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, slots.length);
    }

    private CoordinationAnswer unpublish(final CoordinationRequest request) {
        final boolean isThere = state.datasets.contains(request.name());
        for (final int slot : state.datasets.remove(request.name())) {
            if (!state.datasets.isPublished(slot)) {
                state.tasks.set(slot, TaskTable.PUBLISHED, false);
                life.settle(slot);
            }
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, isThere ? 1 : 0);
    }
}
