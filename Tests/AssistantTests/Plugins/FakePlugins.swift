import JSON
import NIOConcurrencyHelpers
import Plugins

@testable import Assistant

/// Plugins that a test answers for.
final class FakePlugins: PluginHost {
    typealias Answer = @Sendable (PluginName, PluginCall) async -> Result<JSONValue, PluginFailure>

    let board: PluginBoard
    private let answer: Answer
    private let log = NIOLockedValueBox<[PluginCall]>([])

    /// What they were called with, in order.
    var calls: [PluginCall] { log.withLockedValue { $0 } }

    init(_ plugins: [HostedPlugin], _ answer: @escaping Answer = { _, _ in .success(["reply_message": "done"]) }) {
        board = PluginBoard(plugins)
        self.answer = answer
    }

    func call(
        _ name: PluginName,
        _ call: PluginCall,
        within budget: Duration
    ) async throws(PluginFailure) -> PluginReply {
        log.withLockedValue { $0.append(call) }
        let document = try await answer(name, call).get()
        do throws(ContractProblems) {
            return try PluginReply(document, permitted: board.plugin(named: name)?.manifest.permissions ?? [])
        } catch {
            throw .notAsAgreed(error)
        }
    }
}

extension HostedPlugin {
    /// One with these members in its manifest.
    static func sample(
        _ name: String = "weather",
        _ members: JSONObject = [:],
        _ condition: Condition = .ready
    ) throws -> HostedPlugin {
        var manifest: JSONObject = [
            "contract_version": 1, "name": .string(name), "version": "1.0.0",
            "description": ["zh-CN": "查询天气", "en": "Tells the *weather*"],
            "permissions": .array(PluginPermission.allCases.map { .string($0.rawValue) }),
        ]
        for member in members.members { manifest[member.key] = member.value }
        return HostedPlugin(manifest: try PluginManifest(.object(manifest)), condition: condition)
    }
}
