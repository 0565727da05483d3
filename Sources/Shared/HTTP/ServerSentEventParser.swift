/// Turns the bytes of a `text/event-stream`, cut anywhere, into events.
///
/// Follows the HTML Living Standard, section 9.2.6 (interpreting an event stream): lines end in LF, CR or CRLF, a byte
/// order mark at the start is passed over, bad UTF-8 becomes U+FFFD. An end marker such as `[DONE]` is data like any.
package struct ServerSentEventParser: Sendable {
    /// The longest line taken, in bytes.
    package let maximumLineBytes: Int
    /// The most data one event may have, in bytes.
    package let maximumEventBytes: Int
    /// How long the server asks a client to wait before it reconnects (`retry`).
    package private(set) var reconnectionTime: Duration?

    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedInCarriageReturn = false
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var lastEventID = ""

    package init(maximumLineBytes: Int = 1 << 20, maximumEventBytes: Int = 4 << 20) {
        self.maximumLineBytes = maximumLineBytes
        self.maximumEventBytes = maximumEventBytes
    }

    /// Takes the next bytes and returns the events they complete.
    ///
    /// Throws `.tooLarge` for a line or event over the limit; the parser is then of no more use.
    package mutating func parse(_ bytes: some Sequence<UInt8>) throws(HTTPClientError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let follows = endedInCarriageReturn
            endedInCarriageReturn = byte == Self.carriageReturn
            switch byte {
            case Self.lineFeed where follows: break
            case Self.lineFeed, Self.carriageReturn:
                if let event = try endLine() { events.append(event) }
            default:
                guard line.count < maximumLineBytes else {
                    throw HTTPClientError(code: .tooLarge, detail: "an event line exceeds \(maximumLineBytes) bytes")
                }
                line.append(byte)
            }
        }
        return events
    }

    /// The event that the end of the stream cut short, if it has data.
    ///
    /// The standard drops it; some model servers end their streams so, hence the caller chooses.
    package mutating func finish() throws(HTTPClientError) -> ServerSentEvent? {
        if !line.isEmpty, let event = try endLine() { return event }
        return dispatch()
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private mutating func endLine() throws(HTTPClientError) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        try take(field: line[..<colon], value: value)
        return nil
    }

    private mutating func take(field: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(HTTPClientError) {
        if field.elementsEqual("data".utf8) {
            guard data.count + value.count < maximumEventBytes else {
                throw HTTPClientError(code: .tooLarge, detail: "an event exceeds \(maximumEventBytes) bytes")
            }
            if hasData { data.append(Self.lineFeed) }
            data.append(contentsOf: value)
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8) {
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        } else if field.elementsEqual("retry".utf8), value.allSatisfy({ (0x30...0x39).contains($0) }),
            let milliseconds = Int64(String(decoding: value, as: UTF8.self))
        {
            reconnectionTime = .milliseconds(milliseconds)
        }
        // Comments (no field name) and unknown fields are passed over.
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return ServerSentEvent(name: name.isEmpty ? "message" : name, data: text, lastEventID: lastEventID)
    }
}
