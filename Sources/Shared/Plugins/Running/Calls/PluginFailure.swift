/// Why a call of a plugin gave no answer.
package enum PluginFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer before the deadline.
    case timedOut
    /// No connection, or one that broke.
    case unreachable
    /// Its process ended meanwhile.
    case crashed
    /// The answer is larger than allowed.
    case tooLarge
    /// What we would send is larger than allowed.
    case callTooLarge
    /// The answer is no JSON, or does not say that it is.
    case notJSON
    /// The answer is not what the contract says.
    case notAsAgreed(ContractProblems)
    /// The plugin refuses, in words for the person; nil: without words.
    case refused(words: String?)
    /// It has no time now.
    case busy
    /// It answered with another status than 200.
    case failed(status: Int)
    /// It failed too often of late; ask again after this long.
    case open(retryAfter: Duration)
    /// As many calls as allowed are under way, and others wait.
    case full
    /// Its address is none that we call.
    case addressRefused
    /// The one who called does not wait any more.
    case cancelled

    /// Whether the same call may succeed later.
    package var isTransient: Bool {
        switch self {
        case .timedOut, .unreachable, .crashed, .busy, .open, .full: true
        case .failed(let status): status >= 500
        case .tooLarge, .callTooLarge, .notJSON, .notAsAgreed, .refused, .addressRefused, .cancelled: false
        }
    }

    /// Whether it says that something is wrong with the plugin.
    var isFault: Bool {
        switch self {
        case .timedOut, .unreachable, .crashed, .tooLarge, .notJSON, .notAsAgreed, .busy, .failed: true
        case .callTooLarge, .refused, .open, .full, .addressRefused, .cancelled: false
        }
    }

    /// Its name in metrics and logs.
    package var code: String {
        switch self {
        case .timedOut: "timed_out"
        case .unreachable: "unreachable"
        case .crashed: "crashed"
        case .tooLarge: "too_large"
        case .callTooLarge: "call_too_large"
        case .notJSON: "not_json"
        case .notAsAgreed: "not_as_agreed"
        case .refused: "refused"
        case .busy: "busy"
        case .failed: "failed"
        case .open: "open"
        case .full: "full"
        case .addressRefused: "address_refused"
        case .cancelled: "cancelled"
        }
    }

    /// For logs: nothing of what the plugin said.
    package var description: String {
        switch self {
        case .failed(let status): "the plugin answered with status \(status)"
        case .notAsAgreed(let problems):
            "the plugin's answer is not as agreed: \(problems.problems.prefix(3).map(\.description).joined(separator: "; "))"
        default: "the call of the plugin failed: \(code)"
        }
    }
}
