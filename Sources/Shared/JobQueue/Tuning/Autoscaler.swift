import Logging

/// Gives a worker as many places as its load asks for, while it is told to.
struct Autoscaler<Time: Clock>: Sendable where Time.Duration == Duration {
    let tuning: WorkerTuning
    let clock: Time
    /// Measures the process.
    let measure: @Sendable () async -> ProcessLoad
    let logger: Logger
    /// Between two looks while nothing happens: Celery's, too.
    static var pause: Duration { .seconds(1) }

    /// Looks about once a second, and at once where places are short, until cancelled.
    func run() async {
        let start = clock.now
        var state: AutoscaleState?
        while !Task.isCancelled {
            guard let range = tuning.autoscale else {
                state = nil
                await tuning.placeNews.wait()
                continue
            }
            let now = start.duration(to: clock.now)
            var current = state ?? AutoscaleState(range, at: now)
            current.range = range
            let isShort = await look(&current, at: now)
            state = current
            if isShort {
                // Others wait while this one does: a shortage is no reason to look without a pause.
                try? await clock.sleep(for: AutoscaleState.step)
            } else {
                await waitForNews()
            }
        }
    }

    /// - Returns: Whether places are short.
    private func look(_ state: inout AutoscaleState, at now: Duration) async -> Bool {
        var load = tuning.slots.takeLoad()
        load.process = await measure()
        let places = state.places(load, at: now)
        if places != load.capacity {
            tuning.scale(to: places, within: state.range)
            logger.info(
                "scaled",
                metadata: [
                    "from": "\(load.capacity)", "to": "\(places)", "busy": "\(load.busy)",
                    "delay_ms": "\(load.process.delay.milliseconds)",
                ]
            )
        }
        return load.isShort
    }

    private func waitForNews() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends early only by cancellation: then the wait is over.
                try? await clock.sleep(for: Self.pause)
                if !Task.isCancelled { tuning.placeNews.ring() }
            }
            await tuning.placeNews.wait()
            group.cancelAll()
        }
    }
}
