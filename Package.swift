// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, explicit existentials and imports, and no warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Targets that touch C memory say so at every such place.
let strictWithC: [SwiftSetting] = strict + [.strictMemorySafety()]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleUnix: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nioExtras: Target.Dependency = .product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "ai-assistant",
    products: [
        // With `Redis`, whose client every producer and worker is given.
        .library(name: "JobQueue", targets: ["JobQueue", "JSON", "Redis"]),
        // Compression, encryption and large bodies for it; needs OpenSSL.
        .library(name: "JobPayload", targets: ["JobPayload"]),
        // For tests of programs that use it: a queue in memory.
        .library(name: "JobQueueTesting", targets: ["JobQueueTesting"]),
        // For plugins in Swift.
        .library(name: "PluginKit", targets: ["PluginKit", "JSON"]),
        .executable(name: "gateway", targets: ["Gateway"]),
        .executable(name: "worker", targets: ["Worker"]),
        .executable(name: "ai-assistant", targets: ["OperatorTool"]),
        .executable(name: "sandbox", targets: ["Sandbox"]),
        // For `Benchmarks/run minutes`, whose package does not see what this one keeps to itself.
        .executable(name: "minutes-bench", targets: ["minutes-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.3"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // C libraries: a module map and the smallest shim each.
        .systemLibrary(name: "CHiredis", path: "Sources/Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CCurl", path: "Sources/Shared/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", path: "Sources/Shared/COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/Shared/CZlib", providers: [.apt(["zlib1g-dev"])]),

        // No library: functions of the C library that its headers hide from Swift.
        .systemLibrary(name: "CSpawn", path: "Sources/Shared/CSpawn"),

        // What everything stands on.
        .target(name: "JSON", path: "Sources/Shared/JSON", swiftSettings: strict),
        .target(name: "TimeZones", path: "Sources/Shared/TimeZones", swiftSettings: strict),
        .target(name: "Patterns", path: "Sources/Shared/Patterns", swiftSettings: strict),
        .target(
            name: "TimePhrases",
            dependencies: ["TimeZones"],
            path: "Sources/Shared/TimePhrases",
            swiftSettings: strict
        ),
        .target(
            name: "Cryptography",
            dependencies: ["COpenSSL"],
            path: "Sources/Shared/Cryptography",
            swiftSettings: strictWithC
        ),
        .target(
            name: "Deflate",
            dependencies: ["CZlib"],
            path: "Sources/Shared/Deflate",
            swiftSettings: strictWithC
        ),
        .target(
            name: "Processes",
            dependencies: ["CSpawn", nioConcurrency],
            path: "Sources/Shared/Processes",
            swiftSettings: strict
        ),
        .target(
            name: "Redis",
            dependencies: ["CHiredis", nio, nioPosix, nioConcurrency, nioSSL, logging],
            path: "Sources/Shared/Redis",
            swiftSettings: strictWithC
        ),
        .target(name: "HTTP", path: "Sources/Shared/HTTP", swiftSettings: strict),
        .target(name: "Resilience", path: "Sources/Shared/Resilience", swiftSettings: strict),
        .target(
            name: "HTTPClient",
            dependencies: ["CCurl", "HTTP", nioConcurrency],
            path: "Sources/Shared/HTTPClient",
            swiftSettings: strictWithC
        ),

        // The queue, the model, the platform people chat on.
        .target(
            name: "JobQueue",
            dependencies: [
                "Deflate", "JSON", "Patterns", "Redis", "TimeZones",
                nio, nioPosix, nioConcurrency, logging, metrics, lifecycle,
            ],
            path: "Sources/Shared/JobQueue",
            swiftSettings: strict
        ),
        .target(
            name: "JobPayload",
            dependencies: ["Cryptography", "JSON", "JobQueue"],
            path: "Sources/Shared/JobPayload",
            swiftSettings: strictWithC
        ),
        .target(
            name: "JobQueueTesting",
            dependencies: ["JSON", "JobQueue", "Redis", logging, nioConcurrency],
            path: "Sources/Shared/JobQueueTesting",
            swiftSettings: strict
        ),
        .target(
            name: "LanguageModel",
            dependencies: [
                "Cryptography", "HTTP", "JSON", "Resilience", coreMetrics, logging, metrics, nioConcurrency,
            ],
            path: "Sources/Shared/LanguageModel",
            swiftSettings: strict
        ),
        .target(
            name: "Documents",
            dependencies: ["Processes"],
            path: "Sources/Shared/Documents",
            swiftSettings: strict
        ),
        .target(
            name: "Knowledge",
            dependencies: ["Documents", "LanguageModel", "Processes", lifecycle, logging, nioConcurrency],
            path: "Sources/Shared/Knowledge",
            swiftSettings: strict
        ),
        .target(
            name: "ToolProtocol",
            dependencies: ["Cryptography", "HTTP", "JSON", "Processes", logging, nio, nioConcurrency, nioPosix],
            path: "Sources/Shared/ToolProtocol",
            swiftSettings: strict
        ),
        .target(
            name: "JSONSchema",
            dependencies: ["JSON", "Patterns"],
            path: "Sources/Shared/JSONSchema",
            swiftSettings: strict
        ),
        .target(
            name: "Plugins",
            dependencies: [
                "Cryptography", "Deflate", "HTTP", "JSON", "JSONSchema", "Patterns", "Processes", "Redis", "Resilience",
                coreMetrics, logging, metrics, nio, nioConcurrency, nioPosix,
            ],
            path: "Sources/Shared/Plugins",
            swiftSettings: strict
        ),
        .target(
            name: "PluginKit",
            dependencies: [
                "Cryptography", "JSON", httpTypes, hummingbird, hummingbirdCore, lifecycle, lifecycleUnix, logging,
                nio, nioConcurrency, nioExtras, nioPosix,
            ],
            path: "Sources/Shared/PluginKit",
            swiftSettings: strict
        ),
        // The Python package that plugins import, as our programs carry it: a link to `sdk/python`.
        .target(
            name: "PluginPython",
            path: "Sources/Shared/PluginPython",
            resources: [.embedInCode("plugin_interface")],
            swiftSettings: strict
        ),
        .target(
            name: "Identity",
            dependencies: ["Cryptography", "JSON", "Processes", "Redis", jwtKit, nioConcurrency],
            path: "Sources/Shared/Identity",
            swiftSettings: strict
        ),
        .target(
            name: "Feishu",
            dependencies: ["Cryptography", "HTTP", "JSON", "Redis", coreMetrics, logging, metrics, nioConcurrency],
            path: "Sources/Shared/Feishu",
            swiftSettings: strict
        ),

        .target(
            name: "MeetingMinutes",
            dependencies: ["JSON", "LanguageModel", "TimePhrases", "TimeZones", logging],
            path: "Sources/Shared/MeetingMinutes",
            swiftSettings: strict
        ),

        // What joins them.
        .target(
            name: "Assistant",
            dependencies: [
                "Cryptography", "Documents", "Feishu", "JSON", "JobQueue", "Knowledge", "LanguageModel",
                "MeetingMinutes", "Patterns", "Plugins", "Redis", "TimePhrases", "TimeZones", "ToolProtocol",
                lifecycle, logging, nioConcurrency, yams,
            ],
            path: "Sources/Shared/Assistant",
            swiftSettings: strict
        ),
        .target(
            name: "Platform",
            dependencies: [
                "Cryptography", "Feishu", "JSON", "Redis",
                argumentParser, coreMetrics, lifecycle, lifecycleUnix, logging, metrics,
                nio, nioConcurrency, nioHTTP1, nioPosix, yams,
            ],
            path: "Sources/Shared/Platform",
            swiftSettings: strict
        ),

        // What operators ask and do, the same for the admin API and the command line.
        .target(
            name: "Administration",
            dependencies: [
                "Assistant", "Cryptography", "Identity", "JSON", "JSONSchema", "JobQueue", "Platform", "Plugins",
                "Redis",
                logging, nioConcurrency,
            ],
            path: "Sources/Shared/Administration",
            swiftSettings: strict
        ),

        // Programs: they wire, read the environment and exit.
        .executableTarget(
            name: "Gateway",
            dependencies: [
                "Administration", "Cryptography", "Feishu", "Identity", "JSON", "JobPayload", "JobQueue", "Platform",
                "HTTP", "Plugins", "Redis",
                argumentParser, coreMetrics, httpTypes, hummingbird, hummingbirdCore, lifecycle, logging, metrics,
                nio, nioConcurrency, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioPosix, nioSSL,
            ],
            path: "Sources/Gateway",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Worker",
            dependencies: [
                "Assistant", "Documents", "Feishu", "HTTP", "HTTPClient", "JobPayload", "JobQueue", "Knowledge",
                "Administration", "Cryptography", "JSON", "LanguageModel", "MeetingMinutes", "Platform", "PluginPython",
                "Plugins",
                "Processes", "Redis", "Resilience", "TimeZones", "ToolProtocol",
                argumentParser, lifecycle, lifecycleUnix, logging, metrics, nioConcurrency,
            ],
            path: "Sources/Worker",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "OperatorTool",
            dependencies: [
                "Administration", "Assistant", "Cryptography", "Feishu", "HTTP", "HTTPClient", "Identity", "JSON",
                "JobPayload", "JobQueue", "MeetingMinutes", "Platform", "PluginPython", "Plugins", "Processes", "Redis",
                "TimeZones",
                argumentParser, logging, nioConcurrency,
            ],
            path: "Sources/CommandLine",
            swiftSettings: strict
        ),
        .target(
            name: "FeishuSandbox",
            dependencies: [
                "Cryptography", "HTTP", "JSON", httpTypes, hummingbird, lifecycle, logging, nio, nioConcurrency,
            ],
            path: "Sources/Sandbox/Cloud",
            resources: [.embedInCode("ChatPage")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Sandbox",
            dependencies: [
                "Cryptography", "FeishuSandbox", "HTTPClient", "Platform",
                argumentParser, lifecycle, lifecycleUnix, logging,
            ],
            path: "Sources/Sandbox/Program",
            swiftSettings: strict
        ),

        // Tests: one folder per target, then those that need the whole.
        .target(
            name: "TestSupport",
            dependencies: [
                "HTTP", "HTTPClient", "JSON", "LanguageModel", "Redis", nio, nioPosix, nioHTTP1, nioConcurrency, nioSSL,
                logging,
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "ResilienceTests", dependencies: ["Resilience"], swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TimeZonesTests", dependencies: ["TimeZones"], swiftSettings: strict),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns"], swiftSettings: strict),
        .testTarget(
            name: "TimePhrasesTests",
            dependencies: ["TimePhrases", "TimeZones"],
            swiftSettings: strict
        ),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"], swiftSettings: strict),
        .testTarget(
            name: "ProcessesTests",
            dependencies: ["Processes", "TestSupport", nioConcurrency],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DocumentsTests",
            dependencies: ["Documents", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KnowledgeTests",
            dependencies: ["Documents", "Knowledge", "LanguageModel", "TestSupport", logging, nioConcurrency],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: ["Redis", "TestSupport", logging, nio, nioConcurrency, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", nioConcurrency], swiftSettings: strict),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["HTTP", "HTTPClient", "TestSupport", nioConcurrency],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JobQueueTests",
            dependencies: [
                "Cryptography", "JSON", "JobPayload", "JobQueue", "JobQueueTesting", "Redis", "TestSupport",
                "TimeZones",
                lifecycle, lifecycleUnix, logging, nio, nioConcurrency, nioPosix,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JobPayloadTests",
            dependencies: ["Cryptography", "Deflate", "JSON", "JobPayload", "JobQueue"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JobQueueTestingTests",
            dependencies: [
                "Cryptography", "JSON", "JobPayload", "JobQueue", "JobQueueTesting", logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LanguageModelTests",
            dependencies: [
                "Cryptography", "HTTP", "HTTPClient", "JSON", "LanguageModel", "Platform", "Resilience", "TestSupport",
                logging, nioConcurrency,
            ],
            exclude: ["Fixtures/make_token_counts.py"],
            resources: [.copy("Fixtures/token-counts.json")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ToolProtocolTests",
            dependencies: [
                "Cryptography", "HTTP", "HTTPClient", "JSON", "TestSupport", "ToolProtocol", logging, nioConcurrency,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FeishuTests",
            dependencies: [
                "Cryptography", "Feishu", "HTTPClient", "JSON", "Platform", "Redis", "TestSupport",
                logging, nioConcurrency,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "JSONSchemaTests",
            dependencies: ["JSON", "JSONSchema", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PluginsTests",
            dependencies: [
                "Cryptography", "Deflate", "HTTP", "HTTPClient", "JSON", "JSONSchema", "Plugins", "Processes", "Redis",
                "TestSupport",
                logging, nioConcurrency, nio, nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PluginKitTests",
            dependencies: [
                "Cryptography", "HTTP", "HTTPClient", "JSON", "PluginKit", "Plugins", "Processes", "TestSupport",
                "swift-plugin-example", lifecycle, logging, nio, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        // The example of `docs/plugins/swift.md`, which is a package of its own, as a program of this one for tests.
        .executableTarget(
            name: "swift-plugin-example",
            dependencies: ["JSON", "PluginKit"],
            path: "examples/plugins/workdays-swift/Sources/workdays",
            swiftSettings: strict
        ),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Cryptography", "Identity", "JSON", "Redis", "TestSupport", jwtKit, logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AdministrationTests",
            dependencies: [
                "Administration", "Cryptography", "Identity", "JSON", "JSONSchema", "JobPayload", "JobQueue",
                "Platform", "Plugins", "Redis", "TestSupport", jwtKit, logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MeetingMinutesTests",
            dependencies: [
                "FakeMinutesModel", "HTTPClient", "JSON", "LanguageModel", "MeetingMinutes", "TestSupport", "TimeZones",
                logging, nioConcurrency,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AssistantTests",
            dependencies: [
                "Assistant", "Cryptography", "Documents", "Feishu", "HTTPClient", "JSON", "JobQueue", "JobQueueTesting",
                "Knowledge", "LanguageModel", "MeetingMinutes", "Plugins", "Redis", "TestSupport", "TimeZones",
                "ToolProtocol", logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PlatformTests",
            dependencies: [
                "Cryptography", "HTTP", "HTTPClient", "JSON", "Platform", "Redis", "TestSupport", coreMetrics, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Administration", "Cryptography", "Feishu", "Gateway", "HTTP", "HTTPClient", "Identity", "JSON",
                "JobQueue",
                "Platform", "Plugins", "Redis", "TestSupport",
                coreMetrics, hummingbird, lifecycle, logging,
                nio, nioConcurrency, nioEmbedded, nioPosix, nioSSL,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerTests",
            dependencies: ["JobQueue", "Platform", "Plugins", "Processes", "TestSupport", "Worker"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Cryptography", "Feishu", "FeishuSandbox", "HTTP", "HTTPClient", "JSON", "Redis", "TestSupport",
                logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Cryptography", "FakeMinutesModel", "HTTP", "HTTPClient", "JSON", "JobQueue", "Plugins", "Redis",
                "TestSupport", nioConcurrency,
            ],
            path: "Tests/Integration",
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        // Many people at once. Apart from the others, which would take its processors away.
        .testTarget(
            name: "CrowdTests",
            dependencies: ["HTTP", "HTTPClient", "JSON", "TestSupport", nioConcurrency],
            path: "Tests/Crowd",
            swiftSettings: strict
        ),
        // Exactly one answer, whatever dies; and a worker's memory under many streams.
        .testTarget(
            name: "OnceTests",
            dependencies: [
                "Cryptography", "FakeMinutesModel", "JSON", "JobQueue", "Redis", "TestSupport", nioConcurrency,
            ],
            path: "Tests/Once",
            swiftSettings: strict
        ),
        // A worker with jobs whose effects can be counted, as a process that tests kill and freeze.
        .executableTarget(
            name: "chaos-worker",
            dependencies: ["ChaosJobs", "JobQueue", "Redis", lifecycle, lifecycleUnix, logging],
            path: "Tests/ChaosWorker/Program",
            swiftSettings: strict
        ),
        // The tasks of `Tests/Conformance/canvas_tasks.py`, in Swift: checks compare what both make of a canvas.
        .executableTarget(
            name: "canvas-worker",
            dependencies: ["JSON", "JobQueue", "Redis", lifecycle, lifecycleUnix, logging],
            path: "Tests/CanvasWorker",
            swiftSettings: strict
        ),
        // What is made of meetings without a model, for `Tests/Quality/check_extraction.py` to judge.
        .executableTarget(
            name: "extraction-quality",
            dependencies: ["JSON", "LanguageModel", "MeetingMinutes", argumentParser],
            path: "Tests/ExtractionQuality",
            swiftSettings: strict
        ),
        // What stands in for a model that makes minutes, good and in each way bad.
        .target(
            name: "FakeMinutesModel",
            dependencies: ["JSON", "LanguageModel", "TestSupport"],
            path: "Tests/FakeMinutesModel",
            swiftSettings: strict
        ),
        // Holds minutes of a folder of meetings against their references, for `make quality`.
        .executableTarget(
            name: "minutes-quality",
            dependencies: [
                "FakeMinutesModel", "HTTPClient", "JSON", "LanguageModel", "MeetingMinutes", "TestSupport",
                argumentParser, logging, nioConcurrency,
            ],
            path: "Tests/Quality",
            exclude: ["borders.py", "check_extraction.py", "peers.py", "rouge.py"],
            swiftSettings: strict
        ),
        // A model server that is not there, for benches and for trying things by hand.
        .executableTarget(
            name: "fake-model",
            dependencies: ["FakeMinutesModel", "JSON", "TestSupport", argumentParser],
            path: "Tests/FakeModel",
            swiftSettings: strict
        ),
        // Measures the steps of minutes beside a model's time.
        .executableTarget(
            name: "minutes-bench",
            dependencies: ["LanguageModel", "MeetingMinutes"],
            path: "Tests/MinutesBench",
            swiftSettings: strict
        ),
        // Asks a model once, for checks against servers that are not ours.
        .executableTarget(
            name: "model-probe",
            dependencies: ["Cryptography", "HTTPClient", "JSON", "LanguageModel", argumentParser, logging],
            path: "Tests/ModelProbe",
            swiftSettings: strict
        ),
        // Writes and reads results, for checks against a real Celery.
        .executableTarget(
            name: "result-probe",
            dependencies: ["JSON", "JobPayload", "JobQueue", "Redis", argumentParser, logging],
            path: "Tests/ResultProbe",
            swiftSettings: strict
        ),
        // Tells when cron expressions happen, for a check against croniter.
        .executableTarget(
            name: "cron-probe",
            dependencies: ["JobQueue", "TimeZones"],
            path: "Tests/CronProbe",
            swiftSettings: strict
        ),
        // Tells what is wrong with values by a schema, for a check against another validator.
        .executableTarget(
            name: "schema-probe",
            dependencies: ["JSON", "JSONSchema"],
            path: "Tests/SchemaProbe",
            swiftSettings: strict
        ),
        .target(
            name: "ChaosJobs",
            dependencies: ["JobQueue", "Redis"],
            path: "Tests/ChaosWorker/Jobs",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChaosTests",
            dependencies: [
                "ChaosJobs", "HTTP", "HTTPClient", "JSON", "JobQueue", "Redis", "TestSupport", "chaos-worker",
                logging, nio, nioConcurrency,
            ],
            path: "Tests/Chaos",
            swiftSettings: strict
        ),
        // Apart from the other chaos: a machine that is busy with that takes primaries for dead.
        .testTarget(
            name: "TopologyTests",
            dependencies: [
                "Feishu", "JSON", "JobQueue", "Redis", "TestSupport", "canvas-worker", logging, nioConcurrency,
            ],
            path: "Tests/Topology",
            swiftSettings: strict
        ),
        .testTarget(
            name: "OperatorToolTests",
            dependencies: [
                "Administration", "Cryptography", "HTTP", "HTTPClient", "Identity", "JSON", "OperatorTool", "Platform",
                "Plugins", "Processes", "Redis", "TestSupport", "TimeZones",
                logging, nioConcurrency,
            ],
            swiftSettings: strict
        ),
    ]
)
