import JSON

/// An entry of the dead list: when, why, how often tried, and the message unchanged.
enum DeadLetter {
    static func failed(_ message: TaskMessage, _ failure: TaskFailure, crashes: Int, at time: WireTime) -> [UInt8] {
        text(failure, deliveries: message.retries + 1 + crashes, at: time) {
            JSONText.append(",\"message\":", to: &$0)
            $0.append(contentsOf: message.raw)
        }
    }

    /// For what is no JSON object; its bytes go into a string.
    static func unreadable(_ raw: [UInt8], _ failure: TaskFailure, at time: WireTime) -> [UInt8] {
        text(failure, deliveries: 1, at: time) {
            JSONText.append(",\"unreadable\":", to: &$0)
            JSONText.appendQuoted(String(decoding: raw, as: UTF8.self), to: &$0)
        }
    }

    private static func text(
        _ failure: TaskFailure,
        deliveries: Int,
        at time: WireTime,
        _ appendMessage: (inout [UInt8]) -> Void
    ) -> [UInt8] {
        var output: [UInt8] = []
        JSONText.append("{\"at\":", to: &output)
        JSONText.appendQuoted(time.text, to: &output)
        JSONText.append(",\"error\":", to: &output)
        output.append(contentsOf: TaskResult.exception(failure))
        JSONText.append(",\"deliveries\":", to: &output)
        output.append(contentsOf: String(deliveries).utf8)
        appendMessage(&output)
        JSONText.append("}", to: &output)
        return output
    }
}
