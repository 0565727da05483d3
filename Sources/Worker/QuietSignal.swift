import JobQueue
import Logging
import ServiceLifecycle
import UnixSignals

/// Makes the worker take no more tasks at SIGUSR1, as Sidekiq does at TSTP, which here stays the terminal's Ctrl-Z.
struct QuietSignal: Service {
    let quiet: QuietRequest
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigusr1).cancelOnGracefulShutdown() {
            logger.notice("asked to take no more tasks")
            quiet.ask()
        }
    }
}
