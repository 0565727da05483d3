import Redis

/// The output of a task, piece by piece, from an offset until the task has ended.
///
/// Each iteration reads for itself. It hears of news by Redis' pub/sub, on a connection of its own from the client's
/// pool; where there is none left it looks four times a second, and in any case about once a second.
public struct TaskOutputSequence: AsyncSequence, Sendable {
    public typealias Element = TaskOutputChunk

    let producer: JobProducer
    let keys: QueueKeys
    let id: TaskID
    let offset: Int
    let patience: Duration
    /// The most that one piece holds.
    static let chunkBytes = 64 << 10

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: TaskOutputSequence
        private var cursor: OutputCursor
        private var bell: OutputBell?
        private var isOver = false

        init(_ sequence: TaskOutputSequence) {
            self.sequence = sequence
            cursor = OutputCursor(offset: sequence.offset)
        }

        /// The next piece; nil once the task has ended and all was read, or when the calling task is cancelled.
        ///
        /// - Throws: `JobQueueError`: `.unavailable` where Redis did not answer, `.noNews` after the reader's patience.
        ///   A new sequence from the end of what was read goes on.
        public mutating func next() async throws -> TaskOutputChunk? {
            let deadline = ContinuousClock.now + sequence.patience
            while !isOver, !Task.isCancelled {
                switch cursor.take(try await sequence.look(from: cursor.offset)) {
                case .chunk(let chunk): return chunk
                case .again: continue
                case .end: isOver = true
                case .wait where sequence.producer.receiver?.isRunning == false:
                    // There is no other process that could write.
                    throw JobQueueError(.noNews, task: nil, cause: nil)
                case .wait:
                    guard .now < deadline else { throw JobQueueError(.noNews, task: nil, cause: nil) }
                    if let bell {
                        await bell.wait(until: Swift.min(deadline, .now + bell.interval))
                    } else {
                        // Looked at again before the first wait: a message may have been missed before.
                        bell = await OutputBell(sequence.producer, sequence.keys.outputChannel(of: sequence.id))
                    }
                }
            }
            return nil
        }
    }

    private func look(from offset: Int) async throws(JobQueueError) -> OutputCursor.Look {
        if let receiver = producer.receiver {
            let output = receiver.output(of: id, in: keys.queue)
            return OutputCursor.Look(
                cuts: output.cuts,
                kept: output.kept,
                isEnded: output.isEnded,
                bytes: Array(output.bytes.dropFirst(offset).prefix(Self.chunkBytes))
            )
        }
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await producer.redis.evaluate(
                QueueScripts.readOutput,
                keys: [keys.output(of: id), keys.outputState(of: id)],
                arguments: [offset, Self.chunkBytes]
            )
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
        return OutputCursor.Look(
            cuts: reply[0]?.integer ?? 0,
            kept: Int(reply[1]?.integer ?? 0),
            isEnded: reply[2]?.integer == 1,
            bytes: reply[3]?.bytes ?? []
        )
    }
}

extension JobProducer {
    /// Reads the output that a task writes (`JobContext.output`), from the first byte or a later one, also once it has
    /// ended.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - queue: Where it was enqueued.
    ///   - offset: The first byte that is wanted.
    ///   - patience: How long it may bring nothing before the reader gives up: a task may wait long for its turn, and of
    ///     one that brought down its workers nobody tells the end.
    /// - Returns: The pieces; nothing is read before they are iterated.
    public func output(
        of id: TaskID,
        in queue: QueueName,
        from offset: Int = 0,
        patience: Duration = .seconds(3600)
    ) -> TaskOutputSequence {
        TaskOutputSequence(
            producer: self,
            keys: QueueKeys(queue, in: names),
            id: id,
            offset: max(0, offset),
            patience: patience
        )
    }
}

/// Rings when something is published on a channel, for as long as somebody has it.
private final class OutputBell: Sendable {
    private let signal: Signal
    /// Listens. Held, against the rule, since an iterator has no scope that could await it; it ends with this object.
    private let listener: Task<Void, Never>?
    /// The same where tasks are in memory.
    private let listening: ChannelListening?

    /// How long to wait for a ring: pub/sub loses messages.
    var interval: Duration {
        .milliseconds(isDeaf ? Int64.random(in: 200...300) : Int64.random(in: 800...1200))
    }

    private var isDeaf: Bool { listener == nil && listening == nil }

    init(_ producer: JobProducer, _ channel: String) async {
        let signal = Signal()
        self.signal = signal
        listening = producer.receiver?.listenToOutput { signal.ring() }
        guard listening == nil, let messages = try? await producer.redis.subscribe(channels: [channel]) else {
            listener = nil
            return
        }
        listener = Task { for await _ in messages { signal.ring() } }
    }

    deinit {
        listener?.cancel()
        listening?.cancel()
    }

    func wait(until deadline: ContinuousClock.Instant) async { await signal.wait(until: deadline) }
}
