package io.muster.scheduler;

import java.util.List;
import java.util.Map;

/**
 * What depends on what, at one moment: task by task where they are few, else function by function.
 *
 * @param tasks the tasks; empty if they are too many
 * @param groups the functions; empty if the tasks are listed
 * @param edges from what is used to what uses it, by the ids of tasks or the places of groups
 */
public record GraphSnapshot(List<TaskSnapshot> tasks, List<Group> groups, List<long[]> edges) {
    /**
     * The tasks of one function.
     *
     * @param function its name
     * @param states how many are in each state, by its name
     */
    public record Group(String function, Map<String, Long> states) {}
}
