import Feishu
import JSON
import LanguageModel
import Logging
import MeetingMinutes

/// The card of minutes from its first moment to its last: how far they are, then the minutes.
struct MinutesProgress {
    let place: MinutesPlace
    let language: WrittenLanguage
    let logger: Logger

    private var assistant: AssistantParts { place.assistant }
    private var texts: AssistantTexts { AssistantTexts(language) }

    /// Shows a card that says what is going on. A courtesy: what fails is logged, and the minutes come without it.
    func begin(count: Int) async {
        do {
            let made: MinutesCardPlace
            if let kept = try await assistant.minutes.card(of: place.id) {
                made = kept
            } else {
                let card = MinutesCard(texts: texts, id: place.id).progress(0, of: count)
                let cardID = try await assistant.chat.makeCard(card, ofApp: place.id.appID)
                made = try await assistant.minutes.keepCard(cardID, madeAt: assistant.now(), of: place.id)
            }
            try await place.show(.cardEntity(id: made.cardID), key: "card")
        } catch {
            logger.info("no card tells how far minutes are", metadata: ["error": "\(error)"])
        }
    }

    /// Tells that so many chunks are read. A courtesy, as ``begin(count:)``.
    func note(_ done: Int, of count: Int) async {
        guard await !assistant.chat.mustSaveCalls(ofApp: place.id.appID) else { return }
        do {
            guard let kept = try await assistant.minutes.card(of: place.id) else { return }
            var card = CardProgress(cardID: kept.cardID, madeAt: kept.madeAt)
            let operation = card.next(at: assistant.now(), ofApp: place.id.appID)
            let json = MinutesCard(texts: texts, id: place.id).progress(done, of: count)
            try await assistant.chat.replace(operation, with: json)
        } catch {
            logger.debug("a card does not tell how far minutes are", metadata: ["error": "\(error)"])
        }
    }

    /// Where one sees what was said, by now.
    ///
    /// - Throws: errors of the store.
    func moments(of transcript: Transcript) async throws -> MinutesMoments {
        let document = try await assistant.minutes.document(of: place.id)
        return MinutesMoments(transcript: transcript, recording: place.request.recording, document: document)
    }

    /// Shows the minutes, with the document and the tasks that there are by now.
    ///
    /// - Throws: `FeishuError`, errors of the store.
    func finish(_ minutes: Minutes, of transcript: Transcript) async throws {
        let moments = try await moments(of: transcript)
        let tasks = try await assistant.minutes.tasks(of: place.id)
        let card = MinutesCard(texts: texts, id: place.id)
        try await replace(with: card.finished(minutes, moments: moments, tasks: tasks))
    }

    /// Tells on the card that there will be no minutes. A courtesy, as ``begin(count:)``.
    func fail(_ note: String) async {
        do {
            guard try await assistant.minutes.card(of: place.id) != nil else { return }
            try await replace(with: MinutesCard(texts: texts, id: place.id).failed(note))
        } catch {
            logger.info("a card does not tell that minutes failed", metadata: ["error": "\(error)"])
        }
    }

    /// Puts a card in place of what is shown, or shows it where nothing is.
    ///
    /// - Throws: `FeishuError`.
    func replace(with json: JSONValue) async throws {
        guard let kept = try await assistant.minutes.card(of: place.id) else {
            return try await place.show(.card(json), key: "answer")
        }
        // What was sent for an attempt that died may not be there.
        try await place.show(.cardEntity(id: kept.cardID), key: "card")
        var card = CardProgress(cardID: kept.cardID, madeAt: kept.madeAt)
        do {
            try await assistant.chat.replace(card.next(at: assistant.now(), ofApp: place.id.appID), with: json)
        } catch let error as FeishuError where error.reason == .sequence {
            card.leap()
            try await assistant.chat.replace(card.next(at: assistant.now(), ofApp: place.id.appID), with: json)
        }
    }
}

extension CardProgress {
    /// The next change of the card.
    fileprivate mutating func next(at now: Int64, ofApp appID: String) -> CardOperation {
        CardOperation(appID: appID, cardID: cardID, sequence: next(at: now))
    }
}
