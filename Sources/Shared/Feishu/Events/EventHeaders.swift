/// The headers of a delivery that say who sent it. The names are compared without regard to case.
package struct EventHeaders: Sendable, Equatable {
    /// `X-Lark-Request-Timestamp`: when it was signed, in decimal.
    package var timestamp: String?
    /// `X-Lark-Request-Nonce`.
    package var nonce: String?
    /// `X-Lark-Signature`: lower-case hexadecimal.
    package var signature: String?

    package init(timestamp: String? = nil, nonce: String? = nil, signature: String? = nil) {
        self.timestamp = timestamp
        self.nonce = nonce
        self.signature = signature
    }

    /// Picks them out of a request's headers. The last of several equal ones counts.
    package init(_ headers: some Sequence<(name: String, value: String)>) {
        for (name, value) in headers where name.utf8.count >= 16 {
            switch name.lowercased() {
            case "x-lark-request-timestamp": timestamp = value
            case "x-lark-request-nonce": nonce = value
            case "x-lark-signature": signature = value
            default: break
            }
        }
    }
}
