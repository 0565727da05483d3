import HTTP

/// A call to Feishu's API that did not do what was asked.
package struct FeishuError: Error, Equatable, Sendable {
    /// What kind of failure it is, and so what can be done about it.
    package enum Kind: String, Sendable, CaseIterable {
        /// The tenant access token is invalid or expired, and a fresh one was refused too.
        case token
        /// App id and secret are not accepted.
        case credentials
        /// A scope, an availability range or a group's settings forbid it: the operator has to act.
        case permission
        /// The IP allow list or the monthly quota of the app forbids it: the operator has to act.
        case denied
        /// Too often. `retryAfter` says how long to wait.
        case rateLimited
        /// Feishu is overloaded or still at work on the same request.
        case busy
        /// What was asked for is being made.
        case notReady
        /// The message, chat or membership is no more.
        case gone
        /// The content is refused as it is: too long, malformed or sensitive.
        case content
        /// The card or message is in another state than the call takes for granted: `reason` says which.
        case conflict
        /// An id is unknown, or belongs to another app.
        case identifier
        /// No complete answer came back.
        case transport
        /// The calling task was cancelled.
        case cancelled
        /// The answer is not Feishu's.
        case badResponse
        /// A code that is not in the reference.
        case other
    }

    package let kind: Kind
    /// What exactly is wrong, where there is something else to be done about it than the kind says.
    package let reason: Reason?
    /// Feishu's code; 0 where there was no answer of Feishu's.
    package let code: Int64
    /// Feishu's `msg`, or what happened in our words. May quote what was sent: not for logs above debug.
    package let message: String
    /// The handle for Feishu's support.
    package let logID: String?
    /// The HTTP status; 0 where there was none.
    package let status: Int
    /// How long to wait before the same call can succeed, where that is known.
    package let retryAfter: Duration?
    /// Scopes that are missing, as Feishu names them.
    package let missingScopes: [String]
    /// Whether Feishu may have acted on the request all the same. The same `uuid` makes a repetition harmless.
    package let mayHaveHappened: Bool

    package init(
        kind: Kind,
        code: Int64 = 0,
        message: String,
        logID: String? = nil,
        status: Int = 0,
        retryAfter: Duration? = nil,
        missingScopes: [String] = [],
        mayHaveHappened: Bool = false,
        reason: Reason? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.code = code
        self.message = message
        self.logID = logID
        self.status = status
        self.retryAfter = retryAfter
        self.missingScopes = missingScopes
        self.mayHaveHappened = mayHaveHappened
    }

    init(_ error: HTTPClientError) {
        let kind: Kind =
            switch error.code {
            case .cancelled: .cancelled
            case .tooLarge: .content
            case .connectFailed, .addressRefused, .timedOut, .tls, .invalidRequest, .protocol:
                error.isTransient ? .transport : .badResponse
            }
        self.init(
            kind: kind,
            message: error.description,
            mayHaveHappened: error.mayHaveBeenSent,
            reason: error.code == .tooLarge ? .tooLarge : nil
        )
    }

    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetryable: Bool {
        switch kind {
        case .rateLimited, .busy, .notReady, .transport, .token: true
        case .credentials, .permission, .denied, .gone, .content, .conflict, .identifier, .cancelled, .badResponse,
            .other:
            false
        }
    }
}

extension FeishuError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to log: Feishu's own words only where an operator has to act on them.
    package var description: String {
        var parts = ["FeishuError.\(kind.rawValue)"]
        if code != 0 { parts.append("code \(code)") }
        if let reason { parts.append(reason.rawValue) }
        if status != 0 { parts.append("status \(status)") }
        if let logID { parts.append("log id \(logID)") }
        if !missingScopes.isEmpty { parts.append("missing scopes \(missingScopes.joined(separator: " "))") }
        switch kind {
        case .credentials, .permission, .denied, .transport: parts.append(message)
        case .token, .rateLimited, .busy, .notReady, .gone, .content, .conflict, .identifier, .cancelled,
            .badResponse, .other:
            break
        }
        return parts.joined(separator: ", ")
    }

    package var debugDescription: String { "\(description): \(message)" }
}
