/// A request to the admin API, whatever brought it.
package struct AdminRequest: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether nothing is changed by it.
        package var isSafe: Bool { self == .get }
    }

    /// Nil for one that no route has.
    package let method: Method?
    /// Below `/api/v1`, percent-decoded, such as `["queues", "interactive"]`.
    package let path: [String]
    /// Percent-decoded, in the order they came.
    package let query: [(name: String, value: String)]
    /// Names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]
    /// Where it came from: an address, or `local`.
    package let address: String
    /// Names it in the answer, the logs and the audit log.
    package let requestID: String

    /// - Parameters:
    ///   - method: As HTTP calls it.
    ///   - path: Below `/api/v1`, percent-decoded.
    ///   - query: Percent-decoded.
    ///   - headers: By names in lower case.
    ///   - body: The body's bytes.
    ///   - address: Where it came from.
    ///   - requestID: What it is called.
    package init(
        method: String,
        path: [String],
        query: [(name: String, value: String)] = [],
        headers: [String: String] = [:],
        body: [UInt8] = [],
        address: String,
        requestID: String
    ) {
        self.method = Method(rawValue: method)
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.address = address
        self.requestID = requestID
    }
}
