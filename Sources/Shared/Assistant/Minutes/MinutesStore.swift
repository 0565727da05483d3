package import MeetingMinutes

/// What minutes have come to so far. Each step of making them keeps its result here, so that the next one, on whatever
/// machine, goes on from it.
package protocol MinutesStore: Sendable {
    /// Keeps what is wanted and what it is made of. What is there of later steps stays.
    func begin(_ request: MinutesRequest, transcript: String, of id: MinutesID) async throws
    /// What is wanted; nil where it is forgotten.
    func request(of id: MinutesID) async throws -> MinutesRequest?
    /// The text of the transcript; nil where it is forgotten.
    func transcript(of id: MinutesID) async throws -> String?
    /// Keeps the card that shows them, unless there is one.
    ///
    /// - Returns: The card to go on with: this, or the one that was kept before.
    func keepCard(_ cardID: String, of id: MinutesID) async throws -> String
    func card(of id: MinutesID) async throws -> String?
    /// The place of the next change of the card: higher than all that were given out before, to whomever.
    func nextChange(of id: MinutesID) async throws -> Int32
    /// Keeps what one chunk came to.
    ///
    /// - Returns: How many there are by now.
    func keep(_ facts: ChunkFacts, of id: MinutesID) async throws -> Int
    /// What the chunks came to, in their order.
    func chunks(of id: MinutesID) async throws -> [ChunkFacts]
    func keep(_ minutes: Minutes, of id: MinutesID) async throws
    func minutes(of id: MinutesID) async throws -> Minutes?
    /// Keeps where they can be read in full.
    func keep(_ document: MinutesPage, of id: MinutesID) async throws
    func document(of id: MinutesID) async throws -> MinutesPage?
    /// Keeps the task that was made for an action item, by its place in the minutes.
    func keep(_ task: MinutesTask, ofAction index: Int, of id: MinutesID) async throws
    /// The tasks that were made, by the place of their action items in the minutes.
    func tasks(of id: MinutesID) async throws -> [Int: MinutesTask]
    /// Notes that a task is about to be made for an action item, unless that is noted already.
    ///
    /// - Parameters:
    ///   - index: The place of the action item in the minutes.
    ///   - time: When, in milliseconds since 1970.
    ///   - id: Which minutes.
    /// - Returns: Since when it may have been made: this time, or that of an earlier attempt.
    /// - Throws: Errors of the store.
    func beginTask(ofAction index: Int, at time: Int64, of id: MinutesID) async throws -> Int64
    /// Forgets that one was about to be made.
    func abandonTask(ofAction index: Int, of id: MinutesID) async throws
    /// Takes a part that only one task may have, such as `rescue`.
    ///
    /// - Returns: Whether it is this task's.
    func claim(_ part: String, by task: String, of id: MinutesID) async throws -> Bool
    /// Keeps that a message shows them: what answers it is about them. The message that asked for them is one, too.
    func keepMessage(_ messageID: String, of id: MinutesID) async throws
    /// What minutes a message has to do with; nil for none, or for some that were forgotten.
    func minutes(shownIn messageID: String, ofApp appID: String) async throws -> MinutesID?
    /// The minutes of a chat that were begun since a time (milliseconds since 1970), the newest first.
    func latest(
        inChat chatID: String,
        ofApp appID: String,
        since time: Int64,
        atMost count: Int
    ) async throws -> [MinutesID]
    /// Forgets all minutes of a chat, with their transcripts.
    func removeAll(ofChat chatID: String, inApp appID: String) async throws
    /// All that questions are answered from; nil where it is forgotten.
    func kept(_ id: MinutesID) async throws -> KeptMinutes?
}

/// The document that holds minutes in full, with the transcript below.
package struct MinutesPage: Sendable, Equatable, Codable {
    package let documentID: String
    package let url: String
    /// The block of each utterance by its number, for links to what was said.
    package let blocks: [Int: String]

    package init(documentID: String, url: String, blocks: [Int: String] = [:]) {
        self.documentID = documentID
        self.url = url
        self.blocks = blocks
    }

    /// The address of the block of an utterance; nil where it has none.
    package func url(of number: Int) -> String? { blocks[number].map { "\(url)#\($0)" } }

    enum CodingKeys: String, CodingKey {
        case documentID = "document_id"
        case url, blocks
    }
}
