import JSON

/// What the API says of a plugin, as a command prints it.
struct PluginDetails {
    private let plugin: JSONValue

    init(_ plugin: JSONValue) { self.plugin = plugin }

    /// The lines of `plugins list`.
    static func lines(of plugins: [JSONValue]) -> Table {
        var table = Table([.init("NAME"), .init("STATUS"), .init("VERSION")])
        for plugin in plugins { table.add(["name", "status", "version"].map { plugin[$0] ?? .null }) }
        return table
    }

    func text(as format: OutputFormat) -> String {
        guard format == .table else { return plugin.text + "\n" }
        var details = Details()
        for (title, member) in [
            ("NAME", "name"), ("STATUS", "status"), ("VERSION", "version"), ("DESCRIPTION", "description"),
            ("BEFORE", "previous_version"), ("PROBLEM", "problem"), ("ETAG", "etag"),
        ] { details.add(title, plugin[member]?.string) }
        details.add("SOURCE", plugin["source"].map { .string($0.text) })
        let permissions = (plugin["permissions"]?.array ?? []).compactMap(\.string)
        details.add("PERMISSIONS", permissions.isEmpty ? "none" : permissions.joined(separator: ", "))
        for member in plugin["configuration"]?.object?.members ?? [] {
            details.add("  \(member.key)", key: member.key, .string(member.value.string ?? member.value.text))
        }
        for worker in plugin["workers"]?.array ?? [] {
            let detail = worker["detail"]?.string.map { ": \($0)" } ?? ""
            details.add("WORKER", "\(worker["worker"]?.string ?? "") \(worker["state"]?.string ?? "")\(detail)")
        }
        return details.text(as: .table)
    }
}
