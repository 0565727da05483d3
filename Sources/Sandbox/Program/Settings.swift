import ArgumentParser
import Cryptography
import FeishuSandbox
import FoundationEssentials
import Logging

/// The command's settings: flag before environment before default.
struct Settings {
    let sandbox: SandboxConfiguration
    /// Seconds by which the cloud's clock is ahead.
    let clockOffset: Int
    let isChinese: Bool
    let logLevel: Logger.Level

    /// - Throws: `ValidationError` with one line per problem.
    init(of command: SandboxCommand, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        var reader = SettingsReader(environment: environment)
        var sandbox = SandboxConfiguration(port: 8090)
        if let host = reader.text("HOST", flag: command.host) { sandbox.host = host }
        if let port = reader.number("PORT", flag: command.port, in: 0...65_535) { sandbox.port = port }
        sandbox.eventURL = reader.text("GATEWAY_URL", flag: command.gatewayURL).map(Self.eventURL)
        if let id = reader.text("APP_ID", flag: command.appID) { sandbox.app.id = id }
        if let secret = reader.secret("APP_SECRET", file: command.appSecretFile) { sandbox.app.secret = secret }
        if let key = reader.secret("ENCRYPT_KEY", file: command.encryptKeyFile) {
            sandbox.app.encryptKey = key.isEmpty ? nil : key
        }
        if let token = reader.secret("VERIFICATION_TOKEN", file: command.verificationTokenFile) {
            sandbox.app.verificationToken = token
        }
        sandbox.app.callbackURL = reader.text("CALLBACK_URL", flag: command.callbackURL)
        if let scopes = reader.text("GRANT", flag: command.grant) {
            sandbox.app.scopes.formUnion(scopes.split(separator: ",").map(String.init))
        }
        sandbox.otherApps = reader.apps(file: command.appsFile)
        if let speed = reader.decimal("REDELIVERY_SPEED", flag: command.redeliverySpeed, in: 0.001...1_000_000) {
            sandbox.redeliverySpeed = speed
        }
        if let seconds = reader.number("TOKEN_LIFETIME", flag: command.tokenLifetime, in: 1...86_400) {
            sandbox.tokenLifetime = .seconds(seconds)
        }
        clockOffset = reader.number("CLOCK_OFFSET", flag: command.clockOffset, in: -86_400...86_400) ?? 0
        if command.unlimited || reader.text("UNLIMITED", flag: nil) == "true" { sandbox.rates = .none }
        let language = reader.text("LANGUAGE", flag: command.language) ?? "zh-CN"
        if language != "zh-CN" && language != "en" { reader.complain("LANGUAGE", language, "zh-CN or en") }
        isChinese = language == "zh-CN"
        let level = reader.text("LOG_LEVEL", flag: nil) ?? "warning"
        logLevel = Logger.Level(rawValue: level) ?? .warning
        if Logger.Level(rawValue: level) == nil { reader.complain("LOG_LEVEL", level, "a log level") }
        self.sandbox = sandbox
        guard reader.problems.isEmpty else {
            throw ValidationError(reader.problems.joined(separator: "\n"))
        }
    }

    /// A bare address gets the path of the event subscription.
    private static func eventURL(_ gateway: String) -> String {
        let trimmed = gateway.hasSuffix("/") ? String(gateway.dropLast()) : gateway
        let afterScheme = trimmed.split(separator: "//", maxSplits: 1).last ?? ""
        return afterScheme.contains("/") ? trimmed : trimmed + "/api/feishu/events"
    }
}

/// Reads single settings and remembers what is wrong with them.
struct SettingsReader {
    private let environment: [String: String]
    private(set) var problems: [String] = []

    init(environment: [String: String]) { self.environment = environment }

    func text(_ name: String, flag: String?) -> String? { flag ?? environment["SANDBOX_" + name] }

    mutating func number(_ name: String, flag: Int?, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name, flag: flag.map(String.init)) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            complain(name, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func decimal(_ name: String, flag: Double?, in range: ClosedRange<Double>) -> Double? {
        guard let text = text(name, flag: flag.map { String($0) }) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            complain(name, text, "a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// A secret from the file named by flag or environment, or from the environment itself.
    mutating func secret(_ name: String, file: String?) -> Secret? {
        guard let path = file ?? environment["SANDBOX_\(name)_FILE"] else {
            return environment["SANDBOX_" + name].map { Secret($0) }
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            complain(name + "_FILE", path, "a readable file")
            return nil
        }
        var text = String(decoding: data, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        return Secret(text)
    }

    /// Further apps from the file named by flag or environment.
    mutating func apps(file: String?) -> [SandboxApp] {
        guard let path = file ?? environment["SANDBOX_APPS_FILE"] else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            complain("APPS_FILE", path, "a readable file")
            return []
        }
        do throws(ControlError) { return try SandboxApp.list(from: Array(data)) } catch {
            complain("APPS_FILE", path, "a JSON array of apps with id, secret and verification_token")
            return []
        }
    }

    mutating func complain(_ name: String, _ value: String, _ expected: String) {
        problems.append("SANDBOX_\(name)=\(value): expected \(expected)")
    }
}
