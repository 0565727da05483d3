import TestSupport

/// What people see in the end, and what is wrong with it.
struct Verdict {
    /// Messages without an answer.
    private(set) var lost: [String] = []
    /// Messages with two, or with one that has something twice.
    private(set) var doubled: [String] = []
    /// Messages whose answer lacks something.
    private(set) var cut: [String] = []
    /// Pairs of a conversation of which the later was answered first.
    private(set) var disordered: [String] = []
    /// Messages of which workers died again and again, and whose authors were told so, once.
    private(set) var told: [String] = []
    /// Other replies that are none of the model's texts.
    private(set) var strange: [String] = []
    /// Messages that were answered together with others, by another's reply.
    private(set) var joined = 0
    /// The model's runs that somebody sees.
    private(set) var runs: Set<Int> = []
    /// Milliseconds from a message to the first sign of its answer.
    private(set) var waits: [Int64] = []

    /// What was read of one message's answer.
    private struct Reading {
        /// How often each sentence of each run was there.
        var sentences: [Int: [Int: Int]] = [:]
        var count = 0
        /// Where the reply stands among all that were sent.
        var place = Int.max
        /// Where the message stands among those that are answered together.
        var rank = 0
        var parent = ""
    }

    /// Reads every reply. `buried` are the tasks that the queue gave up, `asked` the messages of each of the model's runs.
    init(
        _ items: [Postman.Item],
        _ sandbox: SandboxControl,
        buried: [String],
        asked: [Int: [String]]
    ) async throws {
        let sent = try await sandbox.sendings().filter { $0.outcome == "sent" }
        let places = Dictionary(
            sent.enumerated().map { ($0.element.messageID ?? "", ($0.offset, $0.element.at)) },
            uniquingKeysWith: { first, _ in first }
        )
        var readings: [String: Reading] = [:]
        var times: [String: Int64] = [:]
        for item in items {
            for reply in try await sandbox.replies(to: item.messageID) {
                let sentences = Sentence.all(in: reply.text)
                if sentences.isEmpty {
                    let name = item.line.name
                    if buried.contains(where: reply.text.contains) {
                        // It stands for all messages of the turn.
                        told += Set(asked.values.filter { $0.contains(name) }.joined()).union([name])
                    } else {
                        strange.append("\(name): \(reply.type) \(reply.text.prefix(200))")
                    }
                }
                let (place, time) = places[reply.messageID] ?? (-1, 0)
                for sentence in sentences {
                    runs.insert(sentence.run)
                    for (rank, name) in sentence.names.enumerated() {
                        var reading = readings[name] ?? Reading()
                        reading.sentences[sentence.run, default: [:]][sentence.number, default: 0] += 1
                        reading.count = sentence.count
                        if place < reading.place { (reading.place, reading.rank) = (place, rank) }
                        reading.parent = item.line.name
                        readings[name] = reading
                        times[name] = min(times[name] ?? .max, time)
                    }
                }
            }
        }
        for item in items {
            let name = item.line.name
            let tellings = told.count { $0 == name }
            guard let reading = readings[name] else {
                if tellings == 0 { lost.append(name) }
                if tellings > 1 { doubled.append("\(name) was told \(tellings) times") }
                continue
            }
            if tellings > 0 { doubled.append("\(name) has an answer and was told that there is none") }
            if reading.parent != name { joined += 1 }
            if reading.sentences.count > 1
                || reading.sentences.values.contains(where: { $0.values.contains { $0 > 1 } })
            {
                doubled.append("\(name) in runs \(reading.sentences.mapValues(\.count))")
            }
            if reading.sentences.values.contains(where: { Set($0.keys) != Set(1...reading.count) }) {
                cut.append("\(name): \(reading.sentences.mapValues(\.count)) of \(reading.count)")
            }
            if let first = item.firstAttempt, let time = times[name] { waits.append(time - first) }
        }
        waits.sort()
        for conversation in Dictionary(grouping: items, by: \.line.conversation).values {
            for (index, later) in conversation.enumerated() {
                for earlier in conversation[..<index] {
                    // Of two that were under way at once, either may be the first to arrive.
                    guard let taken = earlier.taken, let begun = later.firstAttempt, taken < begun,
                        let first = readings[earlier.line.name], let second = readings[later.line.name],
                        (first.place, first.rank) > (second.place, second.rank)
                    else { continue }
                    disordered.append("\(earlier.line.name) after \(later.line.name)")
                }
            }
        }
    }

    func wait(_ percent: Int) -> Int64 { waits.isEmpty ? 0 : waits[min(waits.count - 1, waits.count * percent / 100)] }
}
