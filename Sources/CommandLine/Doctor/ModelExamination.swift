import Cryptography
import HTTP
import JSON
import Platform

/// Asks each model's endpoint for its list of models, which costs no tokens.
///
/// Source: OpenAI's API reference, "List models": GET /models. Not every compatible endpoint has it.
struct ModelExamination {
    let providers: [Configuration.ModelProvider]
    let http: any HTTPTransport

    func examine() async -> [Finding] {
        var findings: [Finding] = []
        for (index, provider) in providers.enumerated() {
            let subject = providers.count == 1 ? "model" : "model \(index + 1)"
            switch provider.kind {
            case .offline: findings.append(offline(provider, subject))
            case .openai: findings.append(await openAI(provider, subject))
            }
        }
        return findings
    }

    private func offline(_ provider: Configuration.ModelProvider, _ subject: String) -> Finding {
        guard provider.baseURL == nil, provider.apiKey == nil, provider.model == nil else {
            return .warning(
                subject,
                "offline, although an endpoint, key or model is set",
                fix: "set LLM_PROVIDER=openai to use it"
            )
        }
        return .ok(subject, "offline: summaries and minutes without an account")
    }

    private func openAI(_ provider: Configuration.ModelProvider, _ subject: String) async -> Finding {
        let model = provider.model ?? ""
        let base = (provider.baseURL ?? "").withoutSlash
        let request = HTTPClientRequest(
            url: base + "/models",
            headers: provider.apiKey.map { [("Authorization", "Bearer \($0.value)")] } ?? [],
            deadlines: .short,
            maximumResponseBytes: 4 << 20
        )
        do {
            let response = try await http.execute(request)
            return Self.finding(subject, model: model, status: response.status, body: response.body)
        } catch {
            return .failure(
                subject,
                "\(error)",
                fix: "check llm.providers[].base_url (LLM_BASE_URL), DNS, proxy and firewall"
            )
        }
    }

    /// What follows from the endpoint's answer.
    static func finding(_ subject: String, model: String, status: Int, body: [UInt8]) -> Finding {
        switch status {
        case 200:
            let models = (try? JSONValue(parsing: body))?["data"]?.array?.compactMap { $0["id"]?.string } ?? []
            if models.isEmpty || models.contains(model) { return .ok(subject, "\(model) at an endpoint that answers") }
            return .warning(
                subject,
                "the endpoint does not list \(model)",
                fix: "check llm.providers[].model (LLM_MODEL)"
            )
        case 401, 403:
            return .failure(subject, "the endpoint refuses the key (\(status))", fix: "check LLM_API_KEY")
        case 404, 405:
            return .warning(
                subject,
                "the endpoint answers but lists no models (\(status))",
                fix: "make sure that LLM_BASE_URL ends with the version, such as /v1"
            )
        default:
            return .failure(subject, "the endpoint answers \(status)", fix: "ask its operator, or try later")
        }
    }
}
