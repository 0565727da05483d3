import Feishu
import JSON
import TestSupport
import Testing

/// One exchange of the fixtures: what a request has to be, and what Feishu answers.
struct RecordedCall {
    let answer: APIServer.Answer
    let method: String
    /// With its query, if it has one.
    let target: String
    let body: JSONValue?

    init(_ file: String, _ name: String) throws {
        let sample = try #require(try Fixture.json(file).array?.first { $0["name"]?.string == name })
        answer = try .recorded(file, name)
        method = sample["request"]?["method"]?.string ?? ""
        let pairs = (sample["request"]?["query"]?.object?.members ?? []).map { "\($0.key)=\($0.value.string ?? "")" }
        let path = sample["request"]?["path"]?.string ?? ""
        target = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
        body = sample["request"]?["body"]
    }

    /// Whether the server's latest call was this one; JSON texts inside the body are compared as what they mean.
    func expectLast(of server: APIServer, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let call = try #require(server.calls.last, sourceLocation: sourceLocation)
        #expect(call.method == method, sourceLocation: sourceLocation)
        #expect(call.target == target, sourceLocation: sourceLocation)
        guard let body, body.object != nil else { return }
        let sent = try JSONValue(parsing: call.body)
        #expect(Self.canonical(sent) == Self.canonical(body), sourceLocation: sourceLocation)
    }

    /// Members sorted, JSON inside strings opened.
    private static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var sorted = JSONObject()
            for member in object.members.sorted(by: { $0.key < $1.key }) {
                sorted[member.key] = canonical(member.value)
            }
            return .object(sorted)
        case .array(let values): return .array(values.map(canonical))
        case .string(let text):
            guard text.hasPrefix("{") || text.hasPrefix("["), let inner = try? JSONValue(parsing: text) else {
                return value
            }
            return canonical(inner)
        default: return value
        }
    }
}
