import Testing

@testable import Platform

@Suite("Settings of a worker that scales itself")
struct ScalingSettingsTests {
    @Test("without a most it does not, with one it does from the fewest on")
    func range() throws {
        #expect(try ConfigurationSources().load().worker.autoscale == nil)
        let most = ["WORKER_AUTOSCALE_MAX": "40"]
        #expect(try ConfigurationSources(environment: most).load().worker.autoscale == 1...40)
        let both = most.merging(["WORKER_AUTOSCALE_MIN": "40"]) { $1 }
        #expect(try ConfigurationSources(environment: both).load().worker.autoscale == 40...40)
        let fewest = ["WORKER_AUTOSCALE_MIN": "40"]
        #expect(try ConfigurationSources(environment: fewest).load().worker.autoscale == nil)
    }

    @Test("more as the fewest than as the most is a problem, said with both")
    func reversed() {
        let sources = ConfigurationSources(environment: ["WORKER_AUTOSCALE_MAX": "4", "WORKER_AUTOSCALE_MIN": "5"])
        let problem = "worker.autoscale_min: got 5, expected no more than worker.autoscale_max, which is 4"
        #expect(sources.problems() == [problem])
    }
}
