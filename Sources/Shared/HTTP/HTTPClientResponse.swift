/// What comes before a response's body.
package struct HTTPClientHead: Sendable {
    package let status: Int
    /// As sent, in order; repeated names stay repeated.
    package let headers: [(String, String)]
    /// As in the status line: `1.1` or `2`.
    package let version: String

    package init(status: Int, headers: [(String, String)], version: String) {
        self.status = status
        self.headers = headers
        self.version = version
    }

    /// The first value of a header; its name's case does not matter.
    package func header(named name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.0.lowercased() == name }?.1
    }
}

/// A response with its whole body.
package struct HTTPClientResponse: Sendable {
    package let head: HTTPClientHead
    package let body: [UInt8]

    package init(head: HTTPClientHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status }
    package var headers: [(String, String)] { head.headers }

    /// The first value of a header; its name's case does not matter.
    package func header(named name: String) -> String? { head.header(named: name) }
}

/// A response whose body is still arriving.
package struct HTTPClientStream: Sendable {
    package let head: HTTPClientHead
    /// One reader, once. Dropping it unread, or leaving the loop early and dropping it, ends the transfer.
    package let body: HTTPClientBody

    package init(head: HTTPClientHead, body: HTTPClientBody) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status }
    package var headers: [(String, String)] { head.headers }

    /// The first value of a header; its name's case does not matter.
    package func header(named name: String) -> String? { head.header(named: name) }
}
