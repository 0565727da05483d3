import CHiredis

/// Turns bytes from the server into replies, by hiredis's `redisReader`.
///
/// Owns the reader and frees it. Replies nested deeper than hiredis allows (7 arrays) and bytes that are no RESP throw
/// `.protocolViolation`; after that the decoder must not be used again.
@safe struct ReplyDecoder: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let maximumReplyBytes: Int
    /// Bytes fed since the last complete reply, which bounds what an unfinished one can take.
    private var unfinishedBytes = 0

    init(maximumReplyBytes: Int) {
        guard let reader = unsafe redisReaderCreateWithFunctions(BoundedArrays.functions) else {
            preconditionFailure("no memory for a reply reader")
        }
        unsafe self.reader = reader
        self.maximumReplyBytes = maximumReplyBytes
    }

    deinit { unsafe redisReaderFree(reader) }

    /// Takes in bytes; they are copied.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
        unfinishedBytes += bytes.count
        guard unfinishedBytes <= maximumReplyBytes else {
            throw RedisError(.protocolViolation, command: "REPLY", detail: "reply over \(maximumReplyBytes) bytes")
        }
        let status = unsafe redisReaderFeed(reader, base.assumingMemoryBound(to: CChar.self), bytes.count)
        guard status == REDIS_OK else { throw readerError() }
    }

    /// The next complete reply, or nil until more bytes are fed.
    mutating func next() throws(RedisError) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &object) == REDIS_OK else { throw readerError() }
        guard let object = unsafe object else { return nil }
        defer { unsafe freeReplyObject(object) }
        unfinishedBytes = 0
        return unsafe Self.convert(unsafe object.assumingMemoryBound(to: redisReply.self))
    }

    private func readerError() -> RedisError {
        let detail = unsafe withUnsafeBytes(of: &reader.pointee.errstr) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisError(.protocolViolation, command: "REPLY", detail: detail)
    }

    private static func convert(_ reply: UnsafeMutablePointer<redisReply>) -> RedisReply {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING:
            return unsafe .bytes([UInt8](text(of: reply)))
        case REDIS_REPLY_INTEGER:
            return unsafe .integer(reply.pointee.integer)
        case REDIS_REPLY_STATUS:
            return unsafe .status(String(decoding: text(of: reply), as: UTF8.self))
        case REDIS_REPLY_ERROR:
            return unsafe .error(String(decoding: text(of: reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            let count = unsafe Int(reply.pointee.elements)
            guard count > 0, let children = unsafe reply.pointee.element else { return .array([]) }
            var elements: [RedisReply] = []
            elements.reserveCapacity(count)
            for index in 0..<count {
                guard let child = unsafe children[index] else { continue }
                unsafe elements.append(convert(child))
            }
            return .array(elements)
        default:
            return .null
        }
    }

    private static func text(of reply: UnsafeMutablePointer<redisReply>) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: Int(reply.pointee.len))
    }
}

/// hiredis's own reply functions, but for arrays that claim absurd lengths.
///
/// hiredis 0.14 reserves memory for as many elements as the first line of an array claims, and walks over all of it
/// when the reply is given up: 16 bytes from the peer would cost gigabytes and seconds.
private enum BoundedArrays {
    /// More elements than any reply of ours has; refused as hiredis's "out of memory".
    static let maximumElements = 1 << 24

    private static let defaults: redisReplyObjectFunctions = {
        guard let reader = unsafe redisReaderCreate(), let functions = unsafe reader.pointee.fn else {
            preconditionFailure("no memory for a reply reader")
        }
        defer { unsafe redisReaderFree(reader) }
        return unsafe functions.pointee
    }()

    /// Made once, never changed and never freed, and so safe to share between readers of all threads.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        var bounded = defaults
        unsafe bounded.createArray = { task, count in
            guard count <= maximumElements else { return nil }
            return unsafe defaults.createArray?(task, count)
        }
        let pointer = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        unsafe pointer.initialize(to: bounded)
        return unsafe pointer
    }()
}
