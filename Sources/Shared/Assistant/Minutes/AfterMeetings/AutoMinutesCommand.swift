import Feishu

/// Turns minutes after meetings on or off in a chat: `/minutes auto on`, `纪要 自动 开`, `自动纪要 关`; without the last word it
/// asks how they stand.
struct AutoMinutesCommand: Equatable {
    /// Nil asks.
    let isOn: Bool?

    /// Nil for any other text.
    init?(_ text: String) {
        let words = text.trimmed
        guard words.utf8.count <= 80 else { return nil }
        let isSlashed = words.hasPrefix("/") || words.hasPrefix("／")
        let body = (isSlashed ? words.dropFirst() : words[...]).lowercased()
        let joined = body.filter { !$0.isWhitespace }
        for name in Self.names where joined.hasPrefix(name) {
            // In English the words of a command stand apart, and begin with a slash.
            guard !name.isASCII || isSlashed && body.split(whereSeparator: \.isWhitespace).count > 1 else { return nil }
            let rest = joined.dropFirst(name.count)
            guard let state = Self.states[String(rest)] else { return nil }
            isOn = state.isOn
            return
        }
        return nil
    }

    private enum State {
        case on, off, asked

        var isOn: Bool? {
            switch self {
            case .on: true
            case .off: false
            case .asked: nil
            }
        }
    }

    private static let names = ["minutesauto", "minutes自动", "会议纪要自动", "纪要自动", "自动会议纪要", "自动纪要"]
    private static let states: [String: State] = [
        "": .asked, "on": .on, "off": .off, "开": .on, "关": .off, "开启": .on, "关闭": .off, "打开": .on,
    ]
}

extension String {
    fileprivate var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
