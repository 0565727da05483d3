/// What becomes of a task whose worker died while it held it, or lost its lease.
///
/// A worker runs what it has fetched at once, so a task that it held counts as begun: nothing tells what was done
/// before the end. Where doing it twice is worse than not at all (a model call that is paid for, an effect without a
/// key) choose `fail` or `dead`; the task then runs on no guess: while Redis cannot tell whether a worker died holding
/// it, it waits.
public enum CrashPolicy: Sendable, Hashable {
    /// It runs again, at once and from its beginning.
    case runAgain
    /// It runs again; the job's steps (`JobContext.step`) and its output say how far it had come. Done the same way as
    /// `runAgain`: the choice tells the reader that the job is written to go on.
    case resume
    /// It has failed with `WorkerLostError`, which its caller is told; no dead letter is written.
    case fail
    /// It goes to the dead list as `WorkerLostError`, for somebody to judge, and its caller is told.
    case dead
}
