import Cryptography

/// Cuts what a plugin says into lines, short ones and not too many. No I/O, no clock.
struct PluginLog: Sendable {
    /// More than are kept: a secret in it is whole where it is hidden, by us and by whoever keeps the lines.
    private static let mostBytes = 2_000
    private static let mostLines = 100
    private static let span: Duration = .seconds(1)

    private let secret: Secret
    private var line: [UInt8] = []
    private var begin = Duration.zero
    private var count = 0
    private var dropped = 0

    /// - Parameter secret: Replaced by `***` wherever it stands in a line.
    init(hiding secret: Secret) { self.secret = secret }

    /// - Parameters:
    ///   - bytes: What it said, cut anywhere.
    ///   - now: Since any one moment.
    /// - Returns: The lines that this completes. After 100 within a second the rest of it is dropped, and counted in a
    ///   line of its own.
    mutating func take(_ bytes: ArraySlice<UInt8>, at now: Duration) -> [String] {
        var lines: [String] = []
        if now - begin >= Self.span {
            if dropped > 0 { lines.append("… \(dropped) lines dropped") }
            begin = now
            count = 0
            dropped = 0
        }
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.mostBytes { line.append(byte) }
                continue
            }
            if count < Self.mostLines {
                lines.append(text(line))
                count += 1
            } else {
                dropped += 1
            }
            line.removeAll(keepingCapacity: true)
        }
        return lines
    }

    /// Without what would move a terminal's cursor.
    private func text(_ line: [UInt8]) -> String {
        let characters = String(decoding: line, as: UTF8.self).unicodeScalars.map { scalar in
            let isControl = scalar.value < 0x20 && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
            return isControl ? "\u{FFFD}" : scalar
        }
        let text = String(String.UnicodeScalarView(characters))
        return secret.isEmpty ? text : text.replacing(secret.value, with: "***")
    }
}
