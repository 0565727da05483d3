#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread of its own for work that blocks for as long as it likes.
enum DedicatedThread {
    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts it. Signals stay with the program's other threads.
    ///
    /// - Parameter body: Runs there; the thread ends with it.
    /// - Throws: `ProcessLaunch.Failure` where the system has no thread for us.
    static func start(_ body: @escaping @Sendable () -> Void) throws(ProcessLaunch.Failure) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw ProcessLaunch.Failure(code: code)
        }
        pthread_detach(thread)
    }
}
