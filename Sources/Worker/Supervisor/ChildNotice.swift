import JobQueue

/// What a worker process tells its supervisor, one line each.
enum ChildNotice: Sendable, Equatable {
    /// It is about to register this incarnation.
    case life(Incarnation)
    /// The last one it told is registered with every queue.
    case registered
    /// Its metrics are at this port of 127.0.0.1.
    case health(port: Int)

    var line: String {
        switch self {
        case .life(let incarnation): "life \(incarnation)\n"
        case .registered: "registered\n"
        case .health(let port): "health \(port)\n"
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
        case ("health", let text?, 2):
            guard let port = Int(text), (1...65_535).contains(port) else { return nil }
            self = .health(port: port)
        default: return nil
        }
    }
}
