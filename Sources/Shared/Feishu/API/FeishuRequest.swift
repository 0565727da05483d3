package import JSON

/// One call of Feishu's API below `/open-apis/`.
package struct FeishuRequest: Sendable {
    /// Such as `POST`.
    package var method: String
    /// The path's components. Each is percent-encoded wholly, so an id cannot lead anywhere else.
    package var path: [String]
    package var query: [(String, String)]
    package var body: JSONValue?

    package init(_ method: String, _ path: String..., query: [(String, String)] = [], body: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    /// The full URL.
    ///
    /// - Throws: `.identifier` for a component that is empty or a dot segment: such an id would be another path.
    func url(base: String) throws(FeishuError) -> String {
        var url = base + "/open-apis"
        for component in path {
            guard !["", ".", ".."].contains(component) else {
                throw FeishuError(kind: .identifier, message: "an id in the path is empty or no id")
            }
            url += "/" + PercentEncoding.encode(component)
        }
        let pairs = query.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
        return pairs.isEmpty ? url : url + "?" + pairs.joined(separator: "&")
    }
}
