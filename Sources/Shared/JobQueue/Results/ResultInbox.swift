import Redis

/// What somebody who waits for results was told and has not looked at. Decides, does no I/O.
struct ResultInbox {
    /// What there is to do.
    struct News {
        /// Results to be read from where they stand.
        var unread: [Int]
        /// The latest text that was published of a result.
        var texts: [Int: [UInt8]]
        /// Why no more comes.
        var ended: RedisError?
    }

    private var unread: Set<Int>
    private var texts: [Int: [UInt8]] = [:]
    private var ended: RedisError?
    /// Why nobody tells us of anything at the moment.
    private(set) var lost: RedisError?

    /// - Parameter count: How many results are waited for; all are to be read.
    init(count: Int) { unread = Set(0..<count) }

    mutating func take(_ news: ChannelNews, of index: Int) {
        switch news {
        case .listening:
            lost = nil
            unread.insert(index)
        // Of several the last says all that the others said.
        case .message(let text): texts[index] = text
        case .lost(let error): lost = error
        case .ended(let error): ended = error
        }
    }

    /// These could not be read, or are to be read again.
    mutating func putBack(_ indices: some Sequence<Int>) { unread.formUnion(indices) }

    mutating func takeAll() -> News {
        defer {
            unread = []
            texts = [:]
        }
        return News(unread: unread.sorted(), texts: texts, ended: ended)
    }
}
