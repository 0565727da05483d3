// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "workdays",
    dependencies: [.package(name: "ai-assistant", path: "../../..")],
    targets: [
        .executableTarget(
            name: "workdays",
            dependencies: [.product(name: "PluginKit", package: "ai-assistant")]
        ),
        .testTarget(
            name: "workdaysTests",
            dependencies: ["workdays", .product(name: "PluginKit", package: "ai-assistant")]
        ),
    ]
)
