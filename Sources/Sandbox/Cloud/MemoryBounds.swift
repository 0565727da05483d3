/// Bounds of what is kept in memory; the oldest goes first.
package struct MemoryBounds: Sendable {
    /// Messages, of all chats together.
    package var messages: Int
    /// Deliveries of events, with their attempts.
    package var deliveries: Int
    /// Entries of the journal of sends, and keys of recorded effects.
    package var journal: Int
    /// Bytes of message texts, and as many again of events.
    package var bytes: Int
    /// Card entities; the oldest go first.
    package var cards: Int
    /// Bytes of files and images, those of people and bots together.
    package var resourceBytes: Int
    /// Events on their way, waiting for a repetition included; more are refused.
    package var underway: Int
    /// Tasks; the oldest go first.
    package var tasks: Int
    /// Meetings with their transcripts; the oldest go first.
    package var meetings: Int
    /// Documents; the oldest go first.
    package var documents: Int

    package init(
        messages: Int = 20_000,
        deliveries: Int = 20_000,
        journal: Int = 200_000,
        bytes: Int = 64 << 20,
        cards: Int = 20_000,
        resourceBytes: Int = 256 << 20,
        underway: Int = 20_000,
        tasks: Int = 1_000,
        meetings: Int = 500,
        documents: Int = 500
    ) {
        self.messages = messages
        self.deliveries = deliveries
        self.journal = journal
        self.bytes = bytes
        self.cards = cards
        self.resourceBytes = resourceBytes
        self.underway = underway
        self.tasks = tasks
        self.meetings = meetings
        self.documents = documents
    }
}
