/// The value of a setting after its text was understood.
package enum SettingValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case names([String])

    /// The value as one would write it in the environment.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number):
            number.rounded() == number && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        case .names(let names): names.joined(separator: ",")
        }
    }
}

/// Where the value of a setting came from.
package enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    case flag
    case environment(String)
    case file(line: Int)
    case defaultValue

    package var description: String {
        switch self {
        case .flag: "command line"
        case .environment(let name): "environment \(name)"
        case .file(let line): "config.yaml, line \(line)"
        case .defaultValue: "default"
        }
    }
}

/// One setting as it is in force, for `config show`.
package struct EffectiveSetting: Sendable {
    /// The key, list elements numbered from 0: `feishu.apps[0].app_id`.
    package let path: String
    /// Its line in the table.
    package let setting: Setting
    /// nil where it is not set and has no default.
    package let value: SettingValue?
    package let source: SettingSource

    /// The value as it may be shown; empty where there is none.
    package var shown: String { value.map(setting.shown) ?? "" }
}
