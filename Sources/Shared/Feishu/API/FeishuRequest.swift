package import HTTP
package import JSON

/// One call of Feishu's API below `/open-apis/`.
package struct FeishuRequest: Sendable {
    /// A piece of the path: written out in code, or an id that came from somewhere.
    package enum Component: Sendable, Equatable, ExpressibleByStringLiteral {
        case fixed(String)
        /// Percent-encoded wholly, so it cannot lead anywhere else.
        case id(String)

        package init(stringLiteral value: String) { self = .fixed(value) }

        var text: String {
            switch self {
            case .fixed(let text), .id(let text): text
            }
        }
    }

    /// What goes along with the request.
    package enum Payload: Sendable {
        case json(JSONValue)
        case form(MultipartForm)

        var contentType: String {
            switch self {
            case .json: "application/json; charset=utf-8"
            case .form(let form): form.contentType
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .json(let value): value.bytes
            case .form(let form): form.bytes
            }
        }
    }

    /// Such as `POST`.
    package var method: String
    package var path: [Component]
    package var query: [(String, String)]
    package var payload: Payload?
    /// Overrides the endpoint's deadlines, for what takes longer than a call usually does.
    package var deadlines: HTTPClientDeadlines?
    /// Whom it concerns that has a limit of its own.
    package var subjects: [CallSubject] = []
    package var urgency: CallUrgency = .required

    package init(
        _ method: String,
        _ path: Component...,
        query: [(String, String)] = [],
        body: JSONValue? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        payload = body.map(Payload.json)
    }

    /// The API that is called, as Feishu's rate limits tell them apart: method and path, with ids left out, such as
    /// `POST im/v1/messages/:id/reply`.
    package var api: String {
        let components = path.map { component in
            switch component {
            case .fixed(let text): text
            case .id: ":id"
            }
        }
        return method + " " + components.joined(separator: "/")
    }

    /// What a governor has to know of it.
    var governed: GovernedCall { GovernedCall(api: api, subjects: subjects, urgency: urgency) }

    /// The full URL.
    ///
    /// - Throws: `.identifier` for a component that is empty or a dot segment: such an id would be another path.
    func url(base: String) throws(FeishuError) -> String {
        var url = base + "/open-apis"
        for component in path {
            guard !["", ".", ".."].contains(component.text) else {
                throw FeishuError(kind: .identifier, message: "an id in the path is empty or no id")
            }
            url += "/" + PercentEncoding.encode(component.text)
        }
        let pairs = query.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
        return pairs.isEmpty ? url : url + "?" + pairs.joined(separator: "&")
    }
}
