import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A pool of threads, as a peer that needs no jars; its member is a JVM that does nothing. */
final class ThreadsPeer extends PeerDriver {
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Member member;

    private ThreadsPeer(final String cores) throws Exception {
        member = new Member(ThreadsPeer.class, cores);
        if (!member.word().equals("cores-" + cores)) {
            throw new IllegalStateException("the member said " + member.word());
        }
    }

    public static void main(final String[] arguments) throws Exception {
        final java.io.PrintStream out = answers();
        if (arguments[0].equals("member")) {
            System.out.println("not an answer");
            Member.serve(out, "cores-" + arguments[1]);
        } else {
            serve(out, new ThreadsPeer(arguments[4]), arguments);
        }
    }

    @Override
    long map(final int tasks) {
        long sum = 0;
        for (int i = 0; i < tasks; i++) {
            sum += i;
        }
        return sum;
    }

    @Override
    void submit(final int task, final int[] inputs) {
        threads.execute(() -> finished(task, node(inputs)));
    }

    @Override
    public void close() {
        threads.shutdown();
        member.close();
    }
}
