package import JSON
import Plugins

/// Why a plugin is to be called, as a task carries it.
package enum SkillCause: Codable, Sendable, Equatable {
    case command(name: String, arguments: String)
    case keyword(word: String)
    /// The whole match first; a group that took no part is empty.
    case pattern(matches: [String])
    /// The whole event, as Feishu delivered it.
    case event(type: String, body: JSONValue)
    case schedule(name: String)
    /// The plugin asked for it itself.
    case job

    /// As the contract has it.
    ///
    /// - Parameter time: When this was to happen: milliseconds since 1970.
    /// - Returns: The cause.
    func cause(at time: Int64) -> PluginCall.Cause {
        switch self {
        case .command(let name, let arguments): .command(name: name, arguments: arguments)
        case .keyword(let word): .keyword(word)
        case .pattern(let matches): .pattern(matches: matches)
        case .event(let type, let body): .event(type: type, body: body["event"]?.object ?? [:])
        case .schedule(let name): .schedule(name: name, at: ISODate.text(toSecondsOf: time / 1_000) + "Z")
        case .job: .job
        }
    }
}
