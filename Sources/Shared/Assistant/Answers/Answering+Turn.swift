import Feishu
import JobQueue
import Logging

/// Which messages an answer is about.
extension Answering {
    /// The messages that are answered together.
    struct Turn {
        /// The oldest first. The last one is answered; the answer is about all.
        var messages: [AnswerJob.Arguments] = []
        /// Recalled, or said before somebody said stop.
        var dropped: [AnswerJob.Arguments] = []
    }

    /// This message and those that wait behind it.
    func turn(after stoppedAt: Int64) async throws -> Turn {
        var burst = [arguments]
        // What workers died of is told by itself: those that would be answered with it may not be what kills them.
        if !arguments.isContinued, try await !isFatal() {
            let most = settings.mostMessagesATurn - 1
            var absorbed: [AnswerJob.Arguments] = []
            // Another attempt answers the same messages: the model may have been paid for these already.
            let count = try await context.step("turn") {
                absorbed = try await context.absorb(AnswerJob.self, atMost: most).map(\.arguments)
                return absorbed.count
            }
            if absorbed.count < count {
                absorbed += try await context.absorb(AnswerJob.self, atMost: count - absorbed.count).map(\.arguments)
            }
            burst += absorbed
        }
        var turn = Turn()
        for message in burst {
            if stoppedAt > 0, let askedAt = message.askedAt, askedAt <= stoppedAt, !message.isContinued {
                turn.dropped.append(message)
            } else if let current = try await asItIsNow(message) {
                turn.messages.append(current)
            } else {
                turn.dropped.append(message)
            }
        }
        return turn
    }

    /// Whether the answer is given up, since workers died of it while it was written.
    func isFatal() async throws -> Bool {
        guard context.crashes >= FatalAnswer.deaths else { return false }
        return try await !context.hasDone(step: Self.completion)
    }

    /// A message that has waited may have been edited or recalled meanwhile. Nil for one that was recalled.
    private func asItIsNow(_ message: AnswerJob.Arguments) async throws -> AnswerJob.Arguments? {
        // What workers died of is only told of, and soon.
        if message.resumes != nil || context.crashes >= FatalAnswer.deaths { return message }
        let age = assistant.now() - (message.askedAt ?? assistant.now())
        guard message.isAgain == true || age > Self.mayHaveChanged.milliseconds else { return message }
        do {
            guard
                let current = try await assistant.chat.currentMessage(
                    message.target.messageID,
                    ofApp: message.target.appID
                )
            else { return nil }
            // A file or an image has no text of its own.
            return current.text.isEmpty || message.text.isEmpty ? message : message.saying(current.text)
        } catch let error as FeishuError where error.kind != .gone && error.kind != .cancelled {
            // As it came is better than not at all.
            context.logger.warning("cannot tell whether a message was edited", metadata: ["error": "\(error)"])
            return message
        }
    }

    /// Younger messages are answered as they came.
    private static let mayHaveChanged: Duration = .seconds(4)
}

extension AnswerJob.Arguments {
    /// Whether it is about a message that was answered before.
    var isContinued: Bool { isAgain == true || resumes != nil }

    fileprivate func saying(_ text: String) -> AnswerJob.Arguments {
        var changed = self
        changed.text = text
        return changed
    }
}
