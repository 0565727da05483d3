import JSON
import NIOConcurrencyHelpers
import TestSupport

/// Watches what becomes of the events of people's messages while the sandbox still knows, and has those delivered again
/// that Feishu gave up, as a person does in its console.
final class Postman: Sendable {
    /// One message and its event.
    struct Item: Sendable {
        let line: Script.Line
        let messageID: String
        let eventID: String
        /// Milliseconds since 1970: the first attempt to deliver it, and the first that was taken.
        var firstAttempt: Int64?
        var taken: Int64?
        var attempts = 0
    }

    private struct State {
        var items: [Item] = []
        /// Numbers of those whose fate is open.
        var open: [Int] = []
        var givenUp = 0
    }

    private let state = NIOLockedValueBox(State())

    var items: [Item] { state.withLockedValue { $0.items } }
    /// How many events Feishu gave up.
    var givenUp: Int { state.withLockedValue { $0.givenUp } }
    var isIdle: Bool { state.withLockedValue { $0.open.isEmpty } }

    func add(_ line: Script.Line, _ said: SandboxControl.Utterance) {
        guard let eventID = said.eventID else { return }
        state.withLockedValue { state in
            state.open.append(state.items.count)
            state.items.append(Item(line: line, messageID: said.messageID, eventID: eventID))
        }
    }

    /// Looks after all whose fate is open, once.
    func look(_ sandbox: SandboxControl) async throws {
        for number in state.withLockedValue({ $0.open }) {
            let event = state.withLockedValue { $0.items[number].eventID }
            let record = try await sandbox.call("GET", "deliveries/\(event)")
            let attempts = record["attempts"]?.array ?? []
            let isOver = ["acknowledged", "failed"].contains(record["state"]?.string)
            let isTaken = attempts.contains { $0["status"]?.integer == 200 }
            let isGivenUp = isOver && !isTaken
            state.withLockedValue { state in
                let starts = attempts.compactMap { $0["started"]?.integer }
                state.items[number].firstAttempt = starts.min()
                state.items[number].taken =
                    attempts.filter { $0["status"]?.integer == 200 }
                    .compactMap { attempt in
                        attempt["started"]?.integer.map { $0 + (attempt["milliseconds"]?.integer ?? 0) }
                    }
                    .min()
                state.items[number].attempts = attempts.count
                if isOver, isTaken { state.open.removeAll { $0 == number } }
                if isGivenUp { state.givenUp += 1 }
            }
            if isGivenUp { try await sandbox.redeliver(event, copies: 1) }
        }
    }
}
