import Cryptography

/// Typed reading. The table guarantees the types, so another type is our own mistake.
extension SettingsResolver {
    func elements(of list: String) -> [String] {
        (0..<(counts[list] ?? 0)).map { "\(list)[\($0)]" }
    }

    func optionalText(_ path: String) -> String? {
        guard case .text(let text) = values[path] else { return nil }
        return text
    }

    func text(_ path: String) -> String {
        guard let text = optionalText(path) else { preconditionFailure("\(path) is no text in the settings table") }
        return text
    }

    func secret(_ path: String) -> Secret? { optionalText(path).map { Secret($0) } }

    func integer(_ path: String) -> Int {
        guard case .integer(let integer) = values[path] else {
            preconditionFailure("\(path) is no integer in the settings table")
        }
        return integer
    }

    func duration(_ path: String) -> Duration {
        guard case .number(let seconds) = values[path] else {
            preconditionFailure("\(path) is no number of seconds in the settings table")
        }
        return .seconds(seconds)
    }

    func number(_ path: String) -> Double {
        guard let number = optionalNumber(path) else {
            preconditionFailure("\(path) is no number in the settings table")
        }
        return number
    }

    func names(_ path: String) -> [String] {
        guard case .names(let names) = values[path] else {
            preconditionFailure("\(path) is no list of names in the settings table")
        }
        return names
    }

    func optionalNames(_ path: String) -> [String]? {
        guard case .names(let names) = values[path] else { return nil }
        return names
    }

    func optionalInteger(_ path: String) -> Int? {
        guard case .integer(let integer) = values[path] else { return nil }
        return integer
    }

    func optionalNumber(_ path: String) -> Double? {
        guard case .number(let number) = values[path] else { return nil }
        return number
    }
}
