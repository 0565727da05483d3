import Assistant
import Logging
import Platform
import ServiceLifecycle

/// Takes changes of how the assistant behaves out of the configuration file while the worker runs.
///
/// A file that is wrong changes nothing: what is wrong with it is logged, once.
struct ProfileReload: Service {
    private static let every: Duration = .seconds(3)

    let book: ProfileBook
    /// Nil where the configuration is in no file.
    let reload: ConfigurationReload?
    let logger: Logger

    func run() async throws {
        guard let reload else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            var known = reload.text
            while !Task.isCancelled {
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: Self.every * Double.random(in: 0.8...1.2))
                guard let text = reload.text, text != known else { continue }
                known = text
                self.apply(reload)
            }
        }
    }

    private func apply(_ reload: ConfigurationReload) {
        do {
            book.replace(with: try AssistantProfiles(try reload.load()))
            logger.info("the assistant's settings were read again")
        } catch {
            logger.error("the configuration file is wrong, nothing of it is taken", metadata: ["error": "\(error)"])
        }
    }
}
