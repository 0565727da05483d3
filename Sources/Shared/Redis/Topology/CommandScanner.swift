/// One command within the bytes of a request.
struct ScannedCommand: Equatable {
    /// Where it stands.
    let bytes: Range<Int>
    /// The slot of its first key; nil where it has none.
    let slot: Int?
}

/// Finds commands and their keys in the bytes that ``RedisCommand`` wrote.
///
/// Only Cluster needs to know keys, so commands do not carry them: a standalone server's pay nothing. All keys of a
/// command share a slot, which the server checks, so the first tells the slot.
enum CommandScanner {
    /// Commands that name no key. Any node can run these; in a pipeline they stay with the command before them.
    private static let keyless: Set<String> = [
        "ACL", "ASKING", "AUTH", "BGREWRITEAOF", "BGSAVE", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DBSIZE", "ECHO",
        "FLUSHALL", "FLUSHDB", "HELLO", "INFO", "KEYS", "LASTSAVE", "LATENCY", "MODULE", "PING", "PSUBSCRIBE",
        "PUBLISH", "PUBSUB", "QUIT", "RANDOMKEY", "READONLY", "READWRITE", "REPLICAOF", "RESET", "ROLE", "SAVE", "SCAN",
        "SCRIPT", "SELECT", "SHUTDOWN", "SLOWLOG", "SUBSCRIBE", "TIME", "UNSUBSCRIBE", "WAIT", "WAITAOF",
    ]
    /// Commands that say how many keys they have before they name them.
    private static let counting: Set<String> = ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"]

    static func commands(in bytes: [UInt8]) -> [ScannedCommand] {
        var commands: [ScannedCommand] = []
        var cursor = 0
        while cursor < bytes.count {
            let start = cursor
            let count = number(in: bytes, at: &cursor)
            var leading: [Range<Int>] = []
            for index in 0..<count {
                let length = number(in: bytes, at: &cursor)
                if index < 4 { leading.append(cursor..<cursor + length) }
                cursor += length + 2
            }
            let slot = key(leading, in: bytes).map { HashSlot.slot(of: bytes[$0]) }
            commands.append(ScannedCommand(bytes: start..<cursor, slot: slot))
        }
        return commands
    }

    private static func key(_ arguments: [Range<Int>], in bytes: [UInt8]) -> Range<Int>? {
        func text(_ index: Int) -> String { String(decoding: bytes[arguments[index]], as: UTF8.self) }
        guard arguments.count > 1 else { return nil }
        let name = text(0).uppercased()
        if counting.contains(name) {
            return arguments.count > 3 && text(2) != "0" ? arguments[3] : nil
        }
        return keyless.contains(name) ? nil : arguments[1]
    }

    /// The number after the marker at `cursor`, which moves behind its line.
    private static func number(in bytes: [UInt8], at cursor: inout Int) -> Int {
        var value = 0
        cursor += 1
        while bytes[cursor] != UInt8(ascii: "\r") {
            value = value * 10 + Int(bytes[cursor] - UInt8(ascii: "0"))
            cursor += 1
        }
        cursor += 2
        return value
    }
}
