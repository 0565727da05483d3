import JSON

/// How much of something the whole fleet may do for one queue.
public struct QueueLimit: Sendable, Hashable {
    /// How fast: a token bucket.
    public struct Rate: Sendable, Hashable {
        /// How many units flow in within `period`. A task costs one, unless it says another number.
        public var units: Double
        public var period: Duration
        /// How many units may gather while nothing runs; as many as `units` by default.
        public var burst: Double?

        public init(_ units: Double, per period: Duration, burst: Double? = nil) {
            self.units = units
            self.period = period
            self.burst = burst
        }
    }

    /// How many tasks may run at once; nil for any number. With 0 none does.
    public var concurrency: Int?
    public var rate: Rate?

    public init(concurrency: Int? = nil, rate: Rate? = nil) {
        self.concurrency = concurrency
        self.rate = rate
    }

    /// As a field of `{q}:limits` holds it.
    var bytes: [UInt8] {
        var object = JSONObject()
        if let concurrency { object["concurrency"] = .integer(Int64(concurrency)) }
        if let rate {
            object["units"] = .double(rate.units)
            object["per"] = .double(Double(rate.period.milliseconds) / 1000)
            if let burst = rate.burst { object["burst"] = .double(burst) }
        }
        return JSONValue.object(object).bytes
    }

    /// Nil for what is no limit of ours.
    init?(reading bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value.object != nil else { return nil }
        concurrency = value["concurrency"]?.integer.map { Int(clamping: $0) }
        guard let units = value["units"]?.double else { return }
        rate = Rate(units, per: .seconds(value["per"]?.double ?? 1), burst: value["burst"]?.double)
    }

    /// Whether it bounds what it says it bounds.
    var isValid: Bool {
        if let concurrency, concurrency < 0 { return false }
        guard let rate else { return true }
        return rate.units > 0 && rate.units.isFinite && rate.period > .zero && (rate.burst ?? 1) >= 1
    }
}
