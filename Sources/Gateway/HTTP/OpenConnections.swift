import CoreMetrics
import NIOConcurrencyHelpers
import NIOCore

/// The connections that are open: how many may be, and how they are told to stop.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
        var emptied: EventLoopPromise<Void>?
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int
    private let metrics: GatewayMetrics

    init(limit: Int, metrics: GatewayMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    /// Takes a new connection in, until it closes.
    ///
    /// - Returns: False when it must be turned away.
    func admit(_ channel: any Channel) -> Bool {
        let count: Int? = state.withLockedValue { state in
            guard !state.isStopping, state.channels.count < limit else { return nil }
            state.channels[ObjectIdentifier(channel)] = channel
            return state.channels.count
        }
        guard let count else {
            metrics.connectionsRefused.increment()
            return false
        }
        metrics.connections.record(count)
        channel.closeFuture.whenComplete { _ in self.remove(channel) }
        return true
    }

    private func remove(_ channel: any Channel) {
        let (count, emptied) = state.withLockedValue { state in
            state.channels[ObjectIdentifier(channel)] = nil
            let isEmpty = state.channels.isEmpty && state.isStopping
            return (state.channels.count, isEmpty ? state.emptied : nil)
        }
        metrics.connections.record(count)
        emptied?.succeed()
    }

    /// Admits no more, and tells each connection to close once its current request is answered.
    ///
    /// - Returns: Succeeds when the last one has closed.
    func stop(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let emptied = eventLoop.makePromise(of: Void.self)
        let channels = state.withLockedValue { state in
            state.isStopping = true
            state.emptied = emptied
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.eventLoop.execute {
                channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        if channels.isEmpty {
            emptied.succeed()
        }
        return emptied.futureResult
    }

    /// Closes what is still open, whatever it is doing.
    func closeAll() {
        let channels = state.withLockedValue { Array($0.channels.values) }
        for channel in channels {
            channel.close(promise: nil)
        }
    }
}
