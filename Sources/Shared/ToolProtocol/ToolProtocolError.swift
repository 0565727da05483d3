/// A server of tools that did not do what was asked.
///
/// Carries nothing of arguments or results: servers repeat both in their messages.
package struct ToolProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// It could not be reached or started, or it ended.
        case unavailable
        /// It failed lately and is left alone for a while.
        case resting
        case timedOut
        /// 401 or 403: it wants another key, or none of ours.
        case unauthorised
        /// It forgot the session; the next call begins another.
        case sessionLost
        /// It answered with an error of JSON-RPC, see `rpcCode`.
        case refused
        /// What it said is not the protocol.
        case badResponse
        /// It speaks no version of the protocol that we do.
        case unsupportedVersion
        /// More than the bound.
        case tooLarge
        /// There is no such tool, or it is not allowed.
        case unknownTool
        case cancelled
    }

    package let code: Code
    /// The server's name in the configuration.
    package let server: String
    /// HTTP status, where there is one.
    package let status: Int?
    /// Code of a JSON-RPC error, such as -32602 for wrong parameters.
    package let rpcCode: Int64?

    package init(_ code: Code, server: String, status: Int? = nil, rpcCode: Int64? = nil) {
        self.code = code
        self.server = server
        self.status = status
        self.rpcCode = rpcCode
    }

    /// Whether the connection is of no more use.
    var endsSession: Bool { code == .unavailable || code == .sessionLost || code == .tooLarge }

    package var description: String {
        var text = "ToolProtocolError.\(code.rawValue) from \(server)"
        if let status { text += ", status \(status)" }
        if let rpcCode { text += ", error \(rpcCode)" }
        return text
    }
}
