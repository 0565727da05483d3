import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("The libraries that the programs load")
    struct LoadedLibrariesTests {
        /// The gateway calls nobody. libcurl and the almost thirty libraries behind it would be a tenth of its memory.
        @Test("libcurl is in the worker's memory and not in the gateway's")
        func libcurl() async throws {
            try await AssistantSystem.with { system in
                let worker = try #require(system.workers.first)
                #expect(try worker.loadedLibraries.contains { $0.hasPrefix("libcurl") })
                let gateway = try system.gateway.loadedLibraries
                #expect(gateway.contains { $0.hasPrefix("libhiredis") })
                #expect(!gateway.contains { $0.hasPrefix("libcurl") }, "\(gateway.sorted())")
            }
        }
    }
}
