import JSON

/// What a request is answered with: JSON.
struct Answer: Sendable, Equatable {
    let status: Int
    let body: [UInt8]

    init(status: Int = 200, _ body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// In the contract's form of errors.
    static func failure(_ status: Int, _ code: String, _ message: String) -> Answer {
        let error: JSONValue = ["error": ["code": .string(code), "message": .string(message)]]
        return Answer(status: status, error.bytes)
    }

    /// A call that comes again is told the same; anything else may go better then.
    var isFinal: Bool { status == 200 || status == 422 }
}
