/// The last messages of all chats, bounded in number and bytes.
struct MessageStore: Sendable {
    private var messages: [String: CloudMessage] = [:]
    /// The merged forward each of these messages is part of.
    private var forwards: [String: String] = [:]
    /// The replies to each message, oldest first.
    private var replies: [String: [String]] = [:]
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
        for child in message.children { forwards[child.id] = message.id }
        if let parent = message.parentID { replies[parent, default: []].append(message.id) }
        order.append(message.id)
        bytes += message.byteCount
        while order.count > bounds.messages || (bytes > bounds.bytes && order.count > 1) {
            guard let oldest = order.popFirst() else { return }
            guard let gone = messages.removeValue(forKey: oldest) else { continue }
            for child in gone.children { forwards[child.id] = nil }
            replies[oldest] = nil
            bytes -= gone.byteCount
        }
    }

    /// The newest message of a chat.
    func last(in chatID: String) -> CloudMessage? {
        for id in order.elements.reversed() {
            if let message = messages[id], message.chatID == chatID { return message }
        }
        return nil
    }

    /// The replies to a message that are still there, oldest first.
    func replies(to id: String) -> [CloudMessage] { (replies[id] ?? []).compactMap { messages[$0] } }

    /// Whether this message exists only inside a merged forward.
    func isForwarded(_ id: String) -> Bool { forwards[id] != nil }

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
            // Of a thread, the chat's history shows only the message it hangs on.
            let isRoot = message.threadID == nil || message.rootID == nil
            let belongs = isThread ? message.threadID == container : message.chatID == container && isRoot
            return belongs && message.created >= start && message.created <= end
        }
        if descending { matching.reverse() }
        let items = matching.dropFirst(offset).prefix(size)
        return (Array(items), matching.count > offset + items.count)
    }
}
