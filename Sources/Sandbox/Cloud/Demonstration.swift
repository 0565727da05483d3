import JSON
import ServiceLifecycle

/// Why the demonstration did not end with a reply. The text is for the person in front of the terminal.
package struct DemonstrationFailure: Error, CustomStringConvertible {
    package let description: String
}

/// Plays one real conversation visibly: a meeting transcript goes in as an event, and the bot's answer comes back.
package struct Demonstration: Sendable {
    private let cloud: FeishuCloud
    private let words: DemonstrationWords
    private let timeout: Duration
    private let show: @Sendable (String) -> Void

    /// Transcript and terminal are Chinese, or else English. `timeout` is for the gateway's challenge and the reply
    /// together; `show` prints one line.
    package init(
        cloud: FeishuCloud,
        isChinese: Bool,
        timeout: Duration,
        show: @escaping @Sendable (String) -> Void
    ) {
        self.cloud = cloud
        self.words = isChinese ? .chinese : .english
        self.timeout = timeout
        self.show = show
    }

    /// Plays it once; `url` is the chat page's.
    ///
    /// - Throws: `DemonstrationFailure` when the gateway or the reply did not come in time.
    package func play(url: String) async throws {
        show(words.started(url))
        guard let event = cloud.configuration.eventURL, let updates = cloud.feed.listen() else {
            throw DemonstrationFailure(description: words.noGateway)
        }
        show(words.waiting(event))
        let played = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await self.converse(updates) }
            group.addTask {
                try await self.cloud.time.sleep(self.timeout)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard played else {
            let reason = cloud.isVerified ? words.noReply : words.noChallenge
            throw DemonstrationFailure(description: reason + " (\(Self.seconds(timeout.milliseconds)))")
        }
        show(words.invitation(url))
    }

    /// True once the reply was shown; false when the updates end first.
    private func converse(_ updates: AsyncStream<JSONValue>) async throws -> Bool {
        let began = cloud.time.now()
        var spoken: (message: Spoken, at: Int64)?
        if cloud.isVerified { spoken = try speak(began) }
        for await update in updates {
            let value = update["value"]
            switch update["kind"]?.string {
            case "verified" where spoken == nil:
                spoken = try speak(began)
            case "delivery" where value?["event_id"]?.string == spoken?.message.eventID:
                showDelivery(value)
            case "message" where value?["from_bot"]?.bool == true:
                guard let spoken, value?["chat_id"]?.string == spoken.message.chatID else { continue }
                // A card that is still being written is shown once it is whole.
                guard let id = value?["message_id"]?.string, value?["streams_until"] == nil else { continue }
                showReply(id, after: cloud.time.now() - spoken.at)
                return true
            default: continue
            }
        }
        return false
    }

    private func speak(_ began: Int64) throws -> (Spoken, Int64) {
        show(words.verified(Self.seconds(cloud.time.now() - began)))
        let bytes = words.isChinese ? PackageResources.sample_zh_CN_txt : PackageResources.sample_en_txt
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        show(words.sends(FeishuCloud.defaultPerson, cloud.configuration.app.name, lines.count))
        for line in lines.prefix(8) where !line.isEmpty { show("    │ " + Self.shortened(line)) }
        show("    │ …")
        let now = cloud.time.now()
        return (try cloud.say(Utterance(person: FeishuCloud.defaultPerson, text: text)), now)
    }

    private func showDelivery(_ delivery: JSONValue?) {
        guard let last = delivery?["attempts"]?.array?.last else { return }
        let milliseconds = last["milliseconds"]?.integer ?? 0
        if let status = last["status"]?.integer {
            show(words.answered(Int(status), milliseconds, cloud.configuration.app.encryptKey != nil))
        } else {
            show(words.unanswered(last["failure"]?.string ?? ""))
        }
    }

    private func showReply(_ id: String, after milliseconds: Int64) {
        show(words.replied(Self.seconds(milliseconds)))
        guard let message = cloud.withState({ $0.messages[id] }) else { return }
        for line in PlainText.of(message).split(separator: "\n", omittingEmptySubsequences: false) {
            show("    │ " + line)
        }
    }

    private static func shortened(_ line: Substring) -> String {
        line.count > 60 ? line.prefix(60) + "…" : String(line)
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst().prefix(2)) s"
    }
}
