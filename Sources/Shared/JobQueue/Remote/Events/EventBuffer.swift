/// Events of tasks that wait to be published, bounded. Decides, does no I/O.
struct EventBuffer {
    /// Most events kept while Redis is slow; what comes then is dropped and counted.
    static let maximumEvents = 20_000
    /// Most bytes of them.
    static let maximumBytes = 8 << 20
    /// Most events of one message. Readers take a list of any length.
    static let batchEvents = 500
    /// Most bytes of one message, unless a single event is longer.
    static let batchBytes = 256 << 10

    private var events: [[UInt8]] = []
    private var bytes = 0
    /// How many found no room since they were last counted out.
    private var dropped = 0

    var count: Int { events.count }

    enum Advice: Equatable {
        /// Somebody is at it already.
        case nothing
        /// It is the first: publish soon.
        case soon
        /// A message is full: publish now.
        case now
    }

    /// Takes an event, which is made only where there is room.
    mutating func add(_ event: () -> [UInt8]) -> Advice {
        guard events.count < Self.maximumEvents, bytes < Self.maximumBytes else {
            dropped += 1
            return .nothing
        }
        let event = event()
        events.append(event)
        bytes += event.count
        if events.count == 1 { return .soon }
        return events.count == Self.batchEvents || bytes - event.count < Self.batchBytes && bytes >= Self.batchBytes
            ? .now : .nothing
    }

    /// Takes everything out, as the events of one message each.
    mutating func takeBatches() -> [[[UInt8]]] {
        var batches: [[[UInt8]]] = []
        var batch: [[UInt8]] = []
        var size = 0
        for event in events {
            if batch.count == Self.batchEvents || !batch.isEmpty && size + event.count > Self.batchBytes {
                batches.append(batch)
                (batch, size) = ([], 0)
            }
            batch.append(event)
            size += event.count
        }
        if !batch.isEmpty { batches.append(batch) }
        (events, bytes) = ([], 0)
        return batches
    }

    /// How many were dropped since the last call.
    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
