import JSON

/// About how many tokens a model makes of a text, without its vocabulary: a little too many rather than too few.
///
/// Fitted to OpenAI's o200k_base on texts of many scripts and kinds (`Tests/LanguageModelTests/Fixtures`): ordinary text
/// comes out at 1.0 to 1.6 times the count. A Chinese character is one token, a word is one for every six letters, figures
/// are one for every two. Rare Chinese characters cost models two or three tokens and count as one here.
package enum TokenEstimate {
    /// What a vendor takes for an image at most, such as OpenAI for one of 1,024 pixels a side in high detail.
    package static let perImage = 1_600
    /// What frames a message: its role, and the marks around it.
    static let perMessage = 5

    /// The estimate for a text. One pass over its bytes, about 3 ms a megabyte.
    package static func tokens(in text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = TokenScanner(bytes)
            return scanner.tokens()
        }
    }

    /// The estimate for one message, with what frames it.
    package static func tokens(in message: ChatMessage) -> Int {
        let parts = message.parts.reduce(0) { sum, part in
            switch part {
            case .text(let text): sum + tokens(in: text)
            case .image: sum + perImage
            }
        }
        let calls = message.toolCalls.reduce(0) { sum, call in
            sum + perMessage + tokens(in: call.name) + tokens(in: JSONValue.object(call.arguments).text)
        }
        return perMessage + parts + calls
    }

    /// The estimate for what a model is sent: messages and tools, not the answer.
    package static func tokens(in request: ChatRequest) -> Int {
        let tools = request.tools.reduce(0) { sum, tool in
            sum + perMessage + tokens(in: tool.name) + tokens(in: tool.description)
                + tokens(in: JSONValue.object(tool.parameters).text)
        }
        return request.messages.reduce(perMessage + tools) { $0 + tokens(in: $1) }
    }
}

/// Walks over UTF-8 and adds up what its pieces cost, in twentieths of a token.
private struct TokenScanner {
    /// What came before, as far as it matters to what follows.
    private enum Kind { case space, word, digits, symbol, other }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var cost = 0
    private var previous = Kind.space

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func tokens() -> Int {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x41...0x5A, 0x61...0x7A: word()
            case 0x30...0x39: digits()
            case 0x09, 0x0A, 0x0D, 0x20: space(byte)
            case 0..<0x80: symbol(byte)
            default:
                let scalar = scalar(at: position)
                if Self.isMarkedLatin(scalar.value) { word() } else { other(scalar) }
            }
        }
        return (cost + 19) / 20
    }

    /// A run of capitals, or of small letters with a capital before them, accents included.
    private mutating func word() {
        let start = position
        var letters = 0
        var vowels = 0
        var marks = 0
        var isCapitals = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x80 {
                let scalar = scalar(at: position)
                guard Self.isMarkedLatin(scalar.value) else { break }
                marks += (0x100...0x24F).contains(scalar.value) ? 22 : 14
                position += scalar.length
            } else if (0x61...0x7A).contains(byte) {
                if isCapitals {
                    // The last capital begins this word.
                    position -= 1
                    letters -= 1
                    break
                }
                position += 1
            } else if (0x41...0x5A).contains(byte) {
                guard letters == 0 || isCapitals || letters == 1 && position == start + 1 && bytes[start] < 0x61 else {
                    break
                }
                isCapitals = letters > 0
                position += 1
            } else {
                break
            }
            if Self.isVowel(byte) { vowels += 1 }
            letters += 1
        }
        if isCapitals, letters > 1 {
            cost += (letters + 1) / 2 * 20
        } else if letters >= 5, marks == 0, vowels * 5 < letters {
            cost += (letters + 2) / 2 * 20  // Hardly a word.
        } else {
            let isGlued = previous == .word || previous == .digits
            cost += (1 + (letters - 1) / (isGlued || letters > 12 ? 4 : 6)) * 20 + marks
        }
        previous = .word
    }

    private mutating func digits() {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        cost += (position - start + 1) / 2 * 20
        previous = .digits
    }

    private mutating func space(_ byte: UInt8) {
        let length = run(of: byte)
        // One blank belongs to the word that follows it.
        let isFree: Bool =
            if byte == 0x20, length == 1, position < bytes.count {
                switch bytes[position] {
                case 0...0x20, 0x30...0x39, 0xE2...: false
                default: true
                }
            } else {
                false
            }
        if !isFree { cost += (1 + (length - 1) / 8) * 20 }
        previous = .space
    }

    private mutating func symbol(_ byte: UInt8) {
        let length = run(of: byte)
        let isBeforeLetter =
            position < bytes.count && (bytes[position] | 0x20 >= 0x61 && bytes[position] | 0x20 <= 0x7A)
        cost += (isBeforeLetter ? 13 : previous == .symbol ? 17 : 20) + length - 1
        previous = .symbol
    }

    private mutating func other(_ scalar: (value: UInt32, length: Int)) {
        cost += Self.cost(of: scalar.value)
        position += scalar.length
        previous = .other
    }

    /// Passes over a byte and those like it; returns how many there were.
    private mutating func run(of byte: UInt8) -> Int {
        let start = position
        while position < bytes.count, bytes[position] == byte { position += 1 }
        return position - start
    }

    /// The scalar that begins at `index`, which holds no ASCII; text is valid UTF-8.
    private func scalar(at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        func rest(_ offset: Int) -> UInt32 { index + offset < bytes.count ? UInt32(bytes[index + offset] & 0x3F) : 0 }
        if first < 0xE0 { return ((first & 0x1F) << 6 | rest(1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
        return ((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
    }

    private static func isMarkedLatin(_ value: UInt32) -> Bool {
        (0xC0...0x24F).contains(value) || (0x1E00...0x1EFF).contains(value)
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case 0x61, 0x65, 0x69, 0x6F, 0x75: true
        default: false
        }
    }

    /// By script, outside Latin.
    private static func cost(of value: UInt32) -> Int {
        switch value {
        case 0x4E00...0x9FFF, 0x3000...0x303F, 0xFF00...0xFFEF, 0x2010...0x2027: 20
        case 0x3040...0x30FF: 18
        case 0xAC00...0xD7AF: 12
        case 0x370...0x52F: 9
        case 0x590...0x6FF: 8
        case 0x900...0xDFF: 10
        case 0xE00...0xFFF: 11
        case ..<0x800: 20
        case ..<0x10000: 40
        case 0x20000..<0x40000: 80
        default: 60
        }
    }
}
