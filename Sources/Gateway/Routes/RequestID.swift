import JobQueue

/// What a request is called in answers, logs and records.
enum RequestID {
    /// The one that a client or proxy gave it, where that is a plain short word; else a new one.
    static func taken(from header: String?) -> String {
        guard let header, (1...64).contains(header.utf8.count),
            header.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            })
        else { return TaskID.random().rawValue }
        return header
    }
}
