package import JSON
package import JobQueue
import Plugins

/// Sends a plugin a message for somebody who looks after it, and returns what it answered.
package struct PluginTestJob: Job {
    package static let name: TaskName = "plugin.test"
    package static let queue: QueueName = "interactive"
    package static let timeLimit: Duration = .seconds(330)
    package static let retry: RetryPolicy = .never
    package static let storesResult = true
    package static let resultExpires: Duration? = .seconds(600)

    package struct Arguments: Codable, Sendable {
        /// The plugin's name.
        package let plugin: String
        package let message: String
        /// Of the answer: `zh-CN` or `en`.
        package let language: String

        package init(plugin: String, message: String, language: String) {
            self.plugin = plugin
            self.message = message
            self.language = language
        }
    }

    let host: any PluginHost

    /// `{"reply_message": …}` as the contract has it, with files by name and size; or `{"error": {"code", "message"}}`.
    package func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
        guard let name = PluginName(arguments.plugin), let plugin = host.board.plugin(named: name) else {
            return Self.error("unknown", "no such plugin is installed")
        }
        guard plugin.condition.isCallable else { return Self.error("unavailable", "the plugin does not run") }
        var call = PluginCall(
            requestID: context.taskID.rawValue,
            idempotencyKey: "\(context.taskID)/call",
            language: arguments.language,
            cause: .command(name: plugin.command ?? name.rawValue, arguments: arguments.message)
        )
        call.content = arguments.message
        do throws(PluginFailure) {
            return Self.json(try await host.call(name, call, within: plugin.manifest.timeout))
        } catch {
            guard case .refused(let words?) = error else { return Self.error(error.code, "\(error)") }
            return Self.error(error.code, words)
        }
    }

    private static func error(_ code: String, _ message: String) -> JSONValue {
        ["error": ["code": .string(code), "message": .string(message)]]
    }

    private static func json(_ reply: PluginReply) -> JSONValue {
        var json: JSONObject = [
            "reply_message": .array(
                reply.parts.map { part in
                    switch part {
                    case .text(let text): ["text": .string(text)]
                    case .markdown(let text): ["markdown": .string(text)]
                    case .card(let card): ["card": .object(card)]
                    case .file(let name, let bytes):
                        ["file": ["name": .string(name), "size": .integer(Int64(bytes.count))]]
                    }
                }
            )
        ]
        if case .replaced(let state) = reply.state { json["state"] = .object(state) }
        if !reply.jobs.isEmpty {
            json["jobs"] = .array(
                reply.jobs.map { job in
                    [
                        "delay": .integer(job.delay.components.seconds),
                        "message_content": .string(job.content),
                    ]
                }
            )
        }
        return .object(json)
    }
}

extension HostedPlugin {
    /// Its first one.
    fileprivate var command: String? {
        manifest.triggers.lazy.compactMap { trigger -> String? in
            if case .command(let name, _) = trigger { name } else { nil }
        }
        .first
    }
}
