import Assistant
package import Cryptography
package import JSON
package import JobQueue
package import Plugins

/// Has workers do what takes a call to a plugin: whoever answers requests never makes one.
package struct QueuedPluginWork: PluginExaminer, PluginTrials {
    /// How long a worker may take, waiting included.
    private static let patience: Duration = .seconds(20)

    private let producer: JobProducer
    private let sealing: SealingKey?
    private let language: String

    /// - Parameters:
    ///   - producer: Enqueues.
    ///   - sealing: Keeps a service's secret from whoever reads the queue.
    ///   - language: Of trials, `zh-CN` or `en`.
    package init(producer: JobProducer, sealing: SealingKey?, language: String) {
        self.producer = producer
        self.sealing = sealing
        self.language = language
    }

    package func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
        guard let sealing else { throw PluginWorkProblem(description: "PLUGINS_KEY is not set here") }
        let found = try await done(
            PluginExamineJob.self,
            try PluginExamineJob.Arguments(url: url, secret: secret, sealing: sealing)
        )
        guard let manifest = found["manifest"], let schema = found["schema"] else {
            throw PluginWorkProblem(description: found["problem"]?.string ?? "the worker's answer cannot be read")
        }
        return (manifest, schema)
    }

    package func call(_ name: PluginName, message: String) async throws -> JSONValue {
        do {
            return try await done(
                PluginTestJob.self,
                PluginTestJob.Arguments(plugin: name.rawValue, message: message, language: language)
            )
        } catch let problem as PluginWorkProblem {
            throw AdminProblem(409, "no-answer", "\(problem)")
        }
    }

    private func done<J: Job>(_ job: J.Type, _ arguments: J.Arguments) async throws -> JSONValue
    where J.Output == JSONValue {
        let receipt = try await producer.enqueue(job, arguments)
        do {
            return try await producer.handle(of: receipt, as: job).value(timeout: Self.patience)
        } catch let error as JobQueueError {
            throw PluginWorkProblem(description: "no worker has done it within 20 s: \(error)")
        } catch let error as TaskFailedError {
            throw PluginWorkProblem(description: "the worker failed at it: \(error)")
        }
    }
}

/// Why a worker did not do it, in words that may be shown.
struct PluginWorkProblem: Error, CustomStringConvertible {
    let description: String
}
