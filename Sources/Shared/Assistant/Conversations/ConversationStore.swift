/// Where conversations are remembered. Every write is one step, so any number of workers may act at once.
package protocol ConversationStore: Sendable {
    /// What is known of a conversation; empty for one that is new or forgotten.
    func state(of conversation: Conversation) async throws -> ConversationState

    /// Adds what one task's answer said and answered, once however often this is called for the task, unless the
    /// conversation has begun anew since `session`.
    func add(_ turns: [ConversationTurn], by task: String, session: Int64, to conversation: Conversation) async throws

    /// Begins anew: everything that was said is forgotten, what was chosen stays.
    func beginAnew(_ conversation: Conversation) async throws

    /// The conversations within a chat besides that of all of it: its threads, and those of single people. Those that
    /// are forgotten may be among them.
    func parts(ofChat chatID: String, inApp appID: String) async throws -> [Conversation]

    /// Forgets what a recalled message said, and what answered it.
    func forget(messageID: String, in conversation: Conversation) async throws

    /// Puts a summary in the place of the first `count` turns, unless the conversation has begun anew since `session` or
    /// the first turn is another by now.
    func summarise(
        _ conversation: Conversation,
        as summary: String,
        inPlaceOf count: Int,
        from first: ConversationTurn,
        session: Int64
    ) async throws

    /// Remembers a choice; nil takes it back.
    func choose(model: String?, in conversation: Conversation) async throws
    /// Remembers a choice; nil takes it back.
    func choose(language: String?, in conversation: Conversation) async throws

    /// Messages up to `time` are not answered any more (milliseconds since 1970).
    func stop(_ conversation: Conversation, at time: Int64) async throws
}
