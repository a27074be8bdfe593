package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;

/** Effects of a core whose tasks and transfers alone are played: nothing comes of what is said to clients, of functions, or of coordination. */
abstract class PassiveEffects implements Effects {
    @Override
    public final void registerFunction(final WorkerState worker, final FunctionState function) {}

    @Override
    public final void forgetFunction(final WorkerState worker, final FunctionState function) {}

    @Override
    public final void commit(final WorkerState worker, final long runId, final boolean granted) {}

    @Override
    public final void stop(final WorkerState worker, final String reason) {}

    @Override
    public final void scatterTo(final ClientState client, final int taskId, final int worker) {}

    @Override
    public final void answer(final ClientState client, final long requestId, final String json) {}

    @Override
    public final void answer(final ClientState client, final CoordinationAnswer answer) {}

    @Override
    public final void answer(final WorkerState worker, final CoordinationAnswer answer) {}

    @Override
    public final void warn(final ClientState client, final String text) {}
}
