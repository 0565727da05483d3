extension CanvasPlan {
    /// What the script that settles a task of `queue` can do itself on a Cluster, and what lies in other hash slots.
    ///
    /// Only messages for the queue itself are near. Where the plan sets up a chord none is: the first message may
    /// not be seen before the chord is there to count it.
    func divided(for queue: QueueName) -> (near: CanvasPlan, far: CanvasPlan) {
        guard setups.isEmpty else { return (CanvasPlan(), self) }
        var (near, far) = (CanvasPlan(), self)
        near.messages = messages.filter { $0.queue == queue }
        far.messages = messages.filter { $0.queue != queue }
        return (near, far)
    }

    /// Whether a part of it is far from `queue`.
    func reachesBeyond(_ queue: QueueName) -> Bool {
        !setups.isEmpty || !results.isEmpty || !parts.isEmpty || messages.contains { $0.queue != queue }
    }

    /// The messages by queue, some at a time, in their order within a queue: what one run of a script publishes. The
    /// same each time.
    var batches: [[Message]] {
        /// A script holds up every other client while it runs.
        let size = 64
        var batches: [[Message]] = []
        var open: [QueueName: Int] = [:]
        for message in messages {
            if let index = open[message.queue], batches[index].count < size {
                batches[index].append(message)
            } else {
                open[message.queue] = batches.count
                batches.append([message])
            }
        }
        return batches
    }

    /// With its own gaps filled; in what its chords may bring about these stay theirs.
    func filled(with gaps: [Template.Gap: [UInt8]]) -> CanvasPlan {
        var plan = self
        for index in plan.messages.indices { plan.messages[index].text.fill(with: gaps) }
        for index in plan.results.indices { plan.results[index].text.fill(with: gaps) }
        plan.parts = parts.map { part in
            guard part.value == nil, let error = gaps[.error] else { return part }
            return part.with(value: error)
        }
        return plan
    }
}

extension CanvasPlan.Template {
    fileprivate mutating func fill(with gaps: [Gap: [UInt8]]) {
        guard let gap, let text = gaps[gap] else { return }
        self = CanvasPlan.Template(before: before + text + after)
    }
}

extension CanvasPlan.Part {
    fileprivate func with(value: [UInt8]) -> CanvasPlan.Part {
        CanvasPlan.Part(
            groupID: groupID,
            id: id,
            index: index,
            state: state,
            value: value,
            success: success,
            failure: failure
        )
    }
}
