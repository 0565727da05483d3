import JSON

/// Recognises a message that is nothing but the command to stop, in the content as it stands in the event.
enum StopCommand {
    /// Longer contents are no stop command, in bytes between their quotes: what nearly all messages are told by.
    static let maximumBytes = 64

    private static let words: Set<String> = ["stop", "停止", "停", "停下"]

    /// Whether the content, JSON inside JSON, is a stop command once the keys of mentions are gone.
    static func isMeant(by content: JSONStringSlice, in plaintext: [UInt8]) -> Bool {
        guard content.range.count <= maximumBytes, mayHoldWord(plaintext, content.range),
            let text = try? JSONValue(parsing: content.text(in: plaintext))["text"]?.string
        else { return false }
        let command = text.split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("@_") }
        guard command.count == 1, var word = command.first else { return false }
        if word.hasPrefix("/") || word.hasPrefix("／") { word = word.dropFirst() }
        return words.contains(word.lowercased())
    }

    /// Whether what all the words have stands in these bytes: `stop` in any case, or 停 as it is or escaped (`\u505c`).
    ///
    /// Most short messages are no commands: for them nothing is decoded.
    private static func mayHoldWord(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var window: UInt32 = 0
        for index in range {
            window = window << 8 | UInt32(bytes[index])
            // Lower case also where it is no letter, which does no harm.
            if window | 0x2020_2020 == 0x7374_6F70 || window & 0xFF_FFFF == 0xE5_819C || window | 0x20 == 0x3530_3563 {
                return true
            }
        }
        return false
    }
}
