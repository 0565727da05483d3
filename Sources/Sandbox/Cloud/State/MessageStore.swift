/// The last messages of all chats, bounded in number and bytes.
struct MessageStore: Sendable {
    private var messages: [String: CloudMessage] = [:]
    private var order = Ring<String>()
    private var bytes = 0
    private let bounds: MemoryBounds

    init(bounds: MemoryBounds) { self.bounds = bounds }

    var count: Int { messages.count }
    /// Oldest first.
    var all: [CloudMessage] { order.elements.compactMap { messages[$0] } }

    subscript(id: String) -> CloudMessage? {
        get { messages[id] }
        set {
            guard let old = messages[id], let newValue else { return }
            bytes += newValue.byteCount - old.byteCount
            messages[id] = newValue
        }
    }

    mutating func append(_ message: CloudMessage) {
        messages[message.id] = message
        order.append(message.id)
        bytes += message.byteCount
        while order.count > bounds.messages || (bytes > bounds.bytes && order.count > 1) {
            guard let oldest = order.popFirst() else { return }
            bytes -= messages.removeValue(forKey: oldest)?.byteCount ?? 0
        }
    }

    /// One page of a chat's history (or a thread's), and whether more follows. Times in milliseconds.
    func page(
        of container: String,
        isThread: Bool,
        between start: Int64,
        and end: Int64,
        descending: Bool,
        offset: Int,
        size: Int
    ) -> (items: [CloudMessage], hasMore: Bool) {
        var matching = all.filter { message in
            let belongs = isThread ? message.threadID == container : message.chatID == container
            return belongs && message.created >= start && message.created <= end
        }
        if descending { matching.reverse() }
        let items = matching.dropFirst(offset).prefix(size)
        return (Array(items), matching.count > offset + items.count)
    }
}
