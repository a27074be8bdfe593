package io.muster.scheduler;

import java.util.List;

/**
 * Some of the tasks that were asked for.
 *
 * @param total how many there are
 * @param tasks those of the page
 */
public record TaskPage(long total, List<TaskSnapshot> tasks) {}
