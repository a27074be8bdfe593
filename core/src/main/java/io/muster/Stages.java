package io.muster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The {@link CompletionStage} half of a future: all of it is done by an inner {@link CompletableFuture}, made when
 * first needed.
 */
abstract class Stages<R> implements CompletionStage<R> {
    Stages() {}

    abstract CompletableFuture<R> stages();

    /** A copy, completed as this future is; completing or cancelling the copy has no effect here. */
    @Override
    public final CompletableFuture<R> toCompletableFuture() {
        return stages().copy();
    }

    @Override
    public final <U> CompletableFuture<U> thenApply(final Function<? super R, ? extends U> function) {
        return stages().thenApply(function);
    }

    @Override
    public final <U> CompletableFuture<U> thenApplyAsync(final Function<? super R, ? extends U> function) {
        return stages().thenApplyAsync(function);
    }

    @Override
    public final <U> CompletableFuture<U> thenApplyAsync(
            final Function<? super R, ? extends U> function, final Executor executor) {
        return stages().thenApplyAsync(function, executor);
    }

    @Override
    public final CompletableFuture<Void> thenAccept(final Consumer<? super R> action) {
        return stages().thenAccept(action);
    }

    @Override
    public final CompletableFuture<Void> thenAcceptAsync(final Consumer<? super R> action) {
        return stages().thenAcceptAsync(action);
    }

    @Override
    public final CompletableFuture<Void> thenAcceptAsync(final Consumer<? super R> action, final Executor executor) {
        return stages().thenAcceptAsync(action, executor);
    }

    @Override
    public final CompletableFuture<Void> thenRun(final Runnable action) {
        return stages().thenRun(action);
    }

    @Override
    public final CompletableFuture<Void> thenRunAsync(final Runnable action) {
        return stages().thenRunAsync(action);
    }

    @Override
    public final CompletableFuture<Void> thenRunAsync(final Runnable action, final Executor executor) {
        return stages().thenRunAsync(action, executor);
    }

    @Override
    public final <U, V> CompletableFuture<V> thenCombine(
            final CompletionStage<? extends U> other, final BiFunction<? super R, ? super U, ? extends V> function) {
        return stages().thenCombine(other, function);
    }

    @Override
    public final <U, V> CompletableFuture<V> thenCombineAsync(
            final CompletionStage<? extends U> other, final BiFunction<? super R, ? super U, ? extends V> function) {
        return stages().thenCombineAsync(other, function);
    }

    @Override
    public final <U, V> CompletableFuture<V> thenCombineAsync(
            final CompletionStage<? extends U> other,
            final BiFunction<? super R, ? super U, ? extends V> function,
            final Executor executor) {
        return stages().thenCombineAsync(other, function, executor);
    }

    @Override
    public final <U> CompletableFuture<Void> thenAcceptBoth(
            final CompletionStage<? extends U> other, final BiConsumer<? super R, ? super U> action) {
        return stages().thenAcceptBoth(other, action);
    }

    @Override
    public final <U> CompletableFuture<Void> thenAcceptBothAsync(
            final CompletionStage<? extends U> other, final BiConsumer<? super R, ? super U> action) {
        return stages().thenAcceptBothAsync(other, action);
    }

    @Override
    public final <U> CompletableFuture<Void> thenAcceptBothAsync(
            final CompletionStage<? extends U> other,
            final BiConsumer<? super R, ? super U> action,
            final Executor executor) {
        return stages().thenAcceptBothAsync(other, action, executor);
    }

    @Override
    public final CompletableFuture<Void> runAfterBoth(final CompletionStage<?> other, final Runnable action) {
        return stages().runAfterBoth(other, action);
    }

    @Override
    public final CompletableFuture<Void> runAfterBothAsync(final CompletionStage<?> other, final Runnable action) {
        return stages().runAfterBothAsync(other, action);
    }

    @Override
    public final CompletableFuture<Void> runAfterBothAsync(
            final CompletionStage<?> other, final Runnable action, final Executor executor) {
        return stages().runAfterBothAsync(other, action, executor);
    }

    @Override
    public final <U> CompletableFuture<U> applyToEither(
            final CompletionStage<? extends R> other, final Function<? super R, U> function) {
        return stages().applyToEither(other, function);
    }

    @Override
    public final <U> CompletableFuture<U> applyToEitherAsync(
            final CompletionStage<? extends R> other, final Function<? super R, U> function) {
        return stages().applyToEitherAsync(other, function);
    }

    @Override
    public final <U> CompletableFuture<U> applyToEitherAsync(
            final CompletionStage<? extends R> other, final Function<? super R, U> function, final Executor executor) {
        return stages().applyToEitherAsync(other, function, executor);
    }

    @Override
    public final CompletableFuture<Void> acceptEither(
            final CompletionStage<? extends R> other, final Consumer<? super R> action) {
        return stages().acceptEither(other, action);
    }

    @Override
    public final CompletableFuture<Void> acceptEitherAsync(
            final CompletionStage<? extends R> other, final Consumer<? super R> action) {
        return stages().acceptEitherAsync(other, action);
    }

    @Override
    public final CompletableFuture<Void> acceptEitherAsync(
            final CompletionStage<? extends R> other, final Consumer<? super R> action, final Executor executor) {
        return stages().acceptEitherAsync(other, action, executor);
    }

    @Override
    public final CompletableFuture<Void> runAfterEither(final CompletionStage<?> other, final Runnable action) {
        return stages().runAfterEither(other, action);
    }

    @Override
    public final CompletableFuture<Void> runAfterEitherAsync(final CompletionStage<?> other, final Runnable action) {
        return stages().runAfterEitherAsync(other, action);
    }

    @Override
    public final CompletableFuture<Void> runAfterEitherAsync(
            final CompletionStage<?> other, final Runnable action, final Executor executor) {
        return stages().runAfterEitherAsync(other, action, executor);
    }

    @Override
    public final <U> CompletableFuture<U> thenCompose(
            final Function<? super R, ? extends CompletionStage<U>> function) {
        return stages().thenCompose(function);
    }

    @Override
    public final <U> CompletableFuture<U> thenComposeAsync(
            final Function<? super R, ? extends CompletionStage<U>> function) {
        return stages().thenComposeAsync(function);
    }

    @Override
    public final <U> CompletableFuture<U> thenComposeAsync(
            final Function<? super R, ? extends CompletionStage<U>> function, final Executor executor) {
        return stages().thenComposeAsync(function, executor);
    }

    @Override
    public final <U> CompletableFuture<U> handle(final BiFunction<? super R, Throwable, ? extends U> function) {
        return stages().handle(function);
    }

    @Override
    public final <U> CompletableFuture<U> handleAsync(final BiFunction<? super R, Throwable, ? extends U> function) {
        return stages().handleAsync(function);
    }

    @Override
    public final <U> CompletableFuture<U> handleAsync(
            final BiFunction<? super R, Throwable, ? extends U> function, final Executor executor) {
        return stages().handleAsync(function, executor);
    }

    @Override
    public final CompletableFuture<R> whenComplete(final BiConsumer<? super R, ? super Throwable> action) {
        return stages().whenComplete(action);
    }

    @Override
    public final CompletableFuture<R> whenCompleteAsync(final BiConsumer<? super R, ? super Throwable> action) {
        return stages().whenCompleteAsync(action);
    }

    @Override
    public final CompletableFuture<R> whenCompleteAsync(
            final BiConsumer<? super R, ? super Throwable> action, final Executor executor) {
        return stages().whenCompleteAsync(action, executor);
    }

    @Override
    public final CompletableFuture<R> exceptionally(final Function<Throwable, ? extends R> function) {
        return stages().exceptionally(function);
    }
}
