package import Redis

/// Why something was not written to the audit log, or could not be read.
package struct AuditError: Error, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Redis did not do it; see `cause`.
        case unavailable
        /// Others wrote so often that no turn was found.
        case contended
        /// The log is not whole, so nothing may be built upon it.
        case broken
        /// The file cannot be read or written.
        case file
    }

    package let code: Code
    /// What is wrong, without any content of the log.
    package let reason: String
    package let cause: RedisError?

    package init(_ code: Code, _ reason: String, cause: RedisError? = nil) {
        self.code = code
        self.reason = reason
        self.cause = cause
    }

    init(_ cause: RedisError) { self.init(.unavailable, "\(cause)", cause: cause) }

    /// The log is damaged; `audit verify` tells where.
    static func broken(_ reason: String) -> AuditError {
        AuditError(.broken, "\(reason); ai-assistant audit verify tells more")
    }

    package var description: String { "audit log \(code.rawValue): \(reason)" }
}
