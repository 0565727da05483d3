package import Cryptography
package import JSON
package import JobQueue
package import Plugins

/// Asks a service what it is, so that only workers call plugins: a gateway never calls out for that.
package struct PluginExamineJob: Job {
    package static let name: TaskName = "plugin.examine"
    package static let queue: QueueName = "interactive"
    package static let timeLimit: Duration = .seconds(60)
    package static let retry: RetryPolicy = .never
    package static let storesResult = true
    package static let resultExpires: Duration? = .seconds(600)

    package struct Arguments: Codable, Sendable {
        package let url: String
        private let sealedSecret: String

        /// - Parameters:
        ///   - url: Of the service.
        ///   - secret: What requests are signed with.
        ///   - sealing: Keeps it from whoever reads the queue.
        /// - Throws: `CryptographyError`.
        package init(url: String, secret: Secret, sealing: SealingKey) throws(CryptographyError) {
            self.url = url
            sealedSecret = try sealing.seal(Array(secret.value.utf8), context: Self.context)
        }

        func secret(_ sealing: SealingKey) throws(CryptographyError) -> Secret {
            Secret(String(decoding: try sealing.open(sealedSecret, context: Self.context), as: UTF8.self))
        }

        private static let context = "plugins:examine"

        enum CodingKeys: String, CodingKey {
            case url
            case sealedSecret = "sealed_secret"
        }
    }

    private let examiner: any PluginExaminer
    private let sealing: SealingKey

    /// - Parameters:
    ///   - examiner: Asks the service itself.
    ///   - sealing: The key of all programs.
    package init(examiner: any PluginExaminer, sealing: SealingKey) {
        self.examiner = examiner
        self.sealing = sealing
    }

    /// `{"manifest": …, "schema": …}`, or `{"problem": "…"}` with words to show.
    package func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        do {
            let secret = try arguments.secret(sealing)
            let found = try await examiner.examine(url: arguments.url, secret: secret)
            return ["manifest": found.manifest, "schema": found.schema]
        } catch is CryptographyError {
            return ["problem": "the workers have another PLUGINS_KEY than whoever asks"]
        } catch {
            return ["problem": .string(String("\(error)".prefix(1_000)))]
        }
    }
}
