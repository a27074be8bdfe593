/**
 * The dashboard: what a scheduler does, as pages in the browser, JSON and Prometheus text. {@link
 * io.muster.dashboard.HttpDashboardFactory} starts it; {@code WebServer} speaks HTTP, {@code Gate} decides who may look, {@code Api}
 * answers, and {@code Feed} tells open pages what changes.
 */
@NullMarked
package io.muster.dashboard;

import org.jspecify.annotations.NullMarked;
