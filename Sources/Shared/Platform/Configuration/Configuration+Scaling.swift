extension Configuration.Worker {
    /// Between how many jobs at once and how many the worker scales itself; nil where it does not.
    static func autoscale(_ settings: SettingsResolver) -> ClosedRange<Int>? {
        let most = settings.integer("worker.autoscale_max")
        return most > 0 ? min(settings.integer("worker.autoscale_min"), most)...most : nil
    }
}

extension SettingsResolver {
    mutating func checkScaling() {
        let (least, most) = (integer("worker.autoscale_min"), integer("worker.autoscale_max"))
        guard most > 0, least > most else { return }
        add(
            ConfigurationProblem(
                "worker.autoscale_min",
                found: "\(least)",
                "expected no more than worker.autoscale_max, which is \(most)"
            )
        )
    }
}
