import JobQueue

/// What a worker process tells its supervisor, one line each.
enum ChildNotice: Sendable, Equatable {
    /// It is about to register this incarnation.
    case life(Incarnation)
    /// The last one it told is registered with every queue.
    case registered
    /// It is about to register with a queue that the configuration does not name.
    case queue(QueueName)
    /// Its metrics are at this port of 127.0.0.1.
    case health(port: Int)
    /// It was told to shut down: no other is to take its place.
    case leaving

    var line: String {
        switch self {
        case .life(let incarnation): "life \(incarnation)\n"
        case .registered: "registered\n"
        case .queue(let queue): "queue \(queue)\n"
        case .health(let port): "health \(port)\n"
        case .leaving: "leaving\n"
        }
    }

    /// Reads a line, without its end; nil where it is none of ours, such as one cut short.
    init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch (words.first, words.dropFirst().first, words.count) {
        case ("life", let text?, 2):
            guard let incarnation = Incarnation(parsing: text) else { return nil }
            self = .life(incarnation)
        case ("registered", nil, 1): self = .registered
        case ("queue", let text?, 2):
            guard !text.isEmpty else { return nil }
            self = .queue(QueueName(String(text)))
        case ("leaving", nil, 1): self = .leaving
        case ("health", let text?, 2):
            guard let port = Int(text), (1...65_535).contains(port) else { return nil }
            self = .health(port: port)
        default: return nil
        }
    }
}

extension ChildNotice {
    /// What the supervisor is told of a worker's life, so that it can release a worker that it sees die.
    static func telling(_ report: LifeReport) -> [ChildNotice] {
        switch (report.stage, report.queue) {
        case (.beginning, _): [.life(report.incarnation)]
        case (.joining, let queue?): [.queue(queue)]
        case (.registered, _): [.registered]
        default: []
        }
    }
}
