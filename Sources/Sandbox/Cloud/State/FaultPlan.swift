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
    /// How many calls it will hit; at most a million, which is also what a fault with a `percent` has by itself.
    package var count: Int
    /// Hits only so many of a hundred fitting calls, by chance; all when absent.
    package var percent: Double?
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
        code: Int? = nil,
        percent: Double? = nil
    ) {
        self.kind = kind
        self.percent = percent
        self.count = count
        self.path = path
        self.method = method
        self.milliseconds = milliseconds
        self.status = status
        self.reset = reset
        self.code = code
    }

    /// Reads a fault; only one with a `percent` may leave out its `count`.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        percent = try values.decodeIfPresent(Double.self, forKey: .percent)
        kind = try values.decode(Kind.self, forKey: .kind)
        count =
            percent == nil
            ? try values.decode(Int.self, forKey: .count)
            : try values.decodeIfPresent(Int.self, forKey: .count) ?? 1_000_000
        path = try values.decodeIfPresent(String.self, forKey: .path)
        method = try values.decodeIfPresent(String.self, forKey: .method)
        milliseconds = try values.decodeIfPresent(Int.self, forKey: .milliseconds)
        status = try values.decodeIfPresent(Int.self, forKey: .status)
        reset = try values.decodeIfPresent(Int.self, forKey: .reset)
        code = try values.decodeIfPresent(Int.self, forKey: .code)
    }

    /// Whether every number is in its range.
    var isSound: Bool {
        (1...1_000_000).contains(count) && (0.001...100).contains(percent ?? 100)
            && (0...60_000).contains(milliseconds ?? 0)
            && (500...599).contains(status ?? 502) && (0...3600).contains(reset ?? 1)
            && (kind != .code || (code ?? 0) > 0)
    }
}

/// The faults waiting for their calls, first come first used.
struct FaultPlan: Sendable {
    private(set) var waiting: [Fault] = []
    private(set) var used = 0
    private var dice = Dice(seed: UInt64.random(in: .min ... .max))

    /// Makes what chance decides from now on repeatable.
    mutating func seed(_ seed: UInt64) { dice = Dice(seed: seed) }

    mutating func add(_ fault: Fault) {
        if waiting.count < 1_000 { waiting.append(fault) }
    }

    mutating func clear() { waiting.removeAll() }

    /// Takes the first fault that fits the call and that chance does not spare it.
    mutating func take(method: String, path: String) -> Fault? {
        var dice = self.dice
        let index = waiting.firstIndex { fault in
            let fits =
                (fault.method.map { $0.uppercased() == method } ?? true) && (fault.path.map(path.contains) ?? true)
            guard fits, let percent = fault.percent else { return fits }
            return Double.random(in: 0..<100, using: &dice) < percent
        }
        self.dice = dice
        guard let index else { return nil }
        let fault = waiting[index]
        waiting[index].count -= 1
        if waiting[index].count == 0 { waiting.remove(at: index) }
        used += 1
        return fault
    }
}

/// A small generator of chance (SplitMix64) that repeats itself when given the same seed.
private struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
