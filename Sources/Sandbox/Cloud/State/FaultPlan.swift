/// What shall go wrong with the next calls of the interface.
package struct Fault: Codable, Sendable, Equatable {
    /// The ways a call can fail.
    package enum Kind: String, Codable, Sendable {
        /// 429 with code 99991400 and the time to wait.
        case rateLimited = "rate_limited"
        /// 400 with code 230020.
        case chatRateLimited = "chat_rate_limited"
        /// A 5xx without JSON, as a proxy in front answers.
        case serverError = "server_error"
        /// 400 with code 99991663, whatever the token.
        case invalidToken = "invalid_token"
        /// The call takes long; its uuid is in flight meanwhile.
        case latency
        /// The connection is closed before anything is done.
        case close
        /// Everything is done, but the connection is closed instead of an answer.
        case lostAnswer = "lost_answer"
        /// Answers with code `code` and status 400.
        case code
    }

    package var kind: Kind
    /// How many calls it will hit; at most a million.
    package var count: Int
    /// Only calls whose path contains this.
    package var path: String?
    /// Only calls with this method.
    package var method: String?
    /// For `latency`; at most 60,000.
    package var milliseconds: Int?
    /// For `server_error`; 502 when absent.
    package var status: Int?
    /// For `rate_limited`: seconds to wait, 1 when absent.
    package var reset: Int?
    /// For `code`.
    package var code: Int?

    package init(
        kind: Kind,
        count: Int,
        path: String? = nil,
        method: String? = nil,
        milliseconds: Int? = nil,
        status: Int? = nil,
        reset: Int? = nil,
        code: Int? = nil
    ) {
        self.kind = kind
        self.count = count
        self.path = path
        self.method = method
        self.milliseconds = milliseconds
        self.status = status
        self.reset = reset
        self.code = code
    }

    /// Whether every number is in its range.
    var isSound: Bool {
        (1...1_000_000).contains(count) && (0...60_000).contains(milliseconds ?? 0)
            && (500...599).contains(status ?? 502) && (0...3600).contains(reset ?? 1)
            && (kind != .code || (code ?? 0) > 0)
    }
}

/// The faults waiting for their calls, first come first used.
struct FaultPlan: Sendable {
    private(set) var waiting: [Fault] = []
    private(set) var used = 0

    mutating func add(_ fault: Fault) {
        if waiting.count < 1_000 { waiting.append(fault) }
    }

    mutating func clear() { waiting.removeAll() }

    /// Takes the first fault that fits the call.
    mutating func take(method: String, path: String) -> Fault? {
        let index = waiting.firstIndex { fault in
            (fault.method.map { $0.uppercased() == method } ?? true) && (fault.path.map(path.contains) ?? true)
        }
        guard let index else { return nil }
        let fault = waiting[index]
        waiting[index].count -= 1
        if waiting[index].count == 0 { waiting.remove(at: index) }
        used += 1
        return fault
    }
}
