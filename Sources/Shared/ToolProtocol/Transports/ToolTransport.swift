import JSON

/// One session's way to a server: what carries messages there and back.
protocol ToolTransport: Sendable {
    /// Sends a request and waits for the answer with its number, at most `timeout`. Cancelling the task ends the wait.
    ///
    /// What else the server says meanwhile is answered or passed over. Throws `refused` for an error of JSON-RPC.
    func ask(_ id: Int64, _ message: [UInt8], timeout: Duration) async throws(ToolProtocolError) -> JSONObject

    /// Sends a message that has no answer.
    func tell(_ message: [UInt8]) async throws(ToolProtocolError)

    /// What was agreed on; from now on it may have to be said in every message.
    func agreed(on version: String)

    /// Ends the session.
    func close() async
}

/// How large what a server says may be.
package struct ToolBounds: Sendable, Equatable {
    /// Of one message, in bytes.
    package var messageBytes: Int
    /// Of the text of a result, in bytes: what a model is told.
    package var resultBytes: Int

    package init(messageBytes: Int = 4 << 20, resultBytes: Int = 32 << 10) {
        self.messageBytes = messageBytes
        self.resultBytes = resultBytes
    }
}
