/// One line of the settings table: what a setting is called everywhere, what it may be, and what it is for.
package struct Setting: Sendable {
    /// How much of the value may be shown.
    package enum Secrecy: Sendable {
        /// All of it.
        case open
        /// All but the password inside the URL.
        case password
        /// Nothing.
        case secret
    }

    /// Its place in `config.yaml`, such as `gateway.port`, or `feishu.apps[].app_id` for a field of each list element.
    package let key: String
    /// The environment variable. For a field of a list element it sets the first element.
    package let environment: String
    /// Type and range.
    package let kind: SettingKind
    /// The default, written as in the environment; nil where the setting may be absent.
    package let fallback: String?
    /// How much of the value may be shown. What is not open may also come from a file: `NAME_FILE`, `key_file`.
    package let secrecy: Secrecy
    /// One sentence for the operator.
    package let help: String

    init(
        _ key: String,
        _ environment: String,
        _ kind: SettingKind,
        default fallback: String? = nil,
        secrecy: Secrecy = .open,
        _ help: String
    ) {
        self.key = key
        self.environment = environment
        self.kind = kind
        self.fallback = fallback
        self.secrecy = secrecy
        self.help = help
    }

    /// Whether the value may come from a file that the environment or the configuration file names.
    package var mayComeFromFile: Bool { secrecy != .open }

    /// The list it belongs to, such as `feishu.apps`, when it is a field of each element.
    package var list: String? { key.splitAtBrackets?.list }

    /// The key with `index` filled in: `feishu.apps[1].app_id`.
    func path(at index: Int) -> String {
        guard let (list, field) = key.splitAtBrackets else { return key }
        return "\(list)[\(index)].\(field)"
    }

    /// The value as it may be shown.
    package func shown(_ value: SettingValue) -> String {
        switch secrecy {
        case .open: value.text
        case .password: Self.maskingPassword(in: value.text)
        case .secret: "***"
        }
    }

    /// Replaces what stands between `user:` and `@` in each authority of the URL, and values of password-like options.
    private static func maskingPassword(in url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return maskingOptions(in: url) }
        let start = url.range(ofScheme: "://") ?? url.startIndex
        guard start <= at else { return maskingOptions(in: url) }
        let user = url[start..<at].prefix { $0 != ":" }
        let masked = user.endIndex == at ? String(user) : "\(user):***"
        return maskingOptions(in: "\(url[..<start])\(masked)\(url[at...])")
    }

    private static func maskingOptions(in url: String) -> String {
        guard let mark = url.firstIndex(of: "?") else { return url }
        let options = url[url.index(after: mark)...].split(separator: "&").map { option in
            let name = option.prefix { $0 != "=" }
            return name.lowercased().contains("password") ? "\(name)=***" : String(option)
        }
        return "\(url[...mark])\(options.joined(separator: "&"))"
    }
}

extension String {
    /// The list and the field of a key such as `feishu.apps[].app_id`.
    fileprivate var splitAtBrackets: (list: String, field: String)? {
        guard let open = firstIndex(of: "["), let dot = self[open...].firstIndex(of: ".") else { return nil }
        return (String(self[..<open]), String(self[index(after: dot)...]))
    }

    /// The index after `separator`, when it occurs.
    fileprivate func range(ofScheme separator: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) { return self.index(index, offsetBy: separator.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
