package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InfoTableTest {
    @Test
    void aClusterIsATableWithARowForEachWorker() {
        final String info = """
            {"cluster_id":"c","epoch":1,"address":"tcp://h:1","uptime_s":3725.5,"version":"0.1.0","java":"17.0.15",
             "dashboard_url":"http://127.0.0.1:8787/?token=t",
             "clients":2,"tasks":{"released":0,"waiting":3,"processing":12,"erred":1},"actors":3,
             "workers":[
              {"name":"w-0","number":1,"host":"node1","pid":42,"threads":4,"running":4,"assigned":6,"stored_bytes":1536,"memory":{"spilled_bytes":2048},
               "memory_limit_bytes":25769803776,"resident_bytes":999,"cpu_percent":398.7,"transport":"aeron","last_seen_ms":250},
              {"name":"w-1","paused":true,"memory_limit_bytes":0,"cpu_percent":-1}]}
            """;

        assertThat(text(info)).isEqualTo("""
            cluster c at tcp://h:1, up 1h02m, Muster 0.1.0 on Java 17.0.15
            dashboard: http://127.0.0.1:8787/?token=t
            clients: 2
            tasks: waiting 3, processing 12, erred 1
            actors: 3
            workers: 2

            WORKER  HOST   PID  THREADS  RUNNING  ASSIGNED  STORED  SPILLED  MEMORY  LIMIT  CPU   VIA    SEEN
            w-0     node1  42   4        4        6         1.5KiB  2.0KiB   999B    24GiB  399%  aeron  0.3s ago
            w-1     -      -    -        paused   -         -       -        -       none   -     -      -
            """);
    }

    @Test
    void anEmptyClusterHasNoTable() {
        assertThat(text("{\"workers\":[],\"tasks\":{\"waiting\":0},\"clients\":1}"))
                .isEqualTo("cluster - at -, up -, Muster - on Java -\nclients: 1\ntasks: none\nworkers: 0\n");
    }

    private static String text(final String info) {
        return InfoTable.of((Map<?, ?>) Json.parse(info));
    }
}
