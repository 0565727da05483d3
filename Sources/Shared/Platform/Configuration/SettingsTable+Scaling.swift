extension Setting {
    /// How a worker scales itself.
    static let scaling: [Setting] = [
        Setting(
            "worker.autoscale_max",
            "WORKER_AUTOSCALE_MAX",
            .integer(0...100_000),
            default: "0",
            "Most jobs at once where a worker scales itself by its load; 0: it does not, worker.concurrency says how many."
        ),
        Setting(
            "worker.autoscale_min",
            "WORKER_AUTOSCALE_MIN",
            .integer(1...100_000),
            default: "1",
            "Fewest jobs at once that a worker which scales itself has places for."
        ),
    ]
}
