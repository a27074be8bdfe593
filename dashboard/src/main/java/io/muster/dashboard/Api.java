package io.muster.dashboard;

import io.muster.config.Json;
import io.muster.scheduler.DashboardSource;
import java.util.Map;
import java.util.function.Function;

/** Answers in JSON; used by one thread only, which may wait for the scheduler. */
final class Api {
    private final DashboardSource source;
    private final Rates rates = new Rates();
    private final Map<String, Function<Request, String>> answers =
            Map.of("/api/summary", request -> summary(), "/api/workers", request -> workers());

    Api(final DashboardSource source) {
        this.source = source;
    }

    /** Whether it has an answer at this path. */
    boolean has(final String path) {
        return answers.containsKey(path);
    }

    Response answer(final Request request) {
        final Function<Request, String> found = answers.get(request.path());
        return found == null ? Response.text(404, "there is nothing here") : Response.json(found.apply(request));
    }

    String summary() {
        return Json.write(rates.summary(source.cluster()));
    }

    String workers() {
        return Json.write(Views.workers(source.workers()));
    }
}
