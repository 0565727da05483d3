import NIOCore

/// A command, or a pipeline of several, between its caller and the connection.
package struct PendingCommand<Sink: Sendable>: Sendable {
    /// What errors call it.
    let name: String
    let bytes: [UInt8]
    /// How many replies belong to it: 1, or the number of commands in the pipeline.
    let replyCount: Int
    let isPipeline: Bool
    let deadline: NIODeadline
    let sink: Sink
}

extension PendingCommand {
    init(_ command: RedisCommand, deadline: NIODeadline, sink: Sink) {
        self.init(
            name: command.name,
            bytes: command.bytes,
            replyCount: 1,
            isPipeline: false,
            deadline: deadline,
            sink: sink
        )
    }

    /// Joins the commands of `pipeline`, of which there is at least one.
    init(pipeline: [RedisCommand], deadline: NIODeadline, sink: Sink) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pipeline.reduce(0) { $0 + $1.bytes.count })
        for command in pipeline { bytes.append(contentsOf: command.bytes) }
        self.init(
            name: "PIPELINE",
            bytes: bytes,
            replyCount: pipeline.count,
            isPipeline: true,
            deadline: deadline,
            sink: sink
        )
    }
}

/// What the client itself holds: commands with someone waiting.
package typealias WaitingCommand = PendingCommand<ReplySink>
