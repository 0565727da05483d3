import JobQueue
import Logging
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The worker as a part of its program, which ends with it where somebody told the worker to shut down.
struct WorkerService: Service {
    let worker: JobWorker
    /// The line to the supervisor; nil where there is none.
    let line: SupervisorLine?
    let logger: Logger

    func run() async throws {
        try await worker.run()
        guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
        logger.notice("told to shut down")
        line?.tell(.leaving, logger: logger)
        // The other parts stop in their order, as at an operator's word.
        kill(getpid(), SIGTERM)
        try? await gracefulShutdown()
    }
}
