import FoundationEssentials
import JSON
import Logging

extension JobRunner {
    /// Stores that an attempt runs: `STARTED`, with who runs it (celery.app.trace).
    ///
    /// Awaited before the job's code, so that it never comes behind what that says. What Redis does not take within a
    /// second is left out: it only informs.
    func tellStart(
        of message: TaskMessage,
        _ context: JobContext,
        _ delivery: Delivery,
        in scope: AttemptScope
    ) async {
        guard let place = context.resultPlace else { return }
        let information = JSONValue.object([
            "pid": .integer(Int64(ProcessInfo.processInfo.processIdentifier)),
            "hostname": .string(scope.configuration.nodeName.rawValue),
        ])
        do {
            _ = try await scope.store.setState(
                place.text(message.id, .started, information.bytes),
                life: place.life ?? scope.configuration.resultExpires,
                by: context.identity,
                patience: .seconds(1)
            )
        } catch {
            logger.debug("nobody was told that a task has begun", metadata: about(message, delivery))
        }
    }
}
