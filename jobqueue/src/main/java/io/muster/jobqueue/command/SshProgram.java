package io.muster.jobqueue.command;

/** What speaks SSH. */
public enum SshProgram {
    /**
     * A library in this JVM: needs no program, reads no {@code ~/.ssh/config}, can ask for passwords and one-time
     * codes.
     */
    JSCH,
    /**
     * The {@code ssh} binary on {@code PATH}, with all that {@code ~/.ssh/config} says (ProxyJump, Kerberos, smart
     * cards). It is never asked to prompt. If a shared connection (ControlMaster) to the login node is open already, it
     * is used.
     */
    BINARY
}
