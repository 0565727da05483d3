import Feishu
import JSON
import JobQueue
import Logging
import NIOConcurrencyHelpers

/// Shows one answer: lets it grow on a card while the model writes, and brings the whole text to the reader in the end,
/// whatever fails on the way.
actor AnswerPresenter {
    /// A card stops growing by itself ten minutes after it was last opened (Feishu); it is opened again before that.
    private static let streamingLife: Duration = .seconds(540)

    private let chat: any Chat
    private let records: any AnswerRecords
    private let card: AnswerCard
    private let arguments: AnswerJob.Arguments
    private let logger: Logger
    private let clock: any Clock<Duration>
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64
    private let pager = MarkdownPager()

    private var open: CardProgress?
    private var pacing = UpdatePacing()
    private var isGrowing = false
    /// Whether the card is before its reader, or will be in a moment.
    private var isSent = false
    /// Whether another attempt, or whoever told a place in line, was sending it when this one would have.
    private var isSentByAnother = false

    private var target: ReplyTarget { arguments.target }
    private var texts: AssistantTexts { card.texts }

    init(
        chat: any Chat,
        records: any AnswerRecords,
        card: AnswerCard,
        arguments: AnswerJob.Arguments,
        logger: Logger,
        clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Int64
    ) {
        self.chat = chat
        self.records = records
        self.card = card
        self.arguments = arguments
        self.logger = logger
        self.clock = clock
        self.now = now
    }

    /// Takes up the card that an earlier attempt made.
    func takeUp(_ record: AnswerRecord?) {
        if let progress = record?.progress { open = progress }
    }

    /// Whether there is a card that somebody may see.
    var isShown: Bool { open != nil }

    // MARK: Growing

    /// Shows the text as it grows, until cancelled. What fails is logged: the end brings the text all the same.
    func follow(_ text: GrowingText) async {
        do {
            guard await !chat.mustSaveCalls(ofApp: target.appID) else { return }
            try await clock.sleep(for: UpdatePacing.beforeCard)
            if text.text.isEmpty { try await clock.sleep(for: UpdatePacing.beforeThinking - UpdatePacing.beforeCard) }
            let begun = now()
            let wasOpen = open != nil
            let first = visible(text.text)
            let status = first.isEmpty ? texts.thinking(seconds: 0) : texts.writing
            try await apart {
                try await self.begin(first, status: status)
                // It shows what an earlier attempt wrote, or a place in line.
                if wasOpen { _ = try await self.show(in: AnswerCard.statusElement) { status } }
            }
            guard open != nil else { return }
            try await grow(text, beyond: wasOpen ? "" : first, since: begun, saysThinking: first.isEmpty && !wasOpen)
        } catch {
            if !Task.isCancelled {
                logger.warning("the answer does not grow while it is written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// `saysThinking`: whether the status is to be another once there is a text. An answer that had a place in line has
    /// spent that call.
    private func grow(
        _ text: GrowingText,
        beyond first: String,
        since begun: Int64,
        saysThinking: Bool
    ) async throws {
        var shown = first
        var saysThinking = saysThinking
        var noted = 0
        var reopened = begun
        while true {
            try await clock.sleep(for: pacing.wait)
            var next = visible(text.text)
            while next == shown {
                let seconds = Int((now() - begun) / 1_000)
                if next.isEmpty, Self.milestones.contains(where: { noted < $0 && $0 <= seconds }) {
                    noted = seconds
                    let status = texts.thinking(seconds: seconds)
                    _ = try await apart { try await self.show(in: AnswerCard.statusElement) { status } }
                }
                try await clock.sleep(for: UpdatePacing.nothingNew)
                next = visible(text.text)
            }
            if now() - reopened > Self.streamingLife.milliseconds {
                try await apart { try await self.change { chat, operation in try await chat.reopen(operation) } }
                reopened = now()
            }
            let pager = pager
            let sent = try await apart {
                try await self.show(in: AnswerCard.answerElement) { Self.visible(text.text, pager) }
            }
            if let sent { shown = sent }
            if saysThinking {
                saysThinking = false
                let status = texts.writing
                _ = try await apart { try await self.show(in: AnswerCard.statusElement) { status } }
            }
            pacing.note()
        }
    }

    /// When the time that a reader has waited for the first word is told: seconds.
    private static let milestones = [10, 30, 60, 120, 300]

    /// What a growing card can hold of a text.
    private func visible(_ text: String) -> String { Self.visible(text, pager) }

    private static func visible(_ text: String, _ pager: MarkdownPager) -> String {
        let text = AnswerLinks.disclosed(text)
        return TextSplitter.requestBytes(of: text) <= pager.maximumBytes ? text : pager.pages(text).first ?? ""
    }

    /// Shows a card before anything is written: what the reader waits for.
    ///
    /// - Throws: Errors of the platform and of Redis.
    func announce(_ status: String) async throws {
        guard await !chat.mustSaveCalls(ofApp: target.appID) else { return }
        try await begin("", status: status)
    }

    /// Makes the card and shows it. Of an earlier attempt it is taken up.
    private func begin(_ text: String, status: String) async throws {
        if open == nil {
            // What its buttons will name.
            try await records.keep(arguments, of: card.task)
            let id = try await chat.makeCard(
                card.streaming(text, status: status),
                ofApp: target.appID
            )
            let kept = try await records.keepCard(id, madeAt: now(), of: card.task, inApp: target.appID)
            // The answer came meanwhile, without this card, which nobody sees then.
            guard kept.cardID != CardProgress.noCard else { return }
            open = CardProgress(cardID: kept.cardID, madeAt: kept.madeAt)
        }
        try await send()
        isGrowing = true
    }

    /// Sends the card, if that was not done.
    private func send() async throws {
        do {
            try await sendNow()
        } catch let error as FeishuError where error.isBeingSent {
            logger.info("the card is being sent", metadata: ["error": "\(error)"])
            (isSent, isSentByAnother) = (true, true)
        }
    }

    private func sendNow() async throws {
        guard let open else { return }
        let message = try await chat.reply(.cardEntity(id: open.cardID), to: target, key: "\(card.task)/card")
        try await records.keepMessage(message, of: card.task, inApp: target.appID)
        (isSent, isSentByAnother) = (true, false)
    }

    /// Waits until the card is there that another is sending: what comes next in the conversation must not come first.
    ///
    /// - Throws: Errors of the platform, also that it is still being sent: later it will be there.
    private func awaitSending() async throws {
        var pauses = Self.sendingPauses[...]
        while isSentByAnother {
            do {
                try await sendNow()
            } catch let error as FeishuError where error.isBeingSent {
                guard let pause = pauses.popFirst() else { throw error }
                try await clock.sleep(for: pause)
            }
        }
    }

    /// A message is on its way for a second at most, as a rule.
    private static let sendingPauses: [Duration] = [.milliseconds(200), .milliseconds(400), .milliseconds(800)]

    /// Shows what `text` is when it is this card's turn. Returns that; nil where it was left out.
    private func show(in element: String, _ text: @escaping @Sendable () -> String) async throws -> String? {
        let sent = NIOLockedValueBox<String?>(nil)
        do {
            try await change { chat, operation in
                try await chat.show(in: element, of: operation) {
                    let text = text()
                    sent.withLockedValue { $0 = text }
                    return text.isEmpty ? "…" : text
                }
            }
            return sent.withLockedValue { $0 }
        } catch is ChatBusy {
            logger.debug("an update of a card was left out")
            return nil
        }
    }

    /// Makes a change of the card, and repairs what can be wrong with its state.
    private func change(
        reopening: Bool = true,
        _ body: (any Chat, CardOperation) async throws -> Void
    ) async throws {
        do {
            try await body(chat, operation())
        } catch let error as FeishuError where error.reason == .sequence {
            open?.leap()
            try await body(chat, operation())
        } catch let error as FeishuError where error.reason == .streamingClosed && reopening {
            try await chat.reopen(operation())
            try await body(chat, operation())
        }
    }

    private func operation() -> CardOperation {
        guard open != nil else { preconditionFailure("a card is changed once it is there") }
        let sequence = open?.next(at: now()) ?? 0
        return CardOperation(appID: target.appID, cardID: open?.cardID ?? "", sequence: sequence)
    }

    // MARK: The end

    /// Brings the whole text to the reader: on the card that grew, or at once. Safe to repeat.
    ///
    /// - Parameters:
    ///   - text: All of it, in Markdown.
    ///   - sources: What it rests on, behind it: links in it are ours, and need not say where they lead.
    ///   - footer: What stands below it.
    ///   - offers: The buttons below that.
    ///   - isLastTry: Whether nobody will try again: then a message stands in for what the card cannot show.
    /// - Throws: Errors of the platform after which the same may succeed later.
    func finish(
        _ text: String,
        sources: String = "",
        footer: String,
        offers: [AnswerCard.Action],
        isLastTry: Bool
    ) async throws {
        let text = AnswerLinks.disclosed(text) + sources
        do {
            try await finish(pages(of: text), footer: footer, offers: offers)
        } catch let error as FeishuError where error.kind == .gone && error.reason != .cardGone {
            throw error
        } catch let error as FeishuError where error.isBeingSent && isLastTry {
            // An attempt before this one is at it: it will be there, and another message would be one too many.
            logger.warning("an answer is still being sent", metadata: ["error": "\(error)"])
        } catch {
            guard !Task.isCancelled, isLastTry || !isWorthAnotherTry(error) else { throw error }
            logger.warning("a message stands in for the card of an answer", metadata: ["error": "\(error)"])
            let whole = footer.isEmpty ? text : text + "\n\n" + footer
            try await chat.reply(.markdown(whole), to: target, key: "\(card.task)/instead")
            await pointToMessage(offers)
        }
    }

    /// A card that could not show the whole answer shows no part of it either: it says where the answer is. A courtesy:
    /// what fails is logged.
    private func pointToMessage(_ offers: [AnswerCard.Action]) async {
        guard open != nil, isSent else { return }
        let note = texts.answerInMessage
        do {
            try await replace(with: card.finished("", footer: note, offers: offers), summary: note)
        } catch {
            logger.warning("a card shows a part of an answer", metadata: ["error": "\(error)"])
        }
    }

    private func isWorthAnotherTry(_ error: any Error) -> Bool {
        (error as? FeishuError)?.isRetryable ?? true
    }

    private func finish(_ pages: Pages, footer: String, offers: [AnswerCard.Action]) async throws {
        try await records.keep(arguments, of: card.task)
        if open == nil {
            // Whoever is about to tell a place in line sees that it is over; a card that was first is taken up.
            let kept = try await records.keepCard(
                CardProgress.noCard,
                madeAt: now(),
                of: card.task,
                inApp: target.appID
            )
            if kept.cardID != CardProgress.noCard { open = CardProgress(cardID: kept.cardID, madeAt: kept.madeAt) }
        }
        for (index, page) in pages.shown.enumerated() {
            let json = card.finished(page, footer: footer, page: index, of: pages.shown.count, offers: offers)
            if index == 0, open != nil {
                try await replace(with: json, summary: AnswerCard.summary(of: page.isEmpty ? footer : page))
            } else {
                let key = index == 0 ? "\(card.task)/answer" : "\(card.task)/answer/\(index)"
                let message = try await chat.reply(.card(json), to: target, key: key)
                if index == 0 { try await records.keepMessage(message, of: card.task, inApp: target.appID) }
            }
        }
        if let file = pages.file {
            try await chat.reply(
                .file(name: texts.answerFileName, bytes: Array(file.utf8)),
                to: target,
                key: "\(card.task)/file"
            )
        }
    }

    private func replace(with json: JSONValue, summary: String) async throws {
        if !isGrowing { try await send() }
        do {
            try await change(reopening: false) { chat, operation in
                try await chat.close(operation, summary: summary)
            }
        } catch let error as FeishuError where error.reason == .streamingClosed {
            // That is what was wanted.
        }
        try await change { chat, operation in try await chat.replace(operation, with: json) }
        try await awaitSending()
    }

    // MARK: Long answers

    /// More pages than this are a file, of which the first page is shown.
    private static let maximumPages = 5

    private struct Pages {
        var shown: [String]
        /// All of it, where that is too long to be shown.
        var file: String?
    }

    private func pages(of text: String) -> Pages {
        let pages = pager.pages(text)
        guard pages.count > Self.maximumPages else { return Pages(shown: pages.isEmpty ? [""] : pages, file: nil) }
        return Pages(shown: [pages[0] + "\n\n" + texts.restIsInFile], file: text)
    }
}
