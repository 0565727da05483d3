/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Equatable {
    /// The `event` field, `message` if there was none.
    package var name: String
    /// The `data` lines, joined by line feeds.
    package var data: String
    /// The last `id` the stream has given so far, empty if none.
    package var lastEventID: String

    package init(name: String = "message", data: String, lastEventID: String = "") {
        self.name = name
        self.data = data
        self.lastEventID = lastEventID
    }
}
