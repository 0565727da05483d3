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
        /// When its text came to be seen: milliseconds since 1970. A card may be there before, and tell a place in line.
        var seen = Int64.max
        /// Where the message stands among those that are answered together.
        var rank = 0
        var parent = ""
    }

    /// Reads every reply. `buried` are the messages whose answers the queue gave up, by their tasks.
    init(
        _ items: [Postman.Item],
        _ sandbox: SandboxControl,
        buried: [String: String]
    ) async throws {
        let sent = try await sandbox.sendings().filter { $0.outcome == "sent" }
        let times = Dictionary(sent.map { ($0.messageID ?? "", $0.at) }, uniquingKeysWith: { first, _ in first })
        let names = Dictionary(uniqueKeysWithValues: items.map { ($0.messageID, $0.line.name) })
        var readings: [String: Reading] = [:]
        var signs: [String: Int64] = [:]
        for item in items {
            for reply in try await sandbox.replies(to: item.messageID) {
                let sentences = Sentence.all(in: reply.text)
                if sentences.isEmpty {
                    // It may stand on a card that was begun as the answer to several messages.
                    if let task = buried.keys.first(where: reply.text.contains), let name = names[buried[task] ?? ""] {
                        told.append(name)
                    } else {
                        strange.append("\(item.line.name): \(reply.type) \(reply.text.prefix(200))")
                    }
                }
                let time = times[reply.messageID] ?? .max
                if time == .max { strange.append("\(item.line.name): a reply that came when all was quiet") }
                let seen = max(time, reply.firstChange ?? time)
                for sentence in sentences {
                    runs.insert(sentence.run)
                    for (rank, name) in sentence.names.enumerated() {
                        var reading = readings[name] ?? Reading()
                        reading.sentences[sentence.run, default: [:]][sentence.number, default: 0] += 1
                        reading.count = sentence.count
                        if seen < reading.seen { (reading.seen, reading.rank) = (seen, rank) }
                        reading.parent = item.line.name
                        readings[name] = reading
                        signs[name] = min(signs[name] ?? .max, time)
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
            if let first = item.firstAttempt, let time = signs[name] { waits.append(time - first) }
        }
        waits.sort()
        for conversation in Dictionary(grouping: items, by: \.line.conversation).values {
            for (index, later) in conversation.enumerated() {
                for earlier in conversation[..<index] {
                    // Of two that were under way at once, either may be the first to arrive.
                    guard let taken = earlier.taken, let begun = later.firstAttempt, taken < begun,
                        let first = readings[earlier.line.name], let second = readings[later.line.name],
                        (first.seen, first.rank) > (second.seen, second.rank)
                    else { continue }
                    disordered.append(
                        """
                        \(earlier.line.name) after \(later.line.name): taken at \(taken), the other came at \(begun); seen \
                        at \(first.seen) in \(first.parent)'s and at \(second.seen) in \(second.parent)'s
                        """
                    )
                }
            }
        }
    }

    func wait(_ percent: Int) -> Int64 { waits.isEmpty ? 0 : waits[min(waits.count - 1, waits.count * percent / 100)] }
}
