import Feishu
import JSON
import LanguageModel
import Logging
import MeetingMinutes

/// The card of minutes from its first moment to its last: how far they are, then the minutes, then what became of them.
///
/// Whoever changes it first takes the change's place among all, and only then reads what it shows. So the last change shows
/// all that was kept before it, and one that comes too late for its place has nothing to add.
struct MinutesProgress {
    let place: MinutesPlace
    let language: WrittenLanguage
    let logger: Logger

    private var assistant: AssistantParts { place.assistant }
    private var card: MinutesCard { MinutesCard(texts: AssistantTexts(language), id: place.id) }

    /// Shows a card that says what is going on. A courtesy: what fails is logged, and the minutes come without it.
    func begin(count: Int) async {
        do {
            let cardID: String
            if let kept = try await assistant.minutes.card(of: place.id) {
                cardID = kept
            } else {
                cardID = try await makeCard(card.progress(0, of: count))
            }
            try await place.show(.cardEntity(id: cardID), key: "card")
        } catch {
            logger.info("no card tells how far minutes are", metadata: ["error": "\(error)"])
        }
    }

    /// Tells that so many chunks are read, unless the minutes are there. A courtesy, as ``begin(count:)``.
    func note(_ done: Int, of count: Int) async {
        guard await !assistant.chat.mustSaveCalls(ofApp: place.id.appID) else { return }
        do {
            guard let cardID = try await assistant.minutes.card(of: place.id) else { return }
            try await change(cardID) {
                guard try await assistant.minutes.minutes(of: place.id) == nil else { return nil }
                return card.progress(done, of: count)
            }
        } catch {
            logger.debug("a card does not tell how far minutes are", metadata: ["error": "\(error)"])
        }
    }

    /// Shows the minutes, with the document and the tasks that there are by now.
    ///
    /// - Throws: `FeishuError`, errors of the store.
    func finish(_ minutes: Minutes, of transcript: Transcript) async throws {
        if let cardID = try await assistant.minutes.card(of: place.id) {
            // What was sent for an attempt that died may not be there.
            try await place.show(.cardEntity(id: cardID), key: "card")
            try await change(cardID) { try await drawn(minutes, transcript) }
        } else {
            let json = try await drawn(minutes, transcript)
            do {
                try await place.show(.cardEntity(id: try await makeCard(json)), key: "card")
            } catch let error as FeishuError where error.kind == .permission {
                // One that is sent whole needs no permission of its own.
                logger.info("the card of minutes cannot be a card of its own", metadata: ["error": "\(error)"])
                try await place.show(.card(json), key: "answer")
            }
        }
    }

    /// Tells on the card that there will be no minutes. A courtesy, as ``begin(count:)``.
    func fail(_ note: String) async {
        do {
            guard let cardID = try await assistant.minutes.card(of: place.id) else { return }
            try await change(cardID) {
                guard try await assistant.minutes.minutes(of: place.id) == nil else { return nil }
                return card.failed(note)
            }
        } catch {
            logger.info("a card does not tell that minutes failed", metadata: ["error": "\(error)"])
        }
    }

    /// Shows the minutes anew, with the tasks that there are by now.
    ///
    /// - Parameters:
    ///   - minutes: What the meeting came to.
    ///   - transcript: Of the meeting.
    ///   - messageID: The message that shows them, where that is known.
    /// - Throws: `FeishuError`, errors of the store.
    func redraw(_ minutes: Minutes, of transcript: Transcript, in messageID: String?) async throws {
        if let cardID = try await assistant.minutes.card(of: place.id) {
            return try await change(cardID) { try await drawn(minutes, transcript) }
        }
        guard let messageID else { return }
        // Changes of a card that was sent whole have no places: it is drawn until nothing came meanwhile.
        var shown: Int?
        while true {
            let tasks = try await assistant.minutes.tasks(of: place.id)
            guard tasks.count != shown else { return }
            let json = try await drawn(minutes, transcript, tasks)
            try await assistant.chat.replaceCard(in: messageID, with: json, ofApp: place.id.appID)
            shown = tasks.count
        }
    }

    /// Changes the card to what `json` reads; nil leaves it as it is.
    func change(_ cardID: String, to json: () async throws -> JSONValue?) async throws {
        let sequence = try await assistant.minutes.nextChange(of: place.id)
        guard let json = try await json() else { return }
        do {
            let operation = CardOperation(appID: place.id.appID, cardID: cardID, sequence: sequence)
            try await assistant.chat.replace(operation, with: json)
        } catch let error as FeishuError where error.reason == .sequence {
            logger.debug("a later change of the card shows this one, too")
        }
    }

    private func makeCard(_ json: JSONValue) async throws -> String {
        let made = try await assistant.chat.makeCard(json, ofApp: place.id.appID)
        return try await assistant.minutes.keepCard(made, of: place.id)
    }

    private func drawn(_ minutes: Minutes, _ transcript: Transcript) async throws -> JSONValue {
        try await drawn(minutes, transcript, assistant.minutes.tasks(of: place.id))
    }

    private func drawn(
        _ minutes: Minutes,
        _ transcript: Transcript,
        _ tasks: [Int: MinutesTask]
    ) async throws -> JSONValue {
        card.finished(minutes, moments: try await place.moments(of: transcript), tasks: tasks)
    }
}
