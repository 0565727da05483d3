import JSON

/// A plan as the scripts take it (`QueueScripts.canvasFunctions`).
extension CanvasPlan {
    /// - Parameters:
    ///   - names: Of the keys.
    ///   - life: How long results are kept that say nothing else, and the keys of chords.
    ///   - now: The time, to tell what is due soon.
    /// - Returns: The plan as JSON, and the bodies that stand beside their messages.
    func encoded(in names: BrokerNames, life: Duration, at now: WireTime) -> (json: [UInt8], blobs: [[UInt8]]) {
        var encoder = Encoder(names: names, life: max(0, life.milliseconds), now: now)
        encoder.append(self)
        return (encoder.output, encoder.blobs)
    }

    private struct Encoder {
        let names: BrokerNames
        let life: Int64
        let now: WireTime
        var output: [UInt8] = []
        var blobs: [[UInt8]] = []

        init(names: BrokerNames, life: Int64, now: WireTime) {
            self.names = names
            self.life = life
            self.now = now
        }

        mutating func append(_ plan: CanvasPlan) {
            text("{")
            var isFirst = true
            list("setups", plan.setups, &isFirst) { encoder, setup in
                encoder.member("k", encoder.names.group(setup.groupID), isFirst: true)
                encoder.member("n", Int64(setup.size))
                encoder.member("l", encoder.life)
                if let structure = setup.structure { encoder.member("g", structure) }
            }
            list("results", plan.results, &isFirst) { encoder, result in
                encoder.member("k", encoder.names.result(of: result.id), isFirst: true)
                encoder.member("l", result.life.map { max(0, $0.milliseconds) } ?? encoder.life)
                encoder.append(result.text)
            }
            list("messages", plan.messages, &isFirst) { encoder, message in encoder.append(message) }
            list("parts", plan.parts, &isFirst) { encoder, part in encoder.append(part) }
            text("}")
        }

        private mutating func append(_ message: Message) {
            let keys = QueueKeys(message.queue, in: names)
            member("p", keys.prefix, isFirst: true)
            member("l", message.step == 0 ? keys.ready : keys.byPriority[message.step / 3 - 1])
            if let due = message.due { member("d", due.milliseconds) }
            // What a blocking look at the queue's own list does not see.
            let isSoon = message.due.map { $0.milliseconds - now.milliseconds < 2000 } ?? false
            if message.step > 0 || isSoon { member("w", 1) }
            if let body = message.body {
                member("k", keys.body(body.reference))
                member("r", body.reference)
                member("n", Int64(blobs.count))
                blobs.append(body.bytes)
            }
            if let event = message.event {
                member("h", event.channel)
                member("e", event.envelope)
            }
            append(message.text)
        }

        private mutating func append(_ part: Part) {
            member("k", names.group(part.groupID), isFirst: true)
            member("l", life)
            member("i", part.id)
            if let index = part.index { member("x", index) }
            member("s", part.state.rawValue)
            if let value = part.value { member("v", value) }
            if part.state == .success {
                text(",\"success\":")
                append(part.success)
            }
            text(",\"failure\":")
            append(part.failure)
        }

        private mutating func append(_ template: Template) {
            member("a", template.before)
            guard let gap = template.gap else { return }
            member("g", gap.rawValue)
            member("b", template.after)
        }

        // MARK: JSON

        private mutating func list<Element>(
            _ name: StaticString,
            _ elements: [Element],
            _ isFirst: inout Bool,
            _ write: (inout Encoder, Element) -> Void
        ) {
            guard !elements.isEmpty else { return }
            if !isFirst { text(",") }
            isFirst = false
            text("\"")
            text(name)
            text("\":[")
            for (index, element) in elements.enumerated() {
                text(index > 0 ? ",{" : "{")
                write(&self, element)
                text("}")
            }
            text("]")
        }

        private mutating func text(_ text: StaticString) { JSONText.append(text, to: &output) }

        private mutating func name(_ name: StaticString, _ isFirst: Bool) {
            text(isFirst ? "\"" : ",\"")
            text(name)
            text("\":")
        }

        private mutating func member(_ name: StaticString, _ value: String, isFirst: Bool = false) {
            self.name(name, isFirst)
            JSONText.appendQuoted(value, to: &output)
        }

        private mutating func member(_ name: StaticString, _ value: [UInt8]) {
            self.name(name, false)
            text("\"")
            JSONText.appendEscaped(value, to: &output)
            text("\"")
        }

        private mutating func member(_ name: StaticString, _ value: Int64) {
            self.name(name, false)
            output.append(contentsOf: String(value).utf8)
        }
    }
}
