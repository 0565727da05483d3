import Glibc

/// What monitors and remote control call a worker: `name@host`, one for each process of the whole fleet
/// (celery.utils.nodenames).
public struct NodeName: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// The longest name, in characters; what is over it is cut off.
    static let maximumLength = 200

    /// Takes a name as it is, but for what cannot stand in one: blanks and control characters become `-`, a second
    /// `@`, too.
    ///
    /// - Parameters:
    ///   - text: The name; without an `@` this machine's name follows it.
    ///   - host: This machine's name.
    public init(_ text: String, host: String = NodeName.host) {
        var hasHost = false
        var name = ""
        for scalar in text.unicodeScalars {
            let isSecond = scalar == "@" && hasHost
            if scalar == "@" { hasHost = true }
            name.unicodeScalars.append(scalar.value <= 0x20 || scalar.value == 0x7F || isSecond ? "-" : scalar)
        }
        rawValue = String((hasHost ? name : "\(name)@\(host)").prefix(Self.maximumLength))
    }

    /// A name nobody else has: `worker-` and eight random digits, at this machine's name.
    public static func unique(host: String = NodeName.host) -> NodeName {
        NodeName("worker-\(RandomUUID.text().prefix(8))", host: host)
    }

    /// The name that a pattern stands for, as with `celery worker --hostname`.
    ///
    /// - Parameters:
    ///   - pattern: `%h` stands for this machine's name, `%n` for its first label, `%d` for the rest, `%i` for the
    ///     number of the process, `%%` for `%`; empty for a unique name.
    ///   - process: The number of this process among those of a supervisor; nil where it is alone. A pattern without
    ///     `%i` gets `-` and the number behind what stands before the `@`, as names are unique.
    ///   - host: This machine's name.
    public init(pattern: String, process: Int?, host: String = NodeName.host) {
        guard !pattern.isEmpty else {
            self = .unique(host: host)
            return
        }
        let labels = host.split(separator: ".", maxSplits: 1)
        var text = ""
        var isNumbered = false
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%", let letter = rest.popFirst() else {
                text.append(character)
                continue
            }
            switch letter {
            case "h": text += host
            case "n": text += labels.first ?? ""
            case "d": text += labels.count > 1 ? labels[1] : ""
            case "i":
                text += "\(process ?? 0)"
                isNumbered = true
            case "%": text += "%"
            default: text += "%\(letter)"
            }
        }
        if let process, !isNumbered {
            let at = text.firstIndex(of: "@") ?? text.endIndex
            text.insert(contentsOf: "-\(process)", at: at)
        }
        self.init(text, host: host)
    }

    public var description: String { rawValue }

    /// This machine's name, as the system tells it.
    public static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "localhost" : String(decoding: bytes, as: UTF8.self)
    }()
}
